import type { Migration, Readable, Writable } from './types.ts';

/** The database was written by a newer program: opening it could destroy what this one does not know. */
export class FutureDatabaseError extends Error {
  readonly found: number;
  readonly known: number;
  constructor(found: number, known: number) {
    super(
      `database version ${found} is newer than this program knows (${known}); install the newer version again`,
    );
    this.found = found;
    this.known = known;
  }
}

/** The schema version of a database; 0 when new. */
export function versionOf(db: Readable): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/**
 * Brings a database up to the newest version, each step in a transaction of its own.
 * @param beforeChange called once before the first step on a database that already holds data (back-up)
 * @throws FutureDatabaseError when the database is newer than the list
 */
export function migrate(
  db: Writable,
  migrations: readonly Migration[],
  beforeChange?: (from: number) => void,
): void {
  const newest = migrations.length;
  const from = versionOf(db);
  if (from > newest) throw new FutureDatabaseError(from, newest);
  if (from === newest) return;
  if (from > 0) beforeChange?.(from);
  for (const [index, migration] of migrations.entries()) {
    if (index < from) continue;
    db.transaction(() => {
      migration.up(db);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}
