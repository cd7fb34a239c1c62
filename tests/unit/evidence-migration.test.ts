import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#station/clock.ts';
import { openDatabase } from '#station/database.ts';
import { migrations } from '#station/migrations/index.ts';

test('007 adds exports to a database of the version before, and keeps its rows', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guardroom-migration-'));
  try {
    const at = migrations.findIndex(({ name }) => name === '007-evidence');
    expect(at).toBeGreaterThan(0);
    const file = path.join(folder, 'guardroom.sqlite');
    const open = (count: number) =>
      openDatabase(file, path.join(folder, 'backups'), migrations.slice(0, count), systemClock).db;
    const before = open(at);
    before.prepare("INSERT INTO setting (key, value) VALUES ('a.b', '1')").run();
    before.close();
    const db = open(at + 1);
    expect(db.prepare("SELECT value FROM setting WHERE key = 'a.b'").get()).toEqual({ value: '1' });
    const insert = (id: string, toMs: number) =>
      db
        .prepare(
          `INSERT INTO evidence_export (id, state, camera_ids, from_ms, to_ms, reason, burn_time, with_blocked,
             second_person, by_name, created_at_ms) VALUES (?, 'queued', '[]', 5, ?, 'r', 0, 0, 0, 'n', 1)`,
        )
        .run(id, toMs);
    insert('one', 6);
    expect(() => insert('two', 5)).toThrow(/CHECK/);
    expect(() => db.prepare('DELETE FROM evidence_export').run()).toThrow('evidence_export is kept');
    db.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  // they had no sound to leave out
  ['012-export-sound', 'with_sound', 1],
  ['014-export-reason', 'decided_reason', null],
  ['017-export-streams', 'streams', 'all'],
] as const)('%s takes exports of before along', (step, column, value) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guardroom-migration-'));
  try {
    const at = migrations.findIndex(({ name }) => name === step);
    expect(at).toBeGreaterThan(0);
    const file = path.join(folder, 'guardroom.sqlite');
    const open = (count: number) =>
      openDatabase(file, path.join(folder, 'backups'), migrations.slice(0, count), systemClock).db;
    const before = open(at);
    before
      .prepare(
        `INSERT INTO evidence_export (id, state, camera_ids, from_ms, to_ms, reason, burn_time, with_blocked,
           second_person, by_name, created_at_ms) VALUES ('one', 'queued', '[]', 5, 6, 'r', 0, 0, 0, 'n', 1)`,
      )
      .run();
    before.close();
    const db = open(at + 1);
    expect(db.prepare(`SELECT id, ${column} FROM evidence_export`).all()).toEqual([
      { id: 'one', [column]: value },
    ]);
    db.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
