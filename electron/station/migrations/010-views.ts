import type { Migration } from '#native/sqlite/types.ts';

/** Saved views of the wall (JSON of the contract; without an owner: shared), and each account's order and default of them. */
export const views: Migration = {
  name: '010-views',
  up(db) {
    db.exec(`
      CREATE TABLE wall_view (
        id TEXT PRIMARY KEY, owner_id TEXT REFERENCES account (id) ON DELETE CASCADE, body TEXT NOT NULL,
        changed_by TEXT NOT NULL, changed_at_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE wall_choice (
        account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE, view_order TEXT NOT NULL,
        default_id TEXT) STRICT;
    `);
  },
};
