import type { Migration } from '#native/sqlite/types.ts';

/**
 * What devices said (immutable, chained), what was refused, and where each device's sequence stands.
 * `event.source` is `mqtt` for the park and `station` for the station itself; a device's event id is its own, so the
 * device belongs to the key by which a repetition is known. `clock_suspect`: the claimed time cannot be true.
 */
export const ingest: Migration = {
  name: '002-ingest',
  up(db) {
    db.exec(`
      CREATE TABLE event (
        row_id INTEGER PRIMARY KEY, source TEXT NOT NULL, device_id TEXT NOT NULL, event_id TEXT NOT NULL,
        type TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('raise', 'clear', 'info')),
        severity INTEGER CHECK (severity BETWEEN 1 AND 4), occurred_at_ms INTEGER NOT NULL,
        received_at_ms INTEGER NOT NULL, committed_at_ms INTEGER NOT NULL, seq INTEGER, boot_id TEXT,
        drill INTEGER NOT NULL CHECK (drill IN (0, 1)), clock_suspect INTEGER NOT NULL CHECK (clock_suspect IN (0, 1)),
        data TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (source, device_id, event_id)) STRICT;
      CREATE INDEX event_received ON event (received_at_ms);
      CREATE INDEX event_device ON event (device_id, received_at_ms);
      CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
      CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

      CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY AUTOINCREMENT, received_at_ms INTEGER NOT NULL, topic TEXT NOT NULL, code TEXT NOT NULL,
        path TEXT NOT NULL, detail TEXT NOT NULL, payload TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        digest TEXT NOT NULL) STRICT;
      CREATE INDEX quarantine_digest ON quarantine (digest);
      CREATE TABLE quarantine_count (code TEXT PRIMARY KEY, total INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE device_sequence (
        device_id TEXT NOT NULL, boot_id TEXT NOT NULL, next_seq INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL,
        PRIMARY KEY (device_id, boot_id)) STRICT, WITHOUT ROWID;
      CREATE TABLE sequence_gap (
        device_id TEXT NOT NULL, boot_id TEXT NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL,
        noticed_at_ms INTEGER NOT NULL, PRIMARY KEY (device_id, boot_id, from_seq)) STRICT, WITHOUT ROWID;
      CREATE INDEX sequence_gap_noticed ON sequence_gap (noticed_at_ms);
    `);
  },
};
