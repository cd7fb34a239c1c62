/** Ticks per second of everything after the parser: RTP's clock for video (RFC 6184), exact for every usual rate. */
export const TICKS_PER_SECOND = 90_000;

/** A change of time larger than this is a camera that set its clock, not a slow one. */
const LARGEST_STEP = 10 * TICKS_PER_SECOND;
/** Taken until two frames have told the rate. */
const FIRST_GUESS = TICKS_PER_SECOND / 25;

export interface FrameTime {
  /** Decoding time, 0 for the first frame, always growing. */
  dts: number;
  /** Presentation minus decoding time; 0 without B-frames. */
  offset: number;
  /** How long the frame before this one lasted: the best guess for this one, since the next has not come. */
  duration: number;
}

export interface Timeline {
  next(pts: number): FrameTime;
  /** From the next frame on the decoder reorders over another number of frames. */
  setDelay(frames: number): void;
  leaps(): number;
}

/**
 * Turns presentation times in decoding order into decoding times that begin at 0 and always grow. Leaps (a camera
 * whose clock was set, a stream that began again) are taken out: the timeline goes on one frame later.
 * `firstDelay` is how many frames the decoder reorders over (0 for nearly every camera).
 */
export function timeline(firstDelay: number): Timeline {
  /** The presentation times not yet given out as decoding times, smallest first (as every decoder derives them). */
  let held: number[] = [];
  let count = 0;
  let delay = firstDelay;
  let shift = 0;
  let last: number | undefined;
  let duration = FIRST_GUESS;
  let leaps = 0;

  function decodingTime(pts: number): number {
    if (delay === 0) return pts;
    held.push(pts);
    held.sort((a, b) => a - b);
    if (count <= delay) return (held[0] as number) - (delay - count + 1) * FIRST_GUESS;
    return held.shift() as number;
  }

  return {
    next(pts) {
      count += 1;
      const raw = decodingTime(pts);
      if (last === undefined) shift = raw;
      const step = last === undefined ? 0 : raw - shift - last;
      if (last !== undefined && (step <= 0 || step > LARGEST_STEP)) {
        if (step !== 0) leaps += 1;
        held = held.map(() => pts);
        shift = raw - last - duration;
      }
      const dts = raw - shift;
      if (last !== undefined) duration = dts - last;
      last = dts;
      // Rounded here only, so that nothing adds up.
      return {
        dts: Math.round(dts),
        offset: Math.max(0, Math.round(pts - shift - dts)),
        duration: Math.round(duration),
      };
    },
    setDelay(frames) {
      delay = frames;
      held = [];
      count = 0;
    },
    leaps: () => leaps,
  };
}
