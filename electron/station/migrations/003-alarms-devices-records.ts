import type { Migration } from '#native/sqlite/types.ts';

/** Append-only: what happened is never changed or taken back. */
const appendOnly = (table: string) => `
  CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
  CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

/**
 * Alarms with their chained handling record, what is known of each device, telemetry, commands.
 * `alarm` is the present state of each alarm; how it came to be is in `event` and `alarm_log`. One open
 * alarm per device, type and drill is a unique index, so two messages at once cannot make two.
 */
export const alarmsDevicesRecords: Migration = {
  name: '003-alarms-devices-records',
  up(db) {
    db.exec(`
      CREATE TABLE alarm (
        id TEXT PRIMARY KEY, device_id TEXT NOT NULL, type TEXT NOT NULL, drill INTEGER NOT NULL CHECK (drill IN (0, 1)),
        category TEXT NOT NULL, priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 4),
        active INTEGER NOT NULL CHECK (active IN (0, 1)), acknowledged INTEGER NOT NULL CHECK (acknowledged IN (0, 1)),
        workflow TEXT NOT NULL, count INTEGER NOT NULL, annunciation INTEGER NOT NULL,
        backlog INTEGER NOT NULL CHECK (backlog IN (0, 1)), first_occurred_at_ms INTEGER NOT NULL,
        newest_occurred_at_ms INTEGER NOT NULL, newest_received_at_ms INTEGER NOT NULL, newest_boot_id TEXT,
        newest_seq INTEGER, received_at_ms INTEGER NOT NULL, cleared_at_ms INTEGER, acknowledged_at_ms INTEGER,
        acknowledged_by TEXT, closed_at_ms INTEGER, closed_by TEXT, disposition TEXT, data TEXT NOT NULL,
        comment_count INTEGER NOT NULL, last_comment TEXT, run_id TEXT, place_id TEXT, context TEXT NOT NULL) STRICT;
      CREATE UNIQUE INDEX alarm_one_open ON alarm (device_id, type, drill) WHERE closed_at_ms IS NULL;
      CREATE INDEX alarm_device ON alarm (device_id, id);
      CREATE INDEX alarm_priority ON alarm (priority, id);
      CREATE INDEX alarm_received ON alarm (received_at_ms);
      CREATE INDEX alarm_acknowledged ON alarm (acknowledged_at_ms) WHERE acknowledged_at_ms IS NOT NULL;
      CREATE TABLE alarm_track (
        device_id TEXT NOT NULL, type TEXT NOT NULL, drill INTEGER NOT NULL, alarm_id TEXT REFERENCES alarm (id),
        clear_occurred_at_ms INTEGER, clear_received_at_ms INTEGER, clear_boot_id TEXT, clear_seq INTEGER,
        PRIMARY KEY (device_id, type, drill)) STRICT, WITHOUT ROWID;
      CREATE TABLE alarm_log (
        seq INTEGER PRIMARY KEY, alarm_id TEXT NOT NULL REFERENCES alarm (id), at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
        by TEXT, params TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
      CREATE INDEX alarm_log_of ON alarm_log (alarm_id, seq);
      CREATE INDEX alarm_log_raised ON alarm_log (at_ms) WHERE kind = 'raised';
      CREATE TABLE alarm_occurrence (
        alarm_id TEXT NOT NULL REFERENCES alarm (id), event_row INTEGER NOT NULL REFERENCES event (row_id),
        PRIMARY KEY (alarm_id, event_row)) STRICT, WITHOUT ROWID;

      CREATE TABLE device_state (
        device_id TEXT PRIMARY KEY, availability TEXT NOT NULL, reason TEXT, changed_at_ms INTEGER, last_seen_at_ms INTEGER,
        session_id TEXT, offline_alarm INTEGER NOT NULL DEFAULT 0 CHECK (offline_alarm IN (0, 1))) STRICT;
      CREATE TABLE device_value (
        device_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, at_ms INTEGER NOT NULL,
        PRIMARY KEY (device_id, key)) STRICT, WITHOUT ROWID;
      CREATE TABLE telemetry_series (
        id INTEGER PRIMARY KEY, device_id TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (device_id, key)) STRICT;
      CREATE TABLE telemetry (
        series_id INTEGER NOT NULL, at_ms INTEGER NOT NULL, value REAL NOT NULL,
        PRIMARY KEY (series_id, at_ms)) STRICT, WITHOUT ROWID;
      CREATE TABLE device_command (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, idempotency_key TEXT NOT NULL UNIQUE, device_id TEXT NOT NULL,
        name TEXT NOT NULL, params TEXT NOT NULL, actor TEXT NOT NULL, issued_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE device_command_receipt (
        seq INTEGER PRIMARY KEY, command_id TEXT NOT NULL REFERENCES device_command (id), at_ms INTEGER NOT NULL,
        rung TEXT NOT NULL, reason TEXT) STRICT;
      CREATE INDEX device_command_receipt_of ON device_command_receipt (command_id, seq);
      ${['alarm_log', 'alarm_occurrence', 'device_command', 'device_command_receipt'].map(appendOnly).join('')}
      CREATE TRIGGER alarm_no_delete BEFORE DELETE ON alarm BEGIN SELECT RAISE(ABORT, 'alarms are never deleted'); END;
    `);
  },
};
