import { describe, expect, test } from 'vitest';
import { migrate, versionOf } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import type { Writable } from '#native/sqlite/types.ts';
import { migrations } from '#station/migrations/index.ts';

/** Rows that a station of any version has. Steps that change a table add theirs in a test of their own. */
function fill(db: Writable): void {
  db.prepare(
    "INSERT OR IGNORE INTO account (id, username, name, role, password_hash, created_at_ms) VALUES ('a', 'guard', '李值班员', 'guard', 'h', 1)",
  ).run();
  db.prepare("INSERT OR IGNORE INTO setting (key, value) VALUES ('backup.keep', '7')").run();
  db.prepare(
    "INSERT OR IGNORE INTO audit VALUES (1, 2, 'a', '李值班员', 'guard', 'account.sign_in', NULL, '{}', 'h')",
  ).run();
  db.prepare('INSERT OR IGNORE INTO site_info (id, doc, revision) VALUES (1, \'{"site":{}}\', 3)').run();
  db.prepare("INSERT OR IGNORE INTO site_object VALUES ('places', 'park', 0, '{}')").run();
}
const tables = (db: Writable) =>
  db
    .prepare(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .all() as { name: string; sql: string }[];
const contents = (db: Writable, names: string[]) =>
  Object.fromEntries(names.map((name) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]));

describe.each(migrations.map((migration, index) => ({ name: migration.name, index })))(
  '$name',
  ({ name, index }) => {
    test('keeps what the version before held, adds strict tables, and is numbered by its place', () => {
      const db = openWritable(':memory:');
      migrate(db, migrations.slice(0, index));
      if (index > 0) fill(db);
      const known = tables(db).map((table) => table.name);
      const before = contents(db, known);
      migrate(db, migrations.slice(0, index + 1));
      expect(versionOf(db)).toBe(index + 1);
      expect(name.startsWith(String(index + 1).padStart(3, '0'))).toBe(true);
      const after = contents(db, known);
      for (const table of known)
        expect(after[table]).toEqual(
          before[table]!.map((row) => expect.objectContaining(row as object) as unknown),
        );
      const added = tables(db).filter((table) => !known.includes(table.name));
      expect(added.filter(({ sql }) => !/STRICT/.test(sql) && !/VIRTUAL TABLE/.test(sql))).toEqual([]);
      expect(db.pragma('foreign_key_check')).toEqual([]);
      db.close();
    });
  },
);
test('the whole way at once gives the same schema as step by step', () => {
  const once = openWritable(':memory:');
  migrate(once, migrations);
  const steps = openWritable(':memory:');
  migrations.forEach((_, index) => migrate(steps, migrations.slice(0, index + 1)));
  expect(tables(once)).toEqual(tables(steps));
  once.close();
  steps.close();
});
