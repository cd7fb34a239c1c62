/** Why something is not recorded: from what the recorder noted whenever that changed. Pure. */
import { mergeSpans, missingFrom } from './recording-spans.ts';
import type { Span } from './recording-types.ts';

/** From `atMs` on this was so: the reason why nothing is recorded, or null while it records. */
export interface StateNote<Reason extends string = string> {
  atMs: number;
  reason: Reason | null;
}
export interface Gap<Reason extends string = string> extends Span {
  reason: Reason;
}
export interface GapInput<Reason extends string> {
  whole: Span;
  recorded: readonly Span[];
  /** Oldest first, with the one before `whole`. */
  notes: readonly StateNote<Reason>[];
  /** Beginning of the first recording ever and of the oldest that is still there. */
  firstEverMs: number | null;
  oldestMs: number | null;
  /** Before this, one of several streams was recorded and is past its term, while another one may still be there. */
  partlyDeletedToMs?: number | null;
  unknown: Reason;
  deleted: Reason;
  /** Of the time before anything was noted or recorded. */
  notYet: Reason;
  /** `whole` ends now: what is still on its way to the disk is no gap. */
  endsNow?: boolean;
}

/** A camera that stops sending is known to have stalled some seconds later: the reason noted then is that of the whole gap. */
const LATE_NOTE_MS = 60_000;
/** Less is no gap: files follow each other, key frames are waited for. */
export const GAP_SLACK_MS = 1_500;

/** A disk that takes longer is noted as the reason by then. */
const ON_ITS_WAY_MS = 20_000;

/** What is missing from `whole`, cut where the reason changes. */
export function gapsOf<Reason extends string>(input: GapInput<Reason>): Gap<Reason>[] {
  const { whole, notes, endsNow = false } = input;
  const recorded = mergeSpans(input.recorded, GAP_SLACK_MS);
  const gaps = missingFrom(whole, recorded).flatMap((span) => gapsWithin(span, input));
  const last = gaps.at(-1);
  const isRunning = notes.at(-1)?.reason === null;
  const isYoung = last?.toMs === whole.toMs && last.toMs - last.fromMs < ON_ITS_WAY_MS;
  return endsNow && isRunning && isYoung ? gaps.slice(0, -1) : gaps;
}

function gapsWithin<Reason extends string>(span: Span, input: GapInput<Reason>): Gap<Reason>[] {
  const inside = input.notes.filter(({ atMs }) => atMs > span.fromMs && atMs < span.toMs);
  const before = input.notes.findLast(({ atMs }) => atMs <= span.fromMs);
  const { firstEverMs } = input;
  const gaps: Gap<Reason>[] = [];
  let fromMs = span.fromMs;
  let reason = before?.reason ?? null;
  const close = (toMs: number, next: Reason | null) => {
    const last = gaps.at(-1);
    // Before its first note the camera was not known here, or its notes are too old to be kept.
    const isFirst = before === undefined && fromMs === span.fromMs;
    const isBefore = isFirst && (firstEverMs === null || fromMs < firstEverMs);
    const known = reason ?? (isBefore ? input.notYet : nullReason(fromMs, toMs, next, input));
    if (last?.reason === known) last.toMs = toMs;
    else if (toMs > fromMs) gaps.push({ fromMs, toMs, reason: known });
  };
  for (const note of inside) {
    close(note.atMs, note.reason);
    fromMs = note.atMs;
    reason = note.reason;
  }
  close(span.toMs, null);
  return gaps;
}

/** The notes say that it was recorded, and it is not there. */
function nullReason<Reason extends string>(
  fromMs: number,
  toMs: number,
  next: Reason | null,
  { firstEverMs, oldestMs, partlyDeletedToMs, deleted, unknown, notYet }: GapInput<Reason>,
): Reason {
  if (next !== null && toMs - fromMs <= LATE_NOTE_MS) return next;
  // Between the word that it records and its very first picture.
  const firstPictureMs = oldestMs ?? firstEverMs;
  const isFirstPicture = firstPictureMs !== null && firstPictureMs - (firstEverMs ?? 0) <= LATE_NOTE_MS;
  if (isFirstPicture && toMs <= firstPictureMs && toMs - fromMs <= LATE_NOTE_MS) return notYet;
  const wasThere = firstEverMs !== null && fromMs >= firstEverMs;
  const deletedToMs = Math.max(oldestMs ?? Infinity, partlyDeletedToMs ?? -Infinity);
  return wasThere && (toMs <= deletedToMs || toMs - fromMs > LATE_NOTE_MS) ? deleted : unknown;
}
