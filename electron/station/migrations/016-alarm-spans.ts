import type { Migration } from '#native/sqlite/types.ts';

/** What was recorded around alarms: it may have a term of its own. */
export const alarmSpans: Migration = {
  name: '016-alarm-spans',
  up(db) {
    db.exec(`
      CREATE TABLE recording_alarm_span (
        id INTEGER PRIMARY KEY, camera_id TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL) STRICT;
      CREATE INDEX recording_alarm_span_time ON recording_alarm_span (camera_id, to_ms);
    `);
  },
};
