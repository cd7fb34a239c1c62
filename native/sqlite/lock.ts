import { openPlain } from './open.ts';

/** Another process holds the folder. */
export class LockedError extends Error {}

/**
 * Holds a folder for one process. An exclusive SQLite transaction is a lock that the operating system
 * drops when the process ends, however it ends; a file with a process number in it is not.
 * @param file the lock's own database file
 * @returns releases it
 * @throws LockedError when another process holds it
 */
export function holdLock(file: string): () => void {
  const db = openPlain(file);
  try {
    db.pragma('busy_timeout = 0');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY')
      throw new LockedError(`${file} is held by another station: is it running already?`);
    throw error;
  }
  return () => db.close();
}
