import type { StreamKind } from '#contract/media-wire.ts';
import { GAP_SLACK_MS, type StateNote } from '#domain/recording-gaps.ts';
import type { RecordingCause } from '#domain/recording-types.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { LONGEST_FILE_MS, oldestOf, streamRows, useOf, type VolumeUse } from './files.store.ts';
import { indexBeside } from './index-file.ts';
import { notesOf } from './notes.store.ts';

export interface TimelineRange {
  fromMs: number;
  toMs: number;
  epoch: number;
  cause: RecordingCause;
  stream: StreamKind;
}
/** What the index knows of a camera in a span, without the files that grow. */
export interface TimelineFacts {
  cameraId: string;
  ranges: TimelineRange[];
  notes: StateNote[];
  firstEverMs: number | null;
  oldestMs: number | null;
  /** Up to here what a stream recorded is gone already. */
  partlyDeletedToMs: number | null;
}
export interface TimelineArgs {
  cameraIds: string[];
  fromMs: number;
  toMs: number;
}
/** A stream's first file begins this soon after the stream was first to be recorded. */
const FIRST_FILE_MS = 60_000;
type Row = Omit<TimelineRange, 'stream'>;

const BETWEEN = `SELECT start_ms AS fromMs, end_ms AS toMs, epoch, cause FROM file
  WHERE stream = ? AND closed = 1 AND start_ms > ? AND start_ms < ? AND end_ms > ? ORDER BY start_ms, id`;

/** Files of a stream that follow each other as one range; those of the other stream may lie between them. */
export function mergeRanges(ranges: readonly TimelineRange[]): TimelineRange[] {
  const merged: TimelineRange[] = [];
  const lasts = new Map<StreamKind, TimelineRange>();
  for (const range of ranges) {
    const last = lasts.get(range.stream);
    const goesOn =
      last?.epoch === range.epoch && last.cause === range.cause && range.fromMs <= last.toMs + GAP_SLACK_MS;
    if (last && goesOn) {
      last.toMs = Math.max(last.toMs, range.toMs);
      continue;
    }
    const fresh = { ...range };
    lasts.set(range.stream, fresh);
    merged.push(fresh);
  }
  return merged;
}

/** Query of the read pool: a month of many cameras is a hundred thousand files. */
export function readTimeline(station: Readable, { cameraIds, fromMs, toMs }: TimelineArgs): TimelineFacts[] {
  const db = indexBeside(station);
  const streams = streamRows(db);
  return cameraIds.map((cameraId) => {
    const own = streams.filter((stream) => stream.cameraId === cameraId);
    const ranges = own.flatMap(({ id, stream }) => {
      const rows = prepared(db, BETWEEN).all(id, fromMs - LONGEST_FILE_MS, toMs, fromMs) as Row[];
      return mergeRanges(rows.map((row) => ({ ...row, stream })));
    });
    const kept = own.flatMap(({ id, firstMs }) => ({ firstMs, ms: oldestOf(db, id) }));
    const oldest = kept.flatMap(({ ms }) => ms ?? []);
    const cut = kept.flatMap(({ firstMs, ms }) => (ms !== null && ms - firstMs > FIRST_FILE_MS ? ms : []));
    return {
      cameraId,
      ranges,
      notes: notesOf(db, cameraId, fromMs, toMs),
      firstEverMs: own.length > 0 ? Math.min(...own.map(({ firstMs }) => firstMs)) : null,
      oldestMs: oldest.length > 0 ? Math.min(...oldest) : null,
      partlyDeletedToMs: cut.length > 0 ? Math.max(...cut) : null,
    };
  });
}

/** Query of the read pool: between which of the times anything is recorded. */
export function readDays(
  station: Readable,
  { cameraIds, dayStartsMs }: { cameraIds: string[]; dayStartsMs: number[] },
): boolean[] {
  const db = indexBeside(station);
  const streams = streamRows(db).filter(({ cameraId }) => cameraIds.includes(cameraId));
  const any = prepared(
    db,
    'SELECT 1 FROM file WHERE stream = ? AND closed = 1 AND start_ms > ? AND start_ms < ? AND end_ms > ? LIMIT 1',
  );
  return dayStartsMs.slice(0, -1).map((fromMs, index) => {
    const toMs = dayStartsMs[index + 1]!;
    return streams.some(({ id }) => any.get(id, fromMs - LONGEST_FILE_MS, toMs, fromMs) !== undefined);
  });
}

/** Query of the read pool: what a volume holds. */
export function readVolumeUse(station: Readable, { volume }: { volume: string }): VolumeUse {
  return useOf(indexBeside(station), volume);
}
