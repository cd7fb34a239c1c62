import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import type { Readable, Writable } from './types.ts';

type Constructor = new (file: string, options?: BetterSqlite3.Options) => BetterSqlite3.Database;

/**
 * better-sqlite3's N-API binary needs N-API 10 and ends an older Node without a message, so the
 * module is loaded only after a look at the version.
 */
function load(): Constructor {
  if (Number(process.versions.napi) < 10)
    throw new Error(
      `SQLite needs Node 22.14 or newer (N-API 10); this is Node ${process.versions.node}. Start with npm start.`,
    );
  return createRequire(import.meta.url)('better-sqlite3') as Constructor;
}

/**
 * Opens the writing connection: WAL and synchronous=FULL, so that what is committed survives a power
 * cut; foreign keys; 5 s of patience for a lock (only the backup ever holds one).
 */
export function openWritable(file: string): Writable {
  const db = new (load())(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('busy_timeout = 5000');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -32000');
  return db;
}

/** Opens a file as it is, for the lock. */
export function openPlain(file: string): Writable {
  return new (load())(file);
}

/** Opens a connection that cannot write, for the read pool and for checks. */
export function openReadable(file: string): BetterSqlite3.Database & Readable {
  const db = new (load())(file, { readonly: true, fileMustExist: true });
  db.pragma('busy_timeout = 5000');
  db.pragma('cache_size = -32000');
  db.pragma('query_only = ON');
  return db;
}
