import type { Migration } from '#native/sqlite/types.ts';

const appendOnly = (table: string) => `
  CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
  CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

/**
 * What was broadcast, each zone's receipts (chained), and the library of recorded messages. `source` is the JSON of the
 * contract's source; `zone_ids` a JSON list.
 */
export const broadcast: Migration = {
  name: '005-broadcast',
  up(db) {
    db.exec(`
      CREATE TABLE broadcast (
        id TEXT PRIMARY KEY, class TEXT NOT NULL, source TEXT NOT NULL, title TEXT NOT NULL, zone_ids TEXT NOT NULL,
        repeat INTEGER NOT NULL, chime INTEGER NOT NULL CHECK (chime IN (0, 1)),
        drill INTEGER NOT NULL CHECK (drill IN (0, 1)), run_id TEXT, started_by TEXT NOT NULL,
        requested_at_ms INTEGER NOT NULL) STRICT;
      CREATE INDEX broadcast_requested ON broadcast (requested_at_ms);
      CREATE TABLE broadcast_receipt (
        seq INTEGER PRIMARY KEY, broadcast_id TEXT NOT NULL REFERENCES broadcast (id), zone_id TEXT NOT NULL,
        rung TEXT NOT NULL, reason TEXT, at_ms INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
      CREATE INDEX broadcast_receipt_of ON broadcast_receipt (broadcast_id, seq);
      CREATE TABLE broadcast_message (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, file_name TEXT NOT NULL, duration_ms INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, imported_by TEXT NOT NULL, imported_at_ms INTEGER NOT NULL,
        deleted_at_ms INTEGER) STRICT;
      ${['broadcast', 'broadcast_receipt'].map(appendOnly).join('')}
    `);
  },
};
