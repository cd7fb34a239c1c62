import type { Migration } from '#native/sqlite/types.ts';

/**
 * Bringing cameras in: the certificates that devices showed first, and changes of many cameras at once with what was
 * before (passwords sealed), so that they can be taken back.
 */
export const bringIn: Migration = {
  name: '009-bring-in',
  up(db) {
    db.exec(`
      CREATE TABLE device_certificate (
        address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, since_at_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE camera_batch (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, at_ms INTEGER NOT NULL, by TEXT NOT NULL,
        items TEXT NOT NULL, undone_at_ms INTEGER) STRICT;
      CREATE INDEX camera_batch_at ON camera_batch (at_ms);
    `);
  },
};
