import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { useEventListener, useIntervalFn } from '@vueuse/core';
import type { MediaHeader, MediaSound } from '#contract/media-wire.ts';
import { createSoundPlayer, type SoundFigures, type SoundPlayer } from './audio-player.ts';

const FIGURES_MS = 100;
const TICKS_PER_MS = 90;
/** Of a picture whose delay is not measured yet. */
const USUAL_DELAY_MS = 60;

/**
 * The sound of one live stream: asked for while it is heard, played in step with the picture.
 * @param input.heard whether this stream is the one that is heard
 * @param input.nowMs the station's clock
 * @param input.delayMs from the receipt of a picture by the station to its being on screen
 */
export function useStreamSound(input: {
  heard: Ref<boolean>;
  nowMs(): number;
  delayMs(): number | undefined;
}) {
  /** What could be heard; null: the camera sends no sound. */
  const sound = shallowRef<MediaSound | null>(null);
  const figures = shallowRef<SoundFigures | null>(null);
  const isBroken = ref(false);
  let player: SoundPlayer | undefined;
  let listen: ((isOn: boolean) => void) | undefined;
  let picture: { ticks: number; receivedAtMs: number } | undefined;

  function dueInMs(timeMs: number): number | undefined {
    if (!picture) return undefined;
    const receivedAtMs = picture.receivedAtMs + timeMs - picture.ticks / TICKS_PER_MS;
    return receivedAtMs + (input.delayMs() ?? USUAL_DELAY_MS) - input.nowMs();
  }

  function close(): void {
    player?.close();
    player = undefined;
    figures.value = null;
  }

  function follow(): void {
    close();
    listen?.(input.heard.value && sound.value !== null);
    if (!input.heard.value || !sound.value) return;
    isBroken.value = false;
    const onFailure = () => {
      close();
      isBroken.value = true;
    };
    try {
      player = createSoundPlayer(sound.value, { dueInMs, onFailure });
    } catch {
      onFailure();
    }
  }
  watch([input.heard, sound], follow);
  useIntervalFn(() => (figures.value = player?.figures() ?? null), FIGURES_MS);
  for (const name of ['pointerdown', 'keydown'] as const)
    useEventListener(document, name, () => player?.unblock(), { capture: true, passive: true });
  onScopeDispose(close);

  return {
    sound,
    figures,
    isBroken,
    /** A new subscription: it is asked for sound if that is wanted. */
    attach(ask: (isOn: boolean) => void): void {
      listen = ask;
      if (player) ask(true);
    },
    track(next: MediaSound | null): void {
      picture = undefined;
      const isSame = JSON.stringify(next) === JSON.stringify(sound.value);
      if (isSame) player?.reset();
      else sound.value = next;
    },
    /** A picture came: sound is played by when it is seen. */
    picture({ init, cached, ticks, receivedAtMs }: MediaHeader): void {
      if (!init && !cached) picture = { ticks, receivedAtMs };
    },
    packet({ ticks }: MediaHeader, data: Uint8Array<ArrayBuffer>): void {
      player?.push(ticks / TICKS_PER_MS, data);
    },
  };
}
