import type { Readable, Writable } from '#native/sqlite/types.ts';

export interface StoredMessage {
  id: string;
  title: string;
  fileName: string;
  durationMs: number;
  sizeBytes: number;
  sha256: string;
  importedBy: string;
  importedAtMs: number;
}

export function insertMessage(db: Writable, message: StoredMessage): void {
  db.prepare(
    `INSERT INTO broadcast_message
       (id, title, file_name, duration_ms, size_bytes, sha256, imported_by, imported_at_ms)
     VALUES (@id, @title, @fileName, @durationMs, @sizeBytes, @sha256, @importedBy, @importedAtMs)`,
  ).run(message);
}

/** The row stays, so that records of past broadcasts keep its title. False if there is no such message. */
export function markDeleted(db: Writable, id: string, atMs: number): boolean {
  const done = db
    .prepare('UPDATE broadcast_message SET deleted_at_ms = ? WHERE id = ? AND deleted_at_ms IS NULL')
    .run(atMs, id);
  return done.changes === 1;
}

/** Messages that are not deleted, by title. */
export function listMessages(db: Readable): StoredMessage[] {
  return db
    .prepare(
      `SELECT id, title, file_name AS fileName, duration_ms AS durationMs, size_bytes AS sizeBytes, sha256,
         imported_by AS importedBy, imported_at_ms AS importedAtMs
       FROM broadcast_message WHERE deleted_at_ms IS NULL ORDER BY title, id`,
    )
    .all() as StoredMessage[];
}
