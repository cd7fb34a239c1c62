import type { Migration } from '#native/sqlite/types.ts';

const appendOnly = (table: string) => `
  CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
  CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

/**
 * Video patrols: routes as people set them up (JSON of the contract), when each is due next, runs with the route as it
 * was, and what happened in them (chained). And what steered cameras do while nobody steers them.
 */
export const tours: Migration = {
  name: '008-tours',
  up(db) {
    db.exec(`
      CREATE TABLE tour_route (
        id TEXT PRIMARY KEY, body TEXT NOT NULL, next_at_ms INTEGER, changed_by TEXT NOT NULL,
        changed_at_ms INTEGER NOT NULL, removed_at_ms INTEGER) STRICT;
      CREATE TABLE tour_run (
        id TEXT PRIMARY KEY, route_id TEXT NOT NULL REFERENCES tour_route (id), route TEXT NOT NULL,
        due_at_ms INTEGER NOT NULL, opened_at_ms INTEGER NOT NULL) STRICT;
      CREATE INDEX tour_run_due ON tour_run (due_at_ms);
      CREATE UNIQUE INDEX tour_run_once ON tour_run (route_id, due_at_ms);
      CREATE TABLE tour_record (
        seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES tour_run (id), kind TEXT NOT NULL, camera_id TEXT,
        by TEXT, by_id TEXT, at_ms INTEGER NOT NULL, params TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
      CREATE INDEX tour_record_of ON tour_record (run_id, seq);
      CREATE TABLE ptz_rest (
        camera_id TEXT PRIMARY KEY, rest TEXT NOT NULL, by TEXT NOT NULL, changed_at_ms INTEGER NOT NULL) STRICT;
      ${['tour_run', 'tour_record'].map(appendOnly).join('')}
    `);
  },
};
