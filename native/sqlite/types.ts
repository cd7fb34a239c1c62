import type BetterSqlite3 from 'better-sqlite3';

/** A connection that may only read; a function that takes one says so in its signature. */
export type Readable = Pick<BetterSqlite3.Database, 'prepare' | 'pragma' | 'name' | 'open'>;
/** The station's one writing connection. */
export type Writable = BetterSqlite3.Database;

/** One step of the schema; its place in the list is the user_version it leads to. Never edited after a release. */
export interface Migration {
  name: string;
  up(db: Writable): void;
}
