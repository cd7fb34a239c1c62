import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

export interface VolumeRow {
  id: string;
  path: string;
  quotaBytes: number | null;
  /** It has been marked with its id: a folder without it is a missing disk, not a new one. */
  marked: number;
}

export function volumeRows(db: Readable): VolumeRow[] {
  return prepared(
    db,
    'SELECT id, path, quota_bytes AS quotaBytes, marked FROM recording_volume WHERE removed_at_ms IS NULL ORDER BY added_at_ms, id',
  ).all() as VolumeRow[];
}
export function insertVolume(db: Writable, row: VolumeRow, atMs: number): void {
  prepared(
    db,
    'INSERT INTO recording_volume (id, path, quota_bytes, marked, added_at_ms) VALUES (?, ?, ?, ?, ?)',
  ).run(row.id, row.path, row.quotaBytes, row.marked, atMs);
}
export function setQuota(db: Writable, id: string, quotaBytes: number | null): void {
  prepared(db, 'UPDATE recording_volume SET quota_bytes = ? WHERE id = ?').run(quotaBytes, id);
}
export function setMarked(db: Writable, id: string): void {
  prepared(db, 'UPDATE recording_volume SET marked = 1 WHERE id = ?').run(id);
}
export function setRemoved(db: Writable, id: string, atMs: number): void {
  prepared(db, 'UPDATE recording_volume SET removed_at_ms = ? WHERE id = ?').run(atMs, id);
}
