import type { Migration } from '#native/sqlite/types.ts';

/** Whether an export takes the recorded sound along; those of before had none to take. */
export const exportSound: Migration = {
  name: '012-export-sound',
  up(db) {
    db.exec('ALTER TABLE evidence_export ADD COLUMN with_sound INTEGER NOT NULL DEFAULT 1');
  },
};
