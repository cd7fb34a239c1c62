import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { useIntervalFn } from '@vueuse/core';
import type { MediaHeader, MediaSound } from '#contract/media-wire.ts';
import { createSoundPlayer, type SoundFigures, type SoundPlayer } from './audio-player.ts';
import type { Playback } from './playback.ts';

const PUMP_MS = 50;
/** So much is given to the sound card before it is heard: a pause or a jump is heard at once. */
const AHEAD_MS = 300;
const LATE_MS = 200;
const FIGURES_MS = 100;
/** Ten seconds of the shortest packets: more comes from no station of ours. */
const MAX_WAITING = 1_000;

/** The sound of a recording by the clock of its replay: at 1x, forwards; silent at every other speed. */
export function usePlaybackSound(input: {
  playback: Pick<Playback, 'playing' | 'speed' | 'position'>;
  heard: Ref<boolean>;
}) {
  const { playback } = input;
  /** What could be heard of what is shown; null: it was recorded without. */
  const sound = shallowRef<MediaSound | null>(null);
  const figures = shallowRef<SoundFigures | null>(null);
  const isBroken = ref(false);
  let waiting: { wallMs: number; data: Uint8Array<ArrayBuffer> }[] = [];
  let player: SoundPlayer | undefined;
  let listen: ((isOn: boolean) => void) | undefined;
  let lastMs = 0;
  let isQuiet = true;

  function quiet(): void {
    if (!isQuiet) player?.reset();
    isQuiet = true;
  }

  function pump(): void {
    const atMs = playback.position();
    // A clock that waits for pictures stands although it is to run.
    const isRunning = playback.playing.value && playback.speed.value === 1 && atMs !== lastMs;
    lastMs = atMs;
    if (!player || !isRunning) return quiet();
    isQuiet = false;
    while (waiting[0] && waiting[0].wallMs <= atMs + AHEAD_MS) {
      const { wallMs, data } = waiting.shift()!;
      if (wallMs >= atMs - LATE_MS) player.push(wallMs, data);
    }
  }

  function close(): void {
    player?.close();
    player = undefined;
    figures.value = null;
    waiting = [];
  }

  function follow(): void {
    close();
    isQuiet = true;
    listen?.(input.heard.value && sound.value !== null);
    if (!input.heard.value || !sound.value) return;
    isBroken.value = false;
    const onFailure = () => {
      close();
      isBroken.value = true;
    };
    try {
      player = createSoundPlayer(sound.value, {
        dueInMs: (wallMs) => wallMs - playback.position(),
        onFailure,
      });
    } catch {
      onFailure();
    }
  }
  watch([input.heard, sound], follow);
  useIntervalFn(pump, PUMP_MS);
  useIntervalFn(() => (figures.value = player?.figures() ?? null), FIGURES_MS);
  onScopeDispose(close);

  return {
    sound,
    figures,
    isBroken,
    attach(ask: (isOn: boolean) => void): void {
      listen = ask;
      if (player) ask(true);
    },
    track(next: MediaSound | null): void {
      // Files follow one another: the same sound goes on.
      if (JSON.stringify(next) !== JSON.stringify(sound.value)) sound.value = next;
    },
    /** What came before is of the past. */
    jumped(): void {
      waiting = [];
      isQuiet = false;
      quiet();
    },
    packet({ receivedAtMs }: MediaHeader, data: Uint8Array<ArrayBuffer>): void {
      if (player && waiting.length < MAX_WAITING) waiting.push({ wallMs: receivedAtMs, data });
    },
  };
}
