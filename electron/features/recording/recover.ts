import { truncate } from 'node:fs/promises';
import type { RecordingError } from '#native/recording/errors.ts';
import { scanFile } from '#native/recording/scan.ts';
import type { Part } from '#native/recording/types.ts';
import type { Log } from '#station/log.ts';
import { closeFile, discard, journal, openFiles, trimJournal, type FileRow } from './files.store.ts';
import type { Library } from './library.ts';
import type { Volumes } from './volumes.ts';

/**
 * Closes what an earlier run left open: the parts of the index's journal, and those that were written after its last
 * commit, which the file itself tells; what a killed process had begun at the end is cut off. Files of a disk that is not
 * there stay as they are until it is.
 */
export async function recoverOpenFiles(library: Library, volumes: Volumes, log: Log): Promise<number> {
  const { db } = library;
  const left = openFiles(db).filter(({ id }) => !library.isOpen(id));
  if (left.length === 0) return 0;
  const known = new Map<number, Part[]>();
  for (const { file, part } of journal(db)) known.set(file, [...(known.get(file) ?? []), part]);
  let recovered = 0;
  for (const row of left) {
    const state = volumes.get(row.volume)?.state;
    if (state === undefined || state === 'missing' || state === 'swapped' || state === 'error') continue;
    const parts = await recoverOne(row, known.get(row.id) ?? [], volumes, log);
    db.transaction(() => {
      const last = parts?.at(-1);
      if (parts && last)
        closeFile(db, row.id, { endMs: last.endWallMs, bytes: last.offset + last.bytes }, parts);
      else discard(db, [row.id], parts !== undefined);
    }).immediate();
    recovered += parts?.length ? 1 : 0;
  }
  const stillOpen = openFiles(db).filter(({ id }) => !library.isOpen(id));
  if (stillOpen.length === 0 && library.openFiles().length === 0) trimJournal(db, Number.MAX_SAFE_INTEGER);
  library.reload();
  return recovered;
}

/** The parts of a file, or undefined if there is no file any more. */
async function recoverOne(
  row: FileRow,
  known: readonly Part[],
  volumes: Volumes,
  log: Log,
): Promise<Part[] | undefined> {
  const file = volumes.fileOf(row.volume, row.path)!;
  const last = known.at(-1);
  try {
    const found = await scanFile(file, last && last.offset + last.bytes);
    if (found.fileBytes > found.goodBytes) await truncate(file, found.goodBytes);
    // A disk that lied about what was safe: the index must not promise more than there is.
    const isThere = ({ offset, bytes }: Part) => offset + bytes <= found.fileBytes;
    return [...known.filter(isThere), ...found.parts];
  } catch (error) {
    const { code, message } = error as RecordingError;
    log.warn('file left open cannot be read', { path: row.path, error: message });
    if (code === 'disk_missing') return undefined;
    // It could not be read to its end: what the index knows of it is kept.
    if (code === 'bad_file') return [...known];
    throw error;
  }
}
