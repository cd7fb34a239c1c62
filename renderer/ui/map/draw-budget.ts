/** A picture that takes longer than this is drawn without graphics hardware, which needs a few milliseconds. */
const SLOW_MS = 40;
/** Rest after a slow picture as a multiple of what it took: drawing gets a quarter of the time. */
const REST = 3;
/** The map never lags further behind than this. */
const LONGEST_REST_MS = 3000;

export interface DrawBudget {
  /** Runs now, or at the end of the rest after slow pictures. Of one `key` only the last asked for then runs. */
  spend(key: string, change: () => void): void;
  /** A picture took this long, from its drawing until the thread was free again. */
  drawn(costMs: number): void;
  stop(): void;
}

/**
 * Keeps the map from holding up the alarms. Without graphics hardware each change of the map takes the thread on which
 * alarms are shown for a tenth of a second, and one change means several pictures; with it, everything runs at once.
 */
export function createDrawBudget(now: () => number = () => performance.now()): DrawBudget {
  const waiting = new Map<string, () => void>();
  let restUntilMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Pictures that were drawn meanwhile prolong the rest. */
  function wake(): void {
    const restMs = restUntilMs - now();
    timer = restMs > 0 ? setTimeout(wake, restMs) : undefined;
    if (timer !== undefined) return;
    const changes = [...waiting.values()];
    waiting.clear();
    for (const change of changes) change();
  }
  return {
    spend(key, change) {
      if (timer === undefined && restUntilMs <= now()) return change();
      waiting.set(key, change);
      timer ??= setTimeout(wake, restUntilMs - now());
    },
    drawn(costMs) {
      if (costMs <= SLOW_MS) return;
      restUntilMs = Math.min(Math.max(restUntilMs, now()) + REST * costMs, now() + LONGEST_REST_MS);
    },
    stop() {
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
