import type { StreamKind } from '#contract/media-wire.ts';
import type { KeptFile } from '#domain/recording-retention.ts';
import type { RecordingCause } from '#domain/recording-types.ts';
import { decodeParts, encodeParts } from '#native/recording/part-codec.ts';
import type { Part } from '#native/recording/types.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

/** A stream of a camera and its folder on every volume. */
export interface StreamRow {
  id: number;
  cameraId: string;
  stream: StreamKind;
  folder: string;
  firstMs: number;
}
export interface FileRow {
  id: number;
  uuid: string;
  volume: string;
  stream: number;
  /** Below the volume's folder, with forward slashes. */
  path: string;
  codec: string;
  width: number;
  height: number;
  startMs: number;
  endMs: number;
  bytes: number;
  epoch: number;
  cause: RecordingCause;
  closed: number;
}
const FILE = `id, uuid, volume, stream, path, codec, width, height, start_ms AS startMs, end_ms AS endMs, bytes, epoch, cause, closed`;
/** No file is longer, by wall time: a bound for looking files up by their beginning. */
export const LONGEST_FILE_MS = 20 * 60_000;

export function streamRows(db: Readable): StreamRow[] {
  return prepared(
    db,
    'SELECT id, camera_id AS cameraId, stream, folder, first_ms AS firstMs FROM stream ORDER BY id',
  ).all() as StreamRow[];
}
export function insertStream(db: Writable, row: Omit<StreamRow, 'id'>): number {
  return Number(
    prepared(db, 'INSERT INTO stream (camera_id, stream, folder, first_ms) VALUES (?, ?, ?, ?)').run(
      row.cameraId,
      row.stream,
      row.folder,
      row.firstMs,
    ).lastInsertRowid,
  );
}
export function insertFile(db: Writable, row: Omit<FileRow, 'id'>): number {
  const { uuid, volume, stream, path, codec, width, height, startMs, endMs, bytes, epoch, cause, closed } =
    row;
  const values = [
    uuid,
    volume,
    stream,
    path,
    codec,
    width,
    height,
    startMs,
    endMs,
    bytes,
    epoch,
    cause,
    closed,
  ];
  return Number(
    prepared(
      db,
      `INSERT INTO file (uuid, volume, stream, path, codec, width, height, start_ms, end_ms, bytes, epoch, cause, closed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(...values).lastInsertRowid,
  );
}
export function insertPart(db: Writable, file: number, part: Part): number {
  return Number(
    prepared(db, 'INSERT INTO part (file, part) VALUES (?, ?)').run(file, encodeParts([part]))
      .lastInsertRowid,
  );
}
/** The journal's rows of files that are still open, in order of writing. */
export function journal(db: Readable): { id: number; file: number; part: Part }[] {
  const rows = prepared(db, 'SELECT id, file, part FROM part ORDER BY id').all() as {
    id: number;
    file: number;
    part: Buffer;
  }[];
  return rows.map(({ id, file, part }) => ({ id, file, part: decodeParts(part)[0]! }));
}
/** Rows before this one belong to closed files only. */
export function trimJournal(db: Writable, beforeId: number): void {
  prepared(db, 'DELETE FROM part WHERE id < ?').run(beforeId);
}
export function closeFile(
  db: Writable,
  id: number,
  end: { endMs: number; bytes: number },
  parts: readonly Part[],
): void {
  prepared(db, 'UPDATE file SET closed = 1, end_ms = ?, bytes = ? WHERE id = ?').run(
    end.endMs,
    end.bytes,
    id,
  );
  prepared(
    db,
    'INSERT INTO file_parts (file, parts) VALUES (?, ?) ON CONFLICT (file) DO UPDATE SET parts = excluded.parts',
  ).run(id, encodeParts(parts));
}
export function partsOf(db: Readable, file: number): Part[] {
  const row = prepared(db, 'SELECT parts FROM file_parts WHERE file = ?').get(file) as
    { parts: Buffer } | undefined;
  return row ? decodeParts(row.parts) : [];
}
export function fileByUuid(db: Readable, uuid: string): FileRow | undefined {
  return prepared(db, `SELECT ${FILE} FROM file WHERE uuid = ?`).get(uuid) as FileRow | undefined;
}
export function openFiles(db: Readable): FileRow[] {
  return prepared(db, `SELECT ${FILE} FROM file WHERE closed = 0 ORDER BY id`).all() as FileRow[];
}
/** Closed files of a stream that overlap a span, by their beginning. */
export function filesBetween(db: Readable, stream: number, fromMs: number, toMs: number): FileRow[] {
  return prepared(
    db,
    `SELECT ${FILE} FROM file WHERE stream = ? AND closed = 1 AND start_ms > ? AND start_ms < ? AND end_ms > ?
     ORDER BY start_ms, id`,
  ).all(stream, fromMs - LONGEST_FILE_MS, toMs, fromMs) as FileRow[];
}
/** The first closed file of a stream that begins at or after a time. */
export function fileFrom(db: Readable, stream: number, atMs: number, minEpoch: number): FileRow | undefined {
  return prepared(
    db,
    `SELECT ${FILE} FROM file WHERE stream = ? AND closed = 1 AND start_ms >= ? AND epoch >= ? ORDER BY start_ms, id LIMIT 1`,
  ).get(stream, atMs, minEpoch) as FileRow | undefined;
}
/** The last closed file of a stream that begins before a time, where there are several that of the youngest epoch. */
export function fileBefore(db: Readable, stream: number, beforeMs: number): FileRow | undefined {
  return prepared(
    db,
    `SELECT ${FILE} FROM file WHERE stream = ? AND closed = 1 AND start_ms < ? ORDER BY start_ms DESC, id DESC LIMIT 1`,
  ).get(stream, beforeMs) as FileRow | undefined;
}
/** Where a stream ended last, and in which epoch. */
export function lastOf(db: Readable, stream: number): { endMs: number; epoch: number } | undefined {
  return prepared(
    db,
    'SELECT max(end_ms) AS endMs, epoch FROM file WHERE stream = ? GROUP BY epoch ORDER BY epoch DESC LIMIT 1',
  ).get(stream) as { endMs: number; epoch: number } | undefined;
}
export function oldestOf(db: Readable, stream: number): number | null {
  const row = prepared(db, 'SELECT min(start_ms) AS ms FROM file WHERE stream = ?').get(stream);
  return (row as { ms: number | null }).ms;
}

const KEPT = `file.id, stream.camera_id AS cameraId, stream.stream, start_ms AS fromMs, end_ms AS toMs, bytes`;
/** Closed files of a volume in the order in which they were recorded, which a clock cannot change. */
export function oldestOn(db: Readable, volume: string): IterableIterator<KeptFile> {
  // Not cached: an iteration that is left early would keep the statement busy.
  return db
    .prepare(
      `SELECT ${KEPT} FROM file JOIN stream ON stream.id = file.stream WHERE volume = ? AND closed = 1 ORDER BY file.id`,
    )
    .iterate(volume) as IterableIterator<KeptFile>;
}
export function oldestTimeOn(db: Readable, volume: string): number | null {
  const row = prepared(db, 'SELECT start_ms AS ms FROM file WHERE volume = ? ORDER BY id LIMIT 1').get(
    volume,
  );
  return (row as { ms: number } | undefined)?.ms ?? null;
}
/** Closed files of a stream on a volume that ended before a time. */
export function endedBefore(db: Readable, volume: string, stream: number, beforeMs: number): KeptFile[] {
  return prepared(
    db,
    `SELECT ${KEPT} FROM file JOIN stream ON stream.id = file.stream
     WHERE file.stream = ? AND start_ms < ? AND end_ms < ? AND volume = ? AND closed = 1 ORDER BY start_ms`,
  ).all(stream, beforeMs, beforeMs, volume) as KeptFile[];
}
/** How many files of a kind of stream are on a volume, counted no further than `upTo`. */
export function countUpTo(db: Readable, volume: string, stream: StreamKind, upTo: number): number {
  const row = prepared(
    db,
    // By stream, so that the few of one kind are not looked for among the many of the other.
    `SELECT count(*) AS files FROM (SELECT 1 FROM stream CROSS JOIN file INDEXED BY file_time ON file.stream = stream.id
     WHERE stream.stream = ? AND volume = ? LIMIT ?)`,
  ).get(stream, volume, upTo) as { files: number };
  return row.files;
}
export interface VolumeUse {
  files: number;
  bytes: number;
  oldestMs: number | null;
}
export function useOf(db: Readable, volume: string): VolumeUse {
  return prepared(
    db,
    'SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes, min(start_ms) AS oldestMs FROM file WHERE volume = ?',
  ).get(volume) as VolumeUse;
}
/** Paths that the index has in a folder of a volume (closed and open ones). */
export function pathsIn(db: Readable, volume: string, stream: number): Map<string, number> {
  const rows = prepared(db, 'SELECT id, path FROM file WHERE volume = ? AND stream = ?').all(
    volume,
    stream,
  ) as {
    id: number;
    path: string;
  }[];
  return new Map(rows.map(({ id, path }) => [path, id]));
}

/** Takes files from the index and notes them as garbage, in the transaction of the caller. */
export function discard(db: Writable, ids: readonly number[], isThere: boolean): void {
  const note = prepared(db, 'INSERT INTO garbage (volume, path) SELECT volume, path FROM file WHERE id = ?');
  for (const id of ids) {
    if (isThere) note.run(id);
    prepared(db, 'DELETE FROM file_parts WHERE file = ?').run(id);
    prepared(db, 'DELETE FROM file WHERE id = ?').run(id);
  }
}
export interface GarbageRow {
  id: number;
  path: string;
}
export function garbageOn(db: Readable, volume: string): GarbageRow[] {
  return prepared(db, 'SELECT id, path FROM garbage WHERE volume = ? ORDER BY id LIMIT 500').all(
    volume,
  ) as GarbageRow[];
}
export function garbageGone(db: Writable, ids: readonly number[]): void {
  for (const id of ids) prepared(db, 'DELETE FROM garbage WHERE id = ?').run(id);
}
