import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as store from '#features/broadcast/broadcast.store.ts';
import { migrate } from '#native/sqlite/migrate.ts';
import type { Writable } from '#native/sqlite/types.ts';
import { migrations } from '#station/migrations/index.ts';
import { base } from '#station/migrations/001-base.ts';
import { broadcast as migration } from '#station/migrations/005-broadcast.ts';

let db: Writable;
beforeEach(() => {
  db = new Database(':memory:');
  for (const one of [base, migration]) one.up(db);
});
afterEach(() => db.close());

const one = (id: string, zoneIds: string[], requestedAtMs = 1): store.StoredBroadcast => ({
  id,
  class: 'manual',
  source: { kind: 'speech', text: '测试' },
  title: '测试',
  repeat: 1,
  chime: true,
  drill: false,
  runId: null,
  startedBy: 'guard',
  requestedAtMs,
  zoneIds,
});
const receipt = (zoneId: string, rung: store.Rung, atMs: number, reason: string | null = null) => ({
  zoneId,
  rung,
  atMs,
  reason,
});

test('the newest rung of each zone counts, and the end is the last of the final ones', () => {
  store.insertBroadcast(db, one('b1', ['n', 's'], 5));
  store.insertReceipt(db, 'b1', receipt('n', 'accepted', 6));
  store.insertReceipt(db, 'b1', receipt('s', 'queued', 6));
  store.insertReceipt(db, 'b1', receipt('n', 'ended', 9));
  const [open] = store.listBroadcasts(db, undefined, 10);
  expect(open).toMatchObject({
    endedAtMs: null,
    receipts: [receipt('n', 'ended', 9), receipt('s', 'queued', 6)],
  });
  expect(store.unfinishedZones(db)).toEqual([{ id: 'b1', zoneIds: ['s'] }]);
  store.insertReceipt(db, 'b1', receipt('s', 'failed', 12, 'audio.refused'));
  expect(store.listBroadcasts(db, undefined, 10)[0]?.endedAtMs).toBe(12);
  expect(store.unfinishedZones(db)).toEqual([]);
});

test('a broadcast that never got a receipt is found too', () => {
  store.insertBroadcast(db, one('b1', ['n', 's']));
  expect(store.unfinishedZones(db)).toEqual([{ id: 'b1', zoneIds: ['n', 's'] }]);
});

test('pages go on after the last id, newest first', () => {
  for (const id of ['b1', 'b2', 'b3']) store.insertBroadcast(db, one(id, ['n']));
  const first = store.listBroadcasts(db, undefined, 2).map(({ id }) => id);
  expect(first).toEqual(['b3', 'b2']);
  expect(store.listBroadcasts(db, first[1], 2).map(({ id }) => id)).toEqual(['b1']);
});

test('an edited, a removed and an exchanged receipt break the chain', () => {
  store.insertBroadcast(db, one('b1', ['n']));
  for (const [at, rung] of (['accepted', 'started', 'ended'] as const).entries()) {
    store.insertReceipt(db, 'b1', receipt('n', rung, at));
  }
  expect(store.verifyReceipts(db)).toEqual({ ok: true, checked: 3, problems: [] });
  db.exec('DROP TRIGGER broadcast_receipt_no_update; DROP TRIGGER broadcast_receipt_no_delete');
  db.exec(`UPDATE broadcast_receipt SET rung = 'failed' WHERE seq = 3`);
  expect(store.verifyReceipts(db).problems).toEqual([{ chain: 'broadcast', code: 'edited', seq: 3 }]);
  db.exec(
    `UPDATE broadcast_receipt SET rung = 'ended' WHERE seq = 3; DELETE FROM broadcast_receipt WHERE seq = 2`,
  );
  expect(store.verifyReceipts(db).problems).toEqual([{ chain: 'broadcast', code: 'missing', seq: 2 }]);
});

test('the schema is part of the station and is reached from the version before', () => {
  const at = migrations.indexOf(migration);
  expect(at).toBeGreaterThan(0);
  const file = new Database(':memory:');
  try {
    migrate(file, migrations.slice(0, at), () => undefined);
    file.prepare(`INSERT INTO setting (key, value) VALUES ('x', '1')`).run();
    migrate(file, migrations, () => undefined);
    expect(file.prepare('SELECT value FROM setting').get()).toEqual({ value: '1' });
    store.insertBroadcast(file, one('b1', ['n']));
    expect(store.listBroadcasts(file, undefined, 1)).toHaveLength(1);
  } finally {
    file.close();
  }
});
