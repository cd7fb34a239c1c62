/** The time that a driver reads and the timers that it sets; tests pass one of their own. */
export interface Clock {
  /** Wall clock, UTC milliseconds: for people and records, may jump. */
  nowMs(): number;
  /** Milliseconds that only grow: for durations. */
  monotonicMs(): number;
  /** Runs `action` once after `delayMs`; the returned function cancels it (any number of times). */
  after(delayMs: number, action: () => void): () => void;
}

/** The machine's own clock. Timers do not keep the process alive by themselves if `unref` is asked for. */
export function systemClock(options: { unref?: boolean } = {}): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, action) {
      const timer = setTimeout(action, delayMs);
      if (options.unref) timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

/**
 * For watchdogs: `look` runs after `delayMs` and once what has come meanwhile has been read. A process that stood still (a
 * machine under load, a laptop that slept) finds its timers due before it reads, and would blame those who have sent.
 */
export function afterReading(clock: Clock, delayMs: number, look: () => void): () => void {
  let cancel = clock.after(delayMs, () => {
    cancel = clock.after(0, look);
  });
  return () => cancel();
}
