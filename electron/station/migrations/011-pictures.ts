import type { Migration } from '#native/sqlite/types.ts';

/** Pictures that people keep or report with, and the end of their files: one chained, append-only list. */
export const pictures: Migration = {
  name: '011-pictures',
  up(db) {
    db.exec(`
      CREATE TABLE picture_record (
        seq INTEGER PRIMARY KEY, picture_id TEXT NOT NULL, kind TEXT NOT NULL, camera_id TEXT NOT NULL,
        taken_at_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL, by TEXT, by_id TEXT, params TEXT NOT NULL,
        hash TEXT NOT NULL) STRICT;
      CREATE UNIQUE INDEX picture_record_once ON picture_record (picture_id, kind);
      CREATE INDEX picture_record_age ON picture_record (kind, at_ms);
      CREATE TRIGGER picture_record_no_update BEFORE UPDATE ON picture_record
        BEGIN SELECT RAISE(ABORT, 'picture_record is append-only'); END;
      CREATE TRIGGER picture_record_no_delete BEFORE DELETE ON picture_record
        BEGIN SELECT RAISE(ABORT, 'picture_record is append-only'); END;
    `);
  },
};
