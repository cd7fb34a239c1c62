/**
 * Steady time: the axis on which plan timers are due. It begins as the wall clock and then only
 * grows, by what the monotonic clock measured: a wall clock that is set an hour on or back while
 * the station runs moves no timer.
 *
 * A monotonic clock says nothing across a restart. There the wall clock's difference since the last
 * saved mark is added, and nothing when that is negative: time that passed while the station was
 * down counts, a clock that was set back delays a timer by the length of the outage and no more.
 * Marks are saved with every event of a run and every few seconds while one is running
 * ({@link MARK_EVERY_MS}), so a jump of the wall clock before the restart counts for at most that
 * long. Only a forward jump while the station is down cannot be told from a longer outage; the
 * run's log says how long the outage seemed (`resumed`, `downMs`).
 */
export interface ClockMark {
  wallMs: number;
  steadyMs: number;
}
export interface ClockReading {
  wallMs: number;
  monotonicMs: number;
}
export const MARK_EVERY_MS = 5_000;

export interface SteadyClock {
  /** Steady milliseconds of a reading taken now; never less than any value before. */
  at(reading: ClockReading): number;
}

/**
 * Continues from the last mark of an earlier start of the station (null: the first start ever).
 * `start` is a reading of this moment.
 */
export function steadyClock(mark: ClockMark | null, start: ClockReading): SteadyClock {
  const beginMs = mark ? mark.steadyMs + Math.max(0, start.wallMs - mark.wallMs) : start.wallMs;
  let highestMs = beginMs;
  return {
    at(reading) {
      highestMs = Math.max(highestMs, Math.round(beginMs + (reading.monotonicMs - start.monotonicMs)));
      return highestMs;
    },
  };
}
