/** How a player stays near the newest picture. Pure: seconds in, decisions out. */

/** A gap this far above the target is not played away but jumped over. */
const JUMP_SECONDS = 1;
/** Differences below this are left alone: rate changes cost smoothness. */
const CALM_SECONDS = 0.012;
/** Within these the eye sees no fast motion; a gap of 100 ms is gone after half a second at 1.2. */
const FASTEST = 1.25;
const SLOWEST = 0.92;
/** The cushion covers arrival jitter within these bounds. Below 25 ms playing ran dry twice a second on a busy machine. */
const LEAST_CUSHION = 0.025;
const LARGEST_CUSHION = 0.3;
/** Frames that the jitter is looked for in: 5 to 10 s. */
const WINDOW = 120;
/** Worked out anew after so many frames: half a second. */
const CUSHION_EVERY = 8;

export type EdgeDecision = { kind: 'rate'; rate: number } | { kind: 'jump'; to: number };

/**
 * What to do right after a frame was appended.
 * @param gap seconds from the playing position to the end of the buffer, the newest frame's duration included
 * @param target what that gap should be
 */
export function edgeDecision(gap: number, end: number, target: number): EdgeDecision {
  const error = gap - target;
  if (error > JUMP_SECONDS) return { kind: 'jump', to: end - target };
  if (Math.abs(error) <= CALM_SECONDS) return { kind: 'rate', rate: 1 };
  // Proportional, so that it settles instead of swinging: 100 ms too far behind gives 1.2.
  return { kind: 'rate', rate: Math.min(FASTEST, Math.max(SLOWEST, 1 + error * 2)) };
}

export interface JitterMeter {
  /** Notes a frame: when it came (ms, monotonic) and its time on the media timeline (s). */
  note(arrivedMs: number, mediaSeconds: number): void;
  /** The gap to keep after an append: one frame and what the arrival times are seen to wander, in seconds. */
  target(): number;
  reset(): void;
}

/** Measures by how much frames come late compared with the earliest of the last few seconds. */
export function jitterMeter(): JitterMeter {
  let lateness: number[] = [];
  let frame = 0.04;
  let previous: number | undefined;
  let cushion = 0;
  /** Frames since the cushion was worked out. */
  let since = Infinity;

  return {
    note(arrivedMs, mediaSeconds) {
      if (previous !== undefined) {
        const step = mediaSeconds - previous;
        // A new timeline, or a hole: what was measured does not compare.
        if (step <= 0 || step > 2) lateness = [];
        else frame += (step - frame) * 0.1;
      }
      previous = mediaSeconds;
      lateness.push(arrivedMs / 1000 - mediaSeconds);
      if (lateness.length > WINDOW) lateness.shift();
      since += 1;
    },
    target() {
      if (lateness.length < 5) return frame + 0.05;
      // Sorting for every frame of every tile is a hundredth of a core on a wall of 36.
      if (since < CUSHION_EVERY && lateness.length >= WINDOW) return frame + cushion;
      since = 0;
      const sorted = lateness.toSorted((a, b) => a - b);
      // The one latest frame in twenty may wait: a cushion for it would delay all others.
      const usual = sorted[Math.floor((sorted.length - 1) * 0.95)] as number;
      cushion = Math.min(LARGEST_CUSHION, Math.max(LEAST_CUSHION, usual - (sorted[0] as number)));
      return frame + cushion;
    },
    reset() {
      lateness = [];
      previous = undefined;
    },
  };
}
