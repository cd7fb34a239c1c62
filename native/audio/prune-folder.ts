import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Removes the oldest files of a cache folder until it holds at most `maxBytes`. Files that vanish meanwhile are fine. */
export async function pruneFolder(folder: string, maxBytes: number): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const facts = await stat(file).catch(() => null);
      return facts?.isFile() ? { file, bytes: facts.size, atMs: facts.mtimeMs } : null;
    }),
  );
  const known = files.filter((file) => file !== null).sort((a, b) => a.atMs - b.atMs);
  let total = known.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, bytes } of known) {
    if (total <= maxBytes) return;
    await rm(file, { force: true });
    total -= bytes;
  }
}
