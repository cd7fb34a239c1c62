/** Missing messages by the sequence numbers that devices send. Pure: a position and a number in, what follows out. */

/** Numbers that have not come (both ends included). */
export interface Gap {
  fromSeq: number;
  toSeq: number;
}
export interface SequenceStep<G extends Gap> {
  /** The number expected next. */
  nextSeq: number;
  /** A hole that this message makes visible. */
  opened: Gap | null;
  /** The open hole that this message falls into, and what is left of it. */
  filled: { gap: G; rest: Gap[] } | null;
}

/**
 * One numbered message of a device's boot.
 * @param nextSeq what was expected; null for the first one heard of this boot: what came before it is not known to be missing
 * @param hasBootId without one, a number that goes back means that the device started again
 */
export function stepSequence<G extends Gap>(
  nextSeq: number | null,
  openGaps: readonly G[],
  seq: number,
  hasBootId: boolean,
): SequenceStep<G> {
  if (nextSeq === null || seq === nextSeq) return { nextSeq: seq + 1, opened: null, filled: null };
  if (seq > nextSeq) return { nextSeq: seq + 1, opened: { fromSeq: nextSeq, toSeq: seq - 1 }, filled: null };
  const gap = openGaps.find((one) => one.fromSeq <= seq && seq <= one.toSeq);
  if (gap) {
    const rest = [
      { fromSeq: gap.fromSeq, toSeq: seq - 1 },
      { fromSeq: seq + 1, toSeq: gap.toSeq },
    ].filter((one) => one.fromSeq <= one.toSeq);
    return { nextSeq, opened: null, filled: { gap, rest } };
  }
  // Known already: a repetition. Without a boot id it may as well be a restart; then counting starts over.
  return { nextSeq: hasBootId ? nextSeq : seq + 1, opened: null, filled: null };
}

export const gapSize = (gap: Gap): number => gap.toSeq - gap.fromSeq + 1;
