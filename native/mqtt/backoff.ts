/** Reconnecting: quick while a broker restarts, calm when it stays away, and still every minute for years. */
const reconnectTiers: readonly (readonly [attempts: number, delayMs: number])[] = [
  [5, 1_000],
  [5, 5_000],
  [10, 10_000],
];
const reconnectLastMs = 60_000;

/** @param attempt 1 for the first try after the loss. @returns how long to wait before it, in ms. */
export function reconnectDelayMs(attempt: number): number {
  let left = attempt;
  for (const [attempts, delayMs] of reconnectTiers) {
    if (left <= attempts) return delayMs;
    left -= attempts;
  }
  return reconnectLastMs;
}

/** A failed write is tried again soon (a lock, a short stall) and then every 5 s (a full disk). */
export function rewriteDelayMs(attempt: number): number {
  return Math.min(5_000, 100 * 2 ** Math.min(attempt - 1, 10));
}
