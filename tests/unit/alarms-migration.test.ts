import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWritable } from '#native/sqlite/open.ts';
import { migrate, versionOf } from '#native/sqlite/migrate.ts';
import type { Writable } from '#native/sqlite/types.ts';
import { base } from '#station/migrations/001-base.ts';
import { ingest } from '#station/migrations/002-ingest.ts';
import { alarmsDevicesRecords } from '#station/migrations/003-alarms-devices-records.ts';
import { eventWriter } from '#tests/fixtures/park-records.ts';

let folder: string;
let db: Writable;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-migration-'));
  db = openWritable(join(folder, 'park.sqlite'));
  migrate(db, [base, ingest]);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});
const insertAlarm = (id: string, device: string, closedAtMs: number | null = null, drill = 0) =>
  db
    .prepare(
      `INSERT INTO alarm (id, device_id, type, drill, category, priority, active, acknowledged, workflow, count, annunciation,
         backlog, first_occurred_at_ms, newest_occurred_at_ms, newest_received_at_ms, received_at_ms, data, comment_count,
         context, closed_at_ms) VALUES (?, ?, 't', ?, 'other', 3, 1, 0, 'new', 1, 1, 0, 1, 1, 1, 1, '{}', 0, '{}', ?)`,
    )
    .run(id, device, drill, closedAtMs);

describe('migration 003', () => {
  it('leaves the events of the version before as they were', () => {
    const row = eventWriter(db)({ deviceId: 'd', type: 'gas.low', occurredAtMs: 5, data: { value: 1 } });
    const before = db.prepare('SELECT * FROM event').all();
    migrate(db, [base, ingest, alarmsDevicesRecords]);
    expect(versionOf(db)).toBe(3);
    expect(db.prepare('SELECT * FROM event').all()).toEqual(before);
    insertAlarm('a', 'd');
    db.prepare('INSERT INTO alarm_occurrence (alarm_id, event_row) VALUES (?, ?)').run('a', row);
    expect(() =>
      db.prepare('INSERT INTO alarm_occurrence (alarm_id, event_row) VALUES (?, ?)').run('a', 99),
    ).toThrow('FOREIGN KEY');
  });
  it('allows one open alarm per device, type and drill, and any number of closed ones', () => {
    migrate(db, [base, ingest, alarmsDevicesRecords]);
    insertAlarm('a', 'd', 1);
    insertAlarm('b', 'd', 2);
    insertAlarm('c', 'd');
    insertAlarm('e', 'd', null, 1);
    expect(() => insertAlarm('f', 'd')).toThrow('UNIQUE');
  });
  it('refuses to change or delete what was recorded', () => {
    migrate(db, [base, ingest, alarmsDevicesRecords]);
    insertAlarm('a', 'd');
    db.exec(`INSERT INTO alarm_log VALUES (1, 'a', 1, 'raised', NULL, '{}', 'h');
      INSERT INTO device_command VALUES (1, 'c', 'k', 'd', 'arm', '{}', 'li', 1, 2);
      INSERT INTO device_command_receipt VALUES (1, 'c', 1, 'sent', NULL);`);
    for (const table of ['alarm_log', 'device_command', 'device_command_receipt']) {
      expect(() => db.exec(`UPDATE ${table} SET seq = seq + 1`)).toThrow('append-only');
      expect(() => db.exec(`DELETE FROM ${table}`)).toThrow('append-only');
    }
    expect(() => db.exec('DELETE FROM alarm')).toThrow();
  });
});
