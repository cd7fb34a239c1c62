/** Whether a camera counts as lost. Pure: reports in, changes out. */

/** A camera that reboots or a switch that hiccups is not lost. */
export const LOST_AFTER_MS = 10_000;
/** A single failed question is none either. */
const LOST_AFTER_REPORTS = 2;

export type HealthChange = { kind: 'lost'; reason: string } | { kind: 'back' } | undefined;

export interface CameraHealth {
  /** The reason that it is lost for, or null. */
  readonly lostReason: string | null;
  /** It answered or sent a picture. The first good report of a run says 'back', because the run before may have said 'lost'. */
  good(): HealthChange;
  /** It did not, at `atMs` (monotonic). */
  bad(reason: string, atMs: number): HealthChange;
}

/** Lost after failing for 10 s and at least twice; back with the first sign of life. */
export function cameraHealth(): CameraHealth {
  let isKnown = false;
  let failing: { sinceMs: number; count: number } | undefined;
  let lostReason: string | null = null;

  return {
    get lostReason() {
      return lostReason;
    },
    good() {
      const isNews = !isKnown || lostReason !== null;
      isKnown = true;
      failing = undefined;
      lostReason = null;
      return isNews ? { kind: 'back' } : undefined;
    },
    bad(reason, atMs) {
      failing ??= { sinceMs: atMs, count: 0 };
      failing.count += 1;
      if (atMs - failing.sinceMs < LOST_AFTER_MS || failing.count < LOST_AFTER_REPORTS) return undefined;
      const isNews = lostReason === null;
      lostReason = reason;
      isKnown = true;
      return isNews ? { kind: 'lost', reason } : undefined;
    },
  };
}
