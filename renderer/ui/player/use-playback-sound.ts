import type { Ref } from 'vue';
import { useIntervalFn } from '@vueuse/core';
import type { MediaHeader } from '#contract/media-wire.ts';
import type { Playback } from './playback.ts';
import { useSound } from './use-sound.ts';

const PUMP_MS = 50;
/** So much is given to the sound card before it is heard: a pause or a jump is heard at once. */
const AHEAD_MS = 300;
const LATE_MS = 200;
/** Ten seconds of the shortest packets: more comes from no station of ours. */
const MAX_WAITING = 1_000;

export type PlaybackSound = ReturnType<typeof usePlaybackSound>;

/** The sound of a recording by the clock of its replay: at 1x, forwards; silent at every other speed. */
export function usePlaybackSound(input: {
  playback: Pick<Playback, 'playing' | 'speed' | 'position'>;
  heard: Ref<boolean>;
}) {
  const { playback } = input;
  let waiting: { wallMs: number; data: Uint8Array<ArrayBuffer> }[] = [];
  let lastMs = 0;
  let isQuiet = true;
  const { player, ...heard } = useSound({
    heard: input.heard,
    dueInMs: (wallMs) => wallMs - playback.position(),
    onClose() {
      waiting = [];
      isQuiet = true;
    },
  });

  function quiet(): void {
    if (!isQuiet) player()?.reset();
    isQuiet = true;
  }

  function pump(): void {
    const atMs = playback.position();
    const of = player();
    // A clock that waits for pictures stands although it is to run.
    const isRunning = playback.playing.value && playback.speed.value === 1 && atMs !== lastMs;
    lastMs = atMs;
    if (!of || !isRunning) return quiet();
    isQuiet = false;
    while (waiting[0] && waiting[0].wallMs <= atMs + AHEAD_MS) {
      const { wallMs, data } = waiting.shift()!;
      if (wallMs >= atMs - LATE_MS) of.push(wallMs, data);
    }
  }
  useIntervalFn(pump, PUMP_MS);

  return {
    ...heard,
    /** What came before is of the past. */
    jumped(): void {
      waiting = [];
      isQuiet = false;
      quiet();
    },
    packet({ receivedAtMs }: MediaHeader, data: Uint8Array<ArrayBuffer>): void {
      if (player() && waiting.length < MAX_WAITING) waiting.push({ wallMs: receivedAtMs, data });
    },
  };
}
