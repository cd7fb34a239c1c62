import type { StateNote } from '#domain/recording-gaps.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

/** Older notes go, but the last one of a camera: gaps older than this have no reason any more. */
const KEEP_MS = 400 * 86_400_000;

export function addNote(db: Writable, cameraId: string, { atMs, reason }: StateNote): void {
  prepared(db, 'INSERT INTO note (camera_id, at_ms, reason) VALUES (?, ?, ?)').run(cameraId, atMs, reason);
}
/** Notes of a camera in a span, oldest first, with the one before it. */
export function notesOf(db: Readable, cameraId: string, fromMs: number, toMs: number): StateNote[] {
  const before = prepared(
    db,
    'SELECT at_ms AS atMs, reason FROM note WHERE camera_id = ? AND at_ms <= ? ORDER BY at_ms DESC, id DESC LIMIT 1',
  ).get(cameraId, fromMs) as StateNote | undefined;
  const inside = prepared(
    db,
    'SELECT at_ms AS atMs, reason FROM note WHERE camera_id = ? AND at_ms > ? AND at_ms < ? ORDER BY at_ms, id',
  ).all(cameraId, fromMs, toMs) as StateNote[];
  return before ? [before, ...inside] : inside;
}
/** The newest note of each camera. */
export function lastNotes(db: Readable): Map<string, StateNote> {
  const rows = prepared(
    db,
    'SELECT camera_id AS cameraId, at_ms AS atMs, reason FROM note WHERE id IN (SELECT max(id) FROM note GROUP BY camera_id)',
  ).all() as ({ cameraId: string } & StateNote)[];
  return new Map(rows.map(({ cameraId, ...note }) => [cameraId, note]));
}
export function pruneNotes(db: Writable, nowMs: number): void {
  prepared(
    db,
    'DELETE FROM note WHERE at_ms < ? AND id NOT IN (SELECT max(id) FROM note GROUP BY camera_id)',
  ).run(nowMs - KEEP_MS);
}

export function readMark(db: Readable, name: string): number | undefined {
  const row = prepared(db, 'SELECT value FROM mark WHERE name = ?').get(name) as
    { value: number } | undefined;
  return row?.value;
}
export function setMark(db: Writable, name: string, value: number): void {
  prepared(
    db,
    'INSERT INTO mark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value);
}
