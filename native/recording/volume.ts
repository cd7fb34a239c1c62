import { readFile, rename, statfs, open } from 'node:fs/promises';
import path from 'node:path';
import { diskError } from './errors.ts';
import { namesIn, syncFolder } from './folders.ts';

/** The file that says which volume a disk is: a swapped or missing disk is noticed by it. */
export const VOLUME_FILE = 'volume.json';

export type VolumeLook =
  /** It is there, under this id. */
  | { kind: 'known'; id: string }
  /** There is a folder without an id; `hasFiles` if anything else is in it. */
  | { kind: 'blank'; hasFiles: boolean }
  /** There is no such folder (a disk that is not mounted). */
  | { kind: 'missing' }
  | { kind: 'error'; detail: string };

/** Which volume lies at a path. Never throws. */
export async function lookAtVolume(root: string): Promise<VolumeLook> {
  try {
    const { id } = JSON.parse(await readFile(path.join(root, VOLUME_FILE), 'utf8')) as { id?: unknown };
    if (typeof id === 'string' && id !== '') return { kind: 'known', id };
    return { kind: 'error', detail: `${VOLUME_FILE} has no id` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') return { kind: 'error', detail: message };
  }
  try {
    await statfs(root);
    const names = await namesIn(root);
    return { kind: 'blank', hasFiles: names.some((name) => name !== 'lost+found') };
  } catch (error) {
    const gone = diskError(error).code === 'disk_missing';
    return gone ? { kind: 'missing' } : { kind: 'error', detail: (error as Error).message };
  }
}

/** Gives the folder its id. @throws RecordingError */
export async function markVolume(root: string, id: string, atMs: number): Promise<void> {
  try {
    const part = path.join(root, `${VOLUME_FILE}.part`);
    const handle = await open(part, 'w');
    try {
      await handle.writeFile(`${JSON.stringify({ id, createdAt: new Date(atMs).toISOString() })}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path.join(root, VOLUME_FILE));
    await syncFolder(root);
  } catch (error) {
    throw diskError(error);
  }
}

export interface DiskRoom {
  freeBytes: number;
  totalBytes: number;
}

/** Null if the system does not say, or says nonsense: that is not "endless". */
export async function diskRoom(root: string): Promise<DiskRoom | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(root);
    const room = { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    const isSane =
      Number.isFinite(room.freeBytes) && room.totalBytes > 0 && room.freeBytes <= room.totalBytes;
    return isSane ? room : null;
  } catch {
    return null;
  }
}
