import type { Migration } from '#native/sqlite/types.ts';

/**
 * What people decide about recordings: disks, evidence locks, privacy blocks, bookmarks. The index of the recordings is a
 * file of its own (features/recording/index-file.ts). Nothing here is ever deleted: it ends, and the row says when and by whom.
 */
export const recording: Migration = {
  name: '006-recording',
  up(db) {
    const ended = (table: string) => `
      CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is kept'); END;`;
    db.exec(`
      CREATE TABLE recording_volume (
        id TEXT PRIMARY KEY, path TEXT NOT NULL, quota_bytes INTEGER, marked INTEGER NOT NULL,
        added_at_ms INTEGER NOT NULL, removed_at_ms INTEGER) STRICT;
      CREATE UNIQUE INDEX recording_volume_path ON recording_volume (path) WHERE removed_at_ms IS NULL;
      CREATE TABLE recording_lock (
        id TEXT PRIMARY KEY, camera_ids TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,
        reason TEXT NOT NULL, until_ms INTEGER, by TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
        released_at_ms INTEGER, released_by TEXT, released_reason TEXT) STRICT;
      CREATE TABLE recording_block (
        id TEXT PRIMARY KEY, camera_ids TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,
        reason TEXT NOT NULL, by TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
        removed_at_ms INTEGER, removed_by TEXT, removed_reason TEXT) STRICT;
      CREATE TABLE recording_bookmark (
        id TEXT PRIMARY KEY, camera_ids TEXT NOT NULL, at_ms INTEGER NOT NULL, to_ms INTEGER, text TEXT NOT NULL,
        tags TEXT NOT NULL, by TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
        removed_at_ms INTEGER, removed_by TEXT) STRICT;
      CREATE INDEX recording_bookmark_time ON recording_bookmark (at_ms DESC, id) WHERE removed_at_ms IS NULL;
      ${['recording_volume', 'recording_lock', 'recording_block', 'recording_bookmark'].map(ended).join('')}
    `);
  },
};
