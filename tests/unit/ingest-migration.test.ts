import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import type { Writable } from '#native/sqlite/types.ts';
import { migrations } from '#station/migrations/index.ts';

let folder: string;
let db: Writable;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-migration-'));
  db = openWritable(join(folder, 'park.sqlite'));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const insert = (over: Record<string, unknown> = {}) => {
  const row = {
    source: 'mqtt', device_id: 'd', event_id: 'e', type: 't', state: 'raise', severity: null, occurred_at_ms: 1,
    received_at_ms: 2, committed_at_ms: 3, seq: null, boot_id: null, drill: 0, clock_suspect: 0, data: '{}', hash: 'h',
    ...over,
  }; // prettier-ignore
  const names = Object.keys(row);
  db.prepare(`INSERT INTO event (${names.join()}) VALUES (${names.map((name) => `@${name}`).join()})`).run(
    row,
  );
};

it('002-ingest keeps what was there and adds its tables', () => {
  migrate(db, migrations.slice(0, 1));
  db.prepare('INSERT INTO setting (key, value) VALUES (?, ?)').run('broker.kind', '"external"');
  migrate(db, migrations.slice(0, 2));
  expect(db.prepare('SELECT * FROM setting').all()).toEqual([{ key: 'broker.kind', value: '"external"' }]);
  insert();
  insert({ device_id: 'other' });
  expect(() => insert()).toThrow('UNIQUE');
  for (const wrong of [{ state: 'alarm' }, { severity: 5 }, { drill: 2 }])
    expect(() => insert({ event_id: 'x', ...wrong })).toThrow('CHECK');
  expect(() => insert({ event_id: 'x', occurred_at_ms: 'today' })).toThrow('TEXT value in INTEGER');
  expect(() => db.exec('DELETE FROM event')).toThrow('append-only');
});
