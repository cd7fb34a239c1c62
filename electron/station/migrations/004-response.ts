import type { Migration } from '#native/sqlite/types.ts';

/** Append-only: what happened is never changed or taken back. */
const appendOnly = (table: string) => `
  CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
  CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

/** Runs of plans with their events, effects with their receipts, the time mark of timers, perimeter zones. */
export const response: Migration = {
  name: '004-response',
  up(db) {
    db.exec(`
      CREATE TABLE run (
        id TEXT PRIMARY KEY, plan_id TEXT NOT NULL, plan TEXT NOT NULL, drill INTEGER NOT NULL,
        alarm_id TEXT, alarm_title TEXT, started_at_ms INTEGER NOT NULL) STRICT;
      CREATE INDEX run_alarm ON run (alarm_id) WHERE alarm_id IS NOT NULL;
      CREATE TABLE run_event (
        seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES run (id), run_seq INTEGER NOT NULL,
        at_ms INTEGER NOT NULL, steady_ms INTEGER NOT NULL, kind TEXT NOT NULL, step_id TEXT, by TEXT,
        params TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (run_id, run_seq)) STRICT;
      CREATE INDEX run_event_ended ON run_event (run_id, at_ms) WHERE kind = 'ended';
      CREATE TABLE steady_mark (
        id INTEGER PRIMARY KEY CHECK (id = 1), wall_ms INTEGER NOT NULL, steady_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE effect (
        key TEXT PRIMARY KEY, run_id TEXT, alarm_id TEXT, type TEXT NOT NULL, action TEXT NOT NULL,
        drill INTEGER NOT NULL, actor TEXT NOT NULL, requested_at_ms INTEGER NOT NULL) STRICT;
      CREATE INDEX effect_run ON effect (run_id) WHERE run_id IS NOT NULL;
      CREATE TABLE effect_receipt (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL REFERENCES effect (key), at_ms INTEGER NOT NULL,
        rung TEXT NOT NULL, reason TEXT, actor TEXT, detail TEXT) STRICT;
      CREATE INDEX effect_receipt_key ON effect_receipt (key, id);
      CREATE TABLE perimeter_zone (
        id TEXT PRIMARY KEY, armed INTEGER NOT NULL, condition TEXT NOT NULL, cause_ids TEXT NOT NULL,
        since_ms INTEGER NOT NULL) STRICT;
      ${['run', 'run_event', 'effect', 'effect_receipt'].map(appendOnly).join('')}
    `);
  },
};
