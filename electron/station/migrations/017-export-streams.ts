import type { Migration } from '#native/sqlite/types.ts';

/** Which streams an export is of. Earlier ones took whatever was recorded, and no camera had two streams recorded at once. */
export const exportStreams: Migration = {
  name: '017-export-streams',
  up(db) {
    db.exec("ALTER TABLE evidence_export ADD COLUMN streams TEXT NOT NULL DEFAULT 'all'");
  },
};
