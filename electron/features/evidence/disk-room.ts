import { statfs } from 'node:fs/promises';

/** The disk has less room than the station needs for itself. */
export class DiskLowError extends Error {}

/** Asked for again after this many bytes were written. */
const EACH_BYTES = 64 * 1024 * 1024;

/**
 * Watches that an export leaves room on the station's own disk: the database is on it.
 * @param keepFree bytes
 * @returns to be called with what was written; @throws DiskLowError
 */
export function roomWatch(folder: string, keepFree: () => number): (written: number) => Promise<void> {
  let since = Infinity;
  return async (written) => {
    since += written;
    if (since < EACH_BYTES) return;
    since = 0;
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < keepFree()) throw new DiskLowError(`${bavail * bsize} bytes are free`);
  };
}

/** What a failed export is called, from the error. */
export function failureOf(error: unknown): 'disk_low' | 'disk_error' | 'internal' {
  if (error instanceof DiskLowError) return 'disk_low';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk_low';
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? 'disk_error' : 'internal';
}
