/** When a piece of sound is played. Pure: seconds of the sound card's clock in, decisions out. */

/** A piece has to be given to the sound card this long before it is heard. */
const LEAST_AHEAD_S = 0.015;
/** Sound may be this much behind its picture for want of a cushion; what comes later still is lost. */
const MOST_LAG_S = 0.25;
/** Further from where it belongs than this it is not played away but left out, or waited for. */
const JUMP_S = 0.3;
/** Differences below this are left alone. */
const CALM_S = 0.01;
/** Nobody hears a pitch that is three percent off (half a semitone) for a moment; more is heard in music, not in speech. */
const FASTEST = 0.03;
/** Pieces whose lateness is remembered: one to four seconds. */
const WINDOW = 50;
/** A single frame's jitter must not be heard as a wobble. */
const SMOOTHING = 0.1;

export interface Placement {
  atS: number;
  /** Speed: more than 1 catches up. */
  rate: number;
}

export interface AudioPace {
  /**
   * Where a piece goes, behind the one before it; null: it is left out.
   * @param dueS when the picture that it belongs to is on screen
   * @param lengthS how long it lasts
   * @param nowS the clock
   */
  place(dueS: number, lengthS: number, nowS: number): Placement | null;
  /** How far behind the picture sound is kept, for want of a cushion; seconds. */
  readonly lagS: number;
  /** What comes does not continue what was. */
  reset(): void;
}

/**
 * A jitter buffer without a buffer: pieces are played one after another, in step with the picture, later by as little as
 * they come late. The clocks of camera and sound card differ: speed takes up the difference.
 */
export function audioPace(): AudioPace {
  let lateness: number[] = [];
  let nextS: number | undefined;
  let errorS = 0;
  let lagS = 0;

  function noteLateness(byS: number): void {
    lateness.push(byS);
    if (lateness.length > WINDOW) lateness.shift();
    const sorted = lateness.toSorted((a, b) => a - b);
    // The one latest in twenty may be lost: a cushion for it would delay all others.
    const usual = sorted[Math.floor((sorted.length - 1) * 0.95)] as number;
    lagS = Math.min(MOST_LAG_S, Math.max(0, usual));
  }

  return {
    place(dueS, lengthS, nowS) {
      noteLateness(LEAST_AHEAD_S - (dueS - nowS));
      const targetS = dueS + lagS;
      const earliestS = nowS + LEAST_AHEAD_S;
      if (nextS === undefined || nextS < earliestS || targetS - nextS > JUMP_S) {
        // Nothing plays: the next piece begins where it belongs, if that is not past.
        if (targetS < earliestS - JUMP_S) return null;
        const atS = Math.max(targetS, earliestS);
        nextS = atS + lengthS;
        errorS = 0;
        return { atS, rate: 1 };
      }
      if (nextS - targetS > JUMP_S) {
        errorS = 0;
        return null;
      }
      errorS += (nextS - targetS - errorS) * SMOOTHING;
      const rate = Math.abs(errorS) < CALM_S ? 1 : 1 + Math.max(-FASTEST, Math.min(FASTEST, errorS * 0.5));
      const atS = nextS;
      nextS = atS + lengthS / rate;
      return { atS, rate };
    },
    get lagS() {
      return lagS;
    },
    reset() {
      lateness = [];
      nextS = undefined;
      errorS = 0;
      lagS = 0;
    },
  };
}
