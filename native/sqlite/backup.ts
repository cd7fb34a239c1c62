import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openReadable } from './open.ts';
import type { Readable, Writable } from './types.ts';

export interface BackupFile {
  file: string;
  atMs: number;
  sizeBytes: number;
  /** scheduled, manual, migration, restore: why it was taken. */
  reason: string;
}
const NAME = /^guardroom-(\d{13})-([a-z]+)\.sqlite$/;

/** Back-ups in a folder, newest first. */
export function listBackups(folder: string): BackupFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const match = NAME.exec(name);
      if (!match) return [];
      return [
        {
          file: join(folder, name),
          atMs: Number(match[1]),
          sizeBytes: statSync(join(folder, name)).size,
          reason: match[2]!,
        },
      ];
    })
    .sort((a, b) => b.atMs - a.atMs);
}

const nameFor = (folder: string, atMs: number, reason: string) =>
  join(folder, `guardroom-${String(atMs).padStart(13, '0')}-${reason}.sqlite`);

/** Online back-up of a database in use; checked before it counts. Resolves to the finished file. */
export async function backup(
  db: Writable,
  folder: string,
  atMs: number,
  reason: string,
): Promise<BackupFile> {
  mkdirSync(folder, { recursive: true });
  const file = nameFor(folder, atMs, reason);
  const part = `${file}.part`;
  rmSync(part, { force: true });
  await db.backup(part);
  const copy = openReadable(part);
  const problem = integrityProblem(copy);
  copy.close();
  if (problem) {
    rmSync(part, { force: true });
    throw new Error(`back-up is damaged: ${problem}`);
  }
  for (const side of ['-wal', '-shm']) rmSync(part + side, { force: true });
  renameSync(part, file);
  return { file, atMs, sizeBytes: statSync(file).size, reason };
}

/** Copy taken before the schema changes, while nothing else has the database open. */
export function backupClosed(db: Writable, folder: string, atMs: number): void {
  mkdirSync(folder, { recursive: true });
  db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(db.name, nameFor(folder, atMs, 'migration'));
}

/** Keeps the newest `keep` scheduled back-ups; others are never deleted by the program. */
export function pruneBackups(folder: string, keep: number): void {
  const scheduled = listBackups(folder).filter((one) => one.reason === 'scheduled');
  for (const old of scheduled.slice(keep)) rmSync(old.file, { force: true });
}

/** Null when sound, else the first complaint of SQLite's quick_check. */
export function integrityProblem(db: Readable): string | null {
  try {
    const answer = db.pragma('quick_check(1)', { simple: true }) as string;
    return answer === 'ok' ? null : answer;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Puts a back-up in the place of the database. The damaged files are kept beside it under
 * `<name>.damaged-<ms>`, never deleted.
 */
export function restore(file: string, backupFile: string, atMs: number): void {
  for (const side of ['', '-wal', '-shm']) {
    if (existsSync(file + side)) renameSync(file + side, `${file}.damaged-${atMs}${side}`);
  }
  copyFileSync(backupFile, file);
}

/** Name of a back-up without its folder. */
export const backupName = (one: BackupFile): string => basename(one.file);
