import path from 'node:path';
import { isMassDeletion } from '#domain/recording-retention.ts';
import type { RecordingCause } from '#domain/recording-types.ts';
import { namesIn, removeFile } from '#native/recording/folders.ts';
import { scanFile } from '#native/recording/scan.ts';
import type { Clock } from '#station/clock.ts';
import type { Log } from '#station/log.ts';
import { closeFile, discard, fileByUuid, insertFile, pathsIn } from './files.store.ts';
import type { Library } from './library.ts';
import type { Volume, Volumes } from './volumes.ts';

export interface Reconciled {
  /** Files that the index did not know. */
  adopted: number;
  /** Files of the index that are not there any more. */
  lost: number;
  /** Files that hold no picture and were removed: begun in the moment of a crash. */
  empty: number;
  /** More than half of the index's files are not there: nothing was changed, a person has to look. */
  isHeld: boolean;
}
const NAME = /^([0-9a-f-]{36})\.mp4$/;
const FOLDER = /^[0-9a-f-]{36}$/;
/** Rows of the index that go in one transaction. */
const BATCH = 200;

/**
 * Brings the index and one disk's files together. Never deletes a picture; never takes more than half of the files from
 * the index by itself.
 */
export async function reconcile(
  volume: Volume,
  deps: { library: Library; volumes: Volumes; log: Log; clock: Clock },
): Promise<Reconciled> {
  const { library, log } = deps;
  const { db } = library;
  const result: Reconciled = { adopted: 0, lost: 0, empty: 0, isHeld: false };
  const before = new Map<string, number>();
  for (const row of streamsOn(library))
    for (const [file, id] of pathsIn(db, volume.row.id, row)) before.set(file, id);
  const missing = new Map(before);
  for await (const file of filesOn(volume.row.path)) {
    if (missing.delete(file) || before.has(file)) continue;
    // Begun since this began.
    if (fileByUuid(db, path.posix.basename(file, '.mp4'))) continue;
    if (library.openFiles().some(({ row }) => row.path === file)) continue;
    const isAdopted = await adopt(file, volume, deps).catch((error: Error) => {
      log.warn('file on a volume is not known and cannot be read', { path: file, error: error.message });
      return undefined;
    });
    if (isAdopted === true) result.adopted += 1;
    if (isAdopted === false) result.empty += 1;
  }
  const lost = [...missing].filter(([, id]) => !library.isOpen(id)).map(([, id]) => id);
  result.isHeld = isMassDeletion(lost.length, before.size);
  if (!result.isHeld) {
    for (let at = 0; at < lost.length; at += BATCH)
      db.transaction(() => discard(db, lost.slice(at, at + BATCH), false)).immediate();
    result.lost = lost.length;
  }
  if (result.adopted > 0) library.reload();
  return result;
}

const streamsOn = ({ db }: Library): number[] =>
  (db.prepare('SELECT id FROM stream').all() as { id: number }[]).map(({ id }) => id);

/** Paths of all recordings on a volume, as the index writes them. */
async function* filesOn(root: string): AsyncGenerator<string> {
  for (const folder of await namesIn(root)) {
    if (!FOLDER.test(folder)) continue;
    for (const day of await namesIn(path.join(root, folder)))
      for (const name of await namesIn(path.join(root, folder, day)))
        if (NAME.test(name)) yield `${folder}/${day}/${name}`;
  }
}

/** Takes a file into the index by what it says of itself. False: there is no picture in it, and it was removed. */
async function adopt(
  file: string,
  volume: Volume,
  { library, volumes, clock }: { library: Library; volumes: Volumes; clock: Clock },
): Promise<boolean> {
  const { db } = library;
  const full = volumes.fileOf(volume.row.id, file)!;
  const { facts, parts, goodBytes } = await scanFile(full);
  const last = parts.at(-1);
  if (!last) {
    await removeFile(full);
    return false;
  }
  const { cameraId, codec, width, height, epoch, startMs } = facts;
  const [folder] = file.split('/') as [string];
  const stream = library.streamFor(cameraId, facts.stream, Math.min(startMs, clock.nowMs()), folder);
  const about = { codec, width, height, startMs, endMs: last.endWallMs, bytes: goodBytes, epoch };
  const row = { uuid: facts.id, volume: volume.row.id, stream: stream.id, path: file, ...about };
  db.transaction(() => {
    const id = insertFile(db, { ...row, cause: facts.cause as RecordingCause, closed: 0 });
    closeFile(db, id, { endMs: last.endWallMs, bytes: goodBytes }, parts);
  }).immediate();
  return true;
}
