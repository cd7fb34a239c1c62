import {
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
  truncateSync,
  openSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backup, listBackups, pruneBackups } from '#native/sqlite/backup.ts';
import { holdLock, LockedError } from '#native/sqlite/lock.ts';
import { FutureDatabaseError, migrate, versionOf } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import type { Migration } from '#native/sqlite/types.ts';
import { createWriter, DamagedDatabaseError, openDatabase } from '#station/database.ts';
import { silentLog } from '#station/log.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-sqlite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const step = (name: string, sql: string): Migration => ({ name, up: (db) => void db.exec(sql) });
const one = step('one', 'CREATE TABLE note (text TEXT NOT NULL) STRICT');
const two = step('two', 'ALTER TABLE note ADD COLUMN at_ms INTEGER NOT NULL DEFAULT 0');
const broken = step('broken', 'CREATE TABLE half (a TEXT) STRICT; CREATE TABLE note (a TEXT) STRICT');
const open = (migrations: Migration[], restoreLast = false) =>
  openDatabase(
    join(folder, 'park.sqlite'),
    join(folder, 'backups'),
    migrations,
    new TestClock(),
    restoreLast,
  );

test('writes survive a power cut: WAL and FULL', () => {
  const { db } = open([one]);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
  db.close();
});
test('a migration keeps the data and takes a back-up first', () => {
  const first = open([one]);
  first.db.prepare('INSERT INTO note VALUES (?)').run('前任值班');
  first.db.close();
  expect(listBackups(join(folder, 'backups'))).toEqual([]);
  const second = open([one, two]);
  expect(second.migratedFrom).toBe(1);
  expect(second.db.prepare('SELECT * FROM note').all()).toEqual([{ text: '前任值班', at_ms: 0 }]);
  second.db.close();
  expect(listBackups(join(folder, 'backups')).map((file) => file.reason)).toEqual(['migration']);
});
test('a failed migration leaves the version and the tables as they were', () => {
  open([one]).db.close();
  expect(() => open([one, broken])).toThrow(/note already exists/);
  const again = open([one]);
  expect(versionOf(again.db)).toBe(1);
  expect(again.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()).toEqual([
    { name: 'note' },
  ]);
  again.db.close();
});
test('a database from the future is refused and not touched', () => {
  open([one, two]).db.close();
  expect(() => open([one])).toThrow(FutureDatabaseError);
  const db = openWritable(join(folder, 'park.sqlite'));
  expect(versionOf(db)).toBe(2);
  expect(() => migrate(db, [one])).toThrow(/newer/);
  db.close();
});
test('a damaged database says where the last back-up is, and --restore-last-backup brings it back', async () => {
  const { db } = open([one]);
  const insert = db.prepare('INSERT INTO note VALUES (?)');
  for (let i = 0; i < 2000; i += 1) insert.run(`第 ${i} 条 ${'x'.repeat(200)}`);
  const made = await backup(db, join(folder, 'backups'), Date.UTC(2026, 10, 22), 'scheduled');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const file = openSync(join(folder, 'park.sqlite'), 'r+');
  for (let page = 3; page < 60; page += 1) writeSync(file, Buffer.alloc(2048, 0x5a), 0, 2048, page * 4096);
  closeSync(file);
  expect(() => open([one])).toThrow(DamagedDatabaseError);
  expect(() => open([one])).toThrow(made.file);
  const restored = open([one], true);
  expect(restored.db.prepare('SELECT count(*) n FROM note').get()).toEqual({ n: 2000 });
  restored.db.close();
  expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true);
});
test('a file that is no database is refused in words', () => {
  writeFileSync(join(folder, 'park.sqlite'), 'not a database, but long enough to be read as one'.repeat(100));
  expect(() => open([one])).toThrow(/is damaged.*no back-up/s);
});
test('an empty file is a new database', () => {
  writeFileSync(join(folder, 'park.sqlite'), '');
  truncateSync(join(folder, 'park.sqlite'), 0);
  open([one]).db.close();
});
test('pruning keeps the newest scheduled ones and every other', async () => {
  const { db } = open([one]);
  for (const [atMs, reason] of [
    [1, 'scheduled'],
    [2, 'manual'],
    [3, 'scheduled'],
    [4, 'scheduled'],
  ] as const)
    await backup(db, join(folder, 'backups'), atMs, reason);
  pruneBackups(join(folder, 'backups'), 1);
  expect(listBackups(join(folder, 'backups')).map((file) => [file.atMs, file.reason])).toEqual([
    [4, 'scheduled'],
    [2, 'manual'],
  ]);
  db.close();
});
test('effects of a write run after the commit, and never after a rollback', () => {
  const { db } = open([one]);
  const write = createWriter(db, new TestClock(), silentLog);
  const seen: string[] = [];
  write((tx) => {
    tx.db.prepare('INSERT INTO note VALUES (?)').run('a');
    tx.afterCommit(() => seen.push(db.inTransaction ? 'inside' : 'after'));
    write((inner) => inner.afterCommit(() => seen.push('joined')));
    expect(seen).toEqual([]);
  });
  expect(seen).toEqual(['after', 'joined']);
  write((tx) => {
    tx.afterCommit(() => {
      throw new Error('a broken listener');
    });
    tx.afterCommit(() => seen.push('still'));
  });
  expect(seen.pop()).toBe('still');
  expect(() =>
    write((tx) => {
      tx.db.prepare('INSERT INTO note VALUES (?)').run('b');
      tx.afterCommit(() => seen.push('lost'));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(seen).toEqual(['after', 'joined']);
  expect(db.prepare('SELECT count(*) n FROM note').get()).toEqual({ n: 1 });
  db.close();
});
test('one process holds a data folder', () => {
  const release = holdLock(join(folder, 'station.lock'));
  expect(() => holdLock(join(folder, 'station.lock'))).toThrow(LockedError);
  release();
  holdLock(join(folder, 'station.lock'))();
});
