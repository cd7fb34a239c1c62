import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { useEventListener, useIntervalFn } from '@vueuse/core';
import type { MediaSound } from '#contract/media-wire.ts';
import { createSoundPlayer, type SoundFigures, type SoundPlayer } from './audio-player.ts';

const FIGURES_MS = 100;

/**
 * What live and replayed sound have in common: a player while it is heard, and the station asked for the packets.
 * @param input.heard whether this sound is the one that is heard
 * @param input.dueInMs when the sound of a time is to be heard, from now; undefined: not known yet
 * @param input.onClose the player is gone, and what was kept for it is of no use
 */
export function useSound(input: {
  heard: Ref<boolean>;
  dueInMs(timeMs: number): number | undefined;
  onClose?(): void;
}) {
  /** What could be heard; null: there is no sound. */
  const sound = shallowRef<MediaSound | null>(null);
  const figures = shallowRef<SoundFigures | null>(null);
  const isBroken = ref(false);
  let player: SoundPlayer | undefined;
  let listen: ((isOn: boolean) => void) | undefined;

  function close(): void {
    player?.close();
    player = undefined;
    figures.value = null;
    input.onClose?.();
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
      player = createSoundPlayer(sound.value, { dueInMs: input.dueInMs, onFailure });
    } catch {
      onFailure();
    }
  }
  watch([input.heard, sound], follow);
  useIntervalFn(() => (figures.value = player?.figures() ?? null), FIGURES_MS);
  // Browsers let nothing be heard before somebody has touched the page.
  for (const name of ['pointerdown', 'keydown'] as const)
    useEventListener(document, name, () => player?.unblock(), { capture: true, passive: true });
  onScopeDispose(close);

  return {
    sound,
    figures,
    isBroken,
    player: () => player,
    /** A new subscription: it is asked for sound if that is wanted. */
    attach(ask: (isOn: boolean) => void): void {
      listen = ask;
      if (player) ask(true);
    },
    /** @returns whether it is the same sound that goes on */
    track(next: MediaSound | null): boolean {
      const isSame = JSON.stringify(next) === JSON.stringify(sound.value);
      if (!isSame) sound.value = next;
      return isSame;
    },
  };
}
