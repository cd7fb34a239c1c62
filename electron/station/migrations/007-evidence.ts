import type { Migration } from '#native/sqlite/types.ts';

/**
 * Exports of recordings. `camera_ids`, `warnings` and the `meta` of a file are JSON. A row is never deleted: that there
 * was a bundle, who asked for it and what its files' hashes were outlives the files. `evidence_file` grows while an
 * export runs: it is what a restart does not have to do again.
 */
export const evidence: Migration = {
  name: '007-evidence',
  up(db) {
    db.exec(`
      CREATE TABLE evidence_export (
        id TEXT PRIMARY KEY, state TEXT NOT NULL, camera_ids TEXT NOT NULL, from_ms INTEGER NOT NULL,
        to_ms INTEGER NOT NULL CHECK (to_ms > from_ms), reason TEXT NOT NULL,
        burn_time INTEGER NOT NULL CHECK (burn_time IN (0, 1)),
        with_blocked INTEGER NOT NULL CHECK (with_blocked IN (0, 1)),
        second_person INTEGER NOT NULL CHECK (second_person IN (0, 1)),
        by_id TEXT, by_name TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
        decided_by_id TEXT, decided_by TEXT, decided_at_ms INTEGER, finished_at_ms INTEGER,
        failure TEXT, warnings TEXT NOT NULL DEFAULT '[]', key_fingerprint TEXT) STRICT;
      CREATE INDEX evidence_export_created ON evidence_export (created_at_ms);
      CREATE TABLE evidence_camera (
        export_id TEXT NOT NULL REFERENCES evidence_export (id), camera_id TEXT NOT NULL, facts TEXT NOT NULL,
        PRIMARY KEY (export_id, camera_id)) STRICT, WITHOUT ROWID;
      CREATE TABLE evidence_file (
        export_id TEXT NOT NULL REFERENCES evidence_export (id), name TEXT NOT NULL, bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL, crc32 INTEGER NOT NULL, camera_id TEXT, meta TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (export_id, name)) STRICT, WITHOUT ROWID;
      CREATE TRIGGER evidence_export_kept BEFORE DELETE ON evidence_export
        BEGIN SELECT RAISE(ABORT, 'evidence_export is kept'); END;
    `);
  },
};
