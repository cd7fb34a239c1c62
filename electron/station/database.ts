import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { backupClosed, integrityProblem, listBackups, restore } from '#native/sqlite/backup.ts';
import { migrate, versionOf } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import type { Migration, Writable } from '#native/sqlite/types.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Tx } from './ports.ts';

/** The database is damaged. The message says what to do next, with the command line. */
export class DamagedDatabaseError extends Error {}

export interface OpenedDatabase {
  db: Writable;
  /** user_version before this start; 0 when new. */
  migratedFrom: number;
}

/**
 * Opens the station's database: restores first if asked, checks its integrity, backs it up before it
 * migrates it.
 * @param restoreLast puts the newest back-up in its place first; the damaged files are kept beside it
 * @throws DamagedDatabaseError, FutureDatabaseError
 */
export function openDatabase(
  file: string,
  backups: string,
  migrations: readonly Migration[],
  clock: Clock,
  restoreLast = false,
): OpenedDatabase {
  mkdirSync(dirname(file), { recursive: true });
  const last = listBackups(backups)[0];
  if (restoreLast) {
    if (!last) throw new DamagedDatabaseError(`no back-up in ${backups} to restore`);
    restore(file, last.file, clock.nowMs());
  }
  const isNew = !existsSync(file);
  const complain = (problem: string): never => {
    const way = last
      ? `The newest back-up is ${last.file} of ${new Date(last.atMs).toISOString()}. Start once with --restore-last-backup to put it in place (the damaged files are kept).`
      : `There is no back-up in ${backups}.`;
    throw new DamagedDatabaseError(`${file} is damaged: ${problem}. ${way}`);
  };
  let db: Writable;
  try {
    db = openWritable(file);
  } catch (error) {
    return complain((error as Error).message);
  }
  if (!isNew) {
    const problem = integrityProblem(db);
    if (problem) {
      db.close();
      complain(problem);
    }
  }
  const migratedFrom = versionOf(db);
  try {
    migrate(db, migrations, () => backupClosed(db, backups, clock.nowMs()));
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, migratedFrom };
}

/**
 * Makes `write`: one short transaction whose memory effects run only after the commit. What is on disk
 * stays true when an effect fails, so a failure is logged and never undoes or repeats the write.
 */
export function createWriter(db: Writable, clock: Clock, log: Log): <T>(run: (tx: Tx) => T) => T {
  let current: { tx: Tx; effects: (() => void)[] } | null = null;
  return (run) => {
    // a write inside a write joins it: one commit, one set of effects
    if (current) return run(current.tx);
    const effects: (() => void)[] = [];
    const tx: Tx = { db, nowMs: clock.nowMs(), afterCommit: (effect) => effects.push(effect) };
    current = { tx, effects };
    let value;
    try {
      value = db.transaction(() => run(tx)).immediate();
    } finally {
      current = null;
    }
    for (const effect of effects) {
      try {
        effect();
      } catch (error) {
        log.error('effect of a write failed', { error: String((error as Error).stack ?? error) });
      }
    }
    return value;
  };
}
