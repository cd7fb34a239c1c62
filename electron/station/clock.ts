/** Time as the station sees it. Code takes a clock, so that tests own it. */
export interface Clock {
  /** Wall time, UTC milliseconds. May jump. */
  nowMs(): number;
  /** Never goes back, unrelated to the wall. For durations. */
  monotonicMs(): number;
  /** Calls once after a while; returns a function that cancels. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls again and again; returns a function that cancels. */
  every(periodMs: number, run: () => void): () => void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    // setTimeout fires at once above 2^31-1 ms
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), 2_147_483_647));
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(periodMs, run) {
    const timer = setInterval(run, periodMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};
