import type BetterSqlite3 from 'better-sqlite3';
import type { Readable } from './types.ts';

export type Statement = BetterSqlite3.Statement<unknown[], unknown>;
const byDatabase = new WeakMap<Readable, Map<string, Statement>>();

/** A prepared statement, made once per connection: preparing costs more than most short queries. */
export function prepared(db: Readable, sql: string): Statement {
  let statements = byDatabase.get(db);
  if (!statements) byDatabase.set(db, (statements = new Map<string, Statement>()));
  let statement = statements.get(sql);
  if (!statement) statements.set(sql, (statement = db.prepare(sql)));
  return statement;
}
