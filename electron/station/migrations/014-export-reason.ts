import type { Migration } from '#native/sqlite/types.ts';

/** Why an export was refused: the one who asked for it has to know. */
export const exportReason: Migration = {
  name: '014-export-reason',
  up(db) {
    db.exec('ALTER TABLE evidence_export ADD COLUMN decided_reason TEXT');
  },
};
