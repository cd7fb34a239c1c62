import { REPLAY_SPEED } from '#contract/media-wire.ts';

/** Speeds that a guard steps through. */
export const SPEEDS = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16] as const;

export interface PlaybackClock {
  /** The wall time that is shown now, UTC milliseconds. */
  atMs(): number;
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

  const position = () => Math.min(limitMs(), playing ? base + (now() - since) * speed : base);
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
      speed = Math.min(REPLAY_SPEED.max, Math.max(REPLAY_SPEED.min, next));
    },
    set(next) {
      base = next;
      since = now();
    },
  };
}

/** The next faster or slower of {@link SPEEDS}. */
export function otherSpeed(speed: number, by: 1 | -1): number {
  const at = SPEEDS.findIndex((one) => one >= speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + by))] as number;
}
