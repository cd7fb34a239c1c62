import { REPLAY_SPEED } from '#contract/media-wire.ts';

/** Speeds that a guard steps through, forwards and backwards. */
export const SPEEDS = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16] as const;
export const BACK_SPEEDS = [-1, -2, -4] as const;

export interface PlaybackClock {
  /** The wall time that is shown now, UTC milliseconds. */
  atMs(): number;
  /** Negative: backwards. */
  readonly speed: number;
  readonly playing: boolean;
  play(isPlaying: boolean): void;
  setSpeed(speed: number): void;
  set(atMs: number): void;
}

/**
 * The one clock of all tiles of a replay. It follows `now` (a monotonic clock, ms) times the speed and never passes
 * `limitMs`: the newest picture that can be there.
 */
export function playbackClock(atMs: number, now: () => number, limitMs: () => number): PlaybackClock {
  let base = atMs;
  let since = now();
  let speed = 1;
  let playing = false;

  const position = () => Math.max(0, Math.min(limitMs(), playing ? base + (now() - since) * speed : base));
  function rebase(): void {
    base = position();
    since = now();
  }
  return {
    atMs: position,
    get speed() {
      return speed;
    },
    get playing() {
      return playing;
    },
    play(isPlaying) {
      rebase();
      playing = isPlaying;
    },
    setSpeed(next) {
      rebase();
      const size = Math.min(REPLAY_SPEED.max, Math.max(REPLAY_SPEED.min, Math.abs(next)));
      speed = next < 0 ? -size : size;
    },
    set(next) {
      base = next;
      since = now();
    },
  };
}

/** The next faster or slower in the direction in which it goes. */
export function otherSpeed(speed: number, by: 1 | -1): number {
  const list: readonly number[] = speed < 0 ? BACK_SPEEDS : SPEEDS;
  const at = list.findIndex((one) => Math.abs(one) >= Math.abs(speed));
  return list[Math.min(list.length - 1, Math.max(0, at + by))] as number;
}
