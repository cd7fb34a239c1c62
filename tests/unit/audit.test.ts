import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWritable } from '#native/sqlite/open.ts';
import type { Writable } from '#native/sqlite/types.ts';
import { AuditAnchor, createAudit, verifyAudit } from '#station/audit.ts';
import { canonicalJson } from '#station/chain.ts';
import { createWriter } from '#station/database.ts';
import { base } from '#station/migrations/001-base.ts';
import { silentLog } from '#station/log.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

let folder: string;
let db: Writable;
let anchor: AuditAnchor;
const actor = { id: 'a1', name: '李值班员', role: 'guard' as const };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-audit-'));
  db = openWritable(join(folder, 'a.sqlite'));
  base.up(db);
  anchor = new AuditAnchor(join(folder, 'anchor'), Buffer.alloc(32, 7));
  const audit = createAudit(anchor);
  const write = createWriter(db, new TestClock(), silentLog);
  for (let i = 1; i <= 10; i += 1)
    write((tx) => audit.append(tx, actor, 'alarm.acknowledge', `alarm-${i}`, { i }));
  db.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});
const codes = () => verifyAudit(db, anchor).problems.map((problem) => `${problem.code}@${problem.seq}`);

test('an untouched chain holds', () =>
  expect(verifyAudit(db, anchor)).toEqual({ ok: true, checked: 10, problems: [] }));
test('whatever text is noted, the chain holds', () => {
  const audit = createAudit(anchor);
  const write = createWriter(db, new TestClock(), silentLog);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      write((tx) => audit.append(tx, actor, 'a', `${text}\ud800`, { text: `\udc00${text}` }));
    }),
    { numRuns: 50 },
  );
  expect(codes()).toEqual([]);
});
test('an edited entry is found', () => {
  db.exec("UPDATE audit SET target = 'alarm-99' WHERE seq = 4");
  expect(codes()).toContain('edited@4');
});
test('an edited entry with its own hash made anew is found by the next one', () => {
  db.exec('UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 9) WHERE seq = 4');
  expect(codes()).toEqual(expect.arrayContaining(['edited@4', 'edited@5']));
});
test('a deleted entry is found', () => {
  db.exec('DELETE FROM audit WHERE seq = 6');
  expect(codes()).toContain('missing@6');
});
test('entries cut off at the end are found by the anchor', () => {
  db.exec('DELETE FROM audit WHERE seq > 7');
  expect(codes()).toEqual(['cut_off@10']);
});
test('an emptied table is found', () => {
  db.exec('DELETE FROM audit');
  expect(codes()).toEqual(['cut_off@10']);
});
test('a forged anchor is found', () => {
  db.exec('DELETE FROM audit WHERE seq > 7');
  const forged = JSON.parse(readFileSync(join(folder, 'anchor'), 'utf8')) as { seq: number };
  writeFileSync(join(folder, 'anchor'), JSON.stringify({ ...forged, seq: 7 }));
  expect(codes()).toEqual(['anchor_broken@7']);
});
test('a removed anchor is found', () => {
  rmSync(join(folder, 'anchor'));
  expect(codes()).toEqual(['anchor_missing@10']);
});
test('the table itself refuses changes', () => {
  const fresh = openWritable(':memory:');
  base.up(fresh);
  fresh.exec("INSERT INTO audit VALUES (1, 0, NULL, 'x', NULL, 'a', NULL, '{}', 'h')");
  expect(() => fresh.exec("UPDATE audit SET actor = 'y'")).toThrow(/append-only/);
  expect(() => fresh.exec('DELETE FROM audit')).toThrow(/append-only/);
  fresh.close();
});
test('canonical JSON does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const turned = JSON.parse(JSON.stringify(value), (_key, one: unknown) =>
        one && typeof one === 'object' && !Array.isArray(one)
          ? Object.fromEntries(Object.entries(one).reverse())
          : one,
      ) as unknown;
      expect(canonicalJson(turned)).toBe(canonicalJson(JSON.parse(JSON.stringify(value))));
    }),
  );
});
