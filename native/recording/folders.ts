import { mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** Makes a new name in a folder survive a power cut. Windows has no such thing: NTFS journals names by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it up to `root`, which has to be there: a missing disk must not become a folder. */
export async function makeFolders(root: string, folder: string): Promise<void> {
  const names = path.relative(root, folder).split(path.sep);
  let at = root;
  for (const name of names) {
    const next = path.join(at, name);
    const isNew = await mkdir(next).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (isNew) await syncFolder(at);
    at = next;
  }
}

/** Names in a folder; none if it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** Removes a file, and its folder if it was the last one in it. A file that is not there is removed already. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
  // Not empty is the usual case, and no failure.
  await rmdir(path.dirname(file)).catch(() => undefined);
}
