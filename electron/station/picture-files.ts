import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '#contract/base.ts';
import { fail } from './errors.ts';

/** What a record says of its picture. */
export interface PictureFact extends JsonObject {
  /** Below the store's folder, with forward slashes. */
  file: string;
  sha256: string;
  sizeBytes: number;
  takenAtMs: number;
}
export type PictureFiles = ReturnType<typeof createPictureFiles>;

/** Bytes that every file of a kind begins with. */
const MAGIC = {
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
};
export type PictureMime = keyof typeof MAGIC;
const ENDINGS: Record<PictureMime, string> = { 'image/jpeg': 'jpg', 'image/png': 'png' };

/** What kind of picture a file is, by its content; null: none that is kept. */
export function mimeOf(data: Uint8Array): PictureMime | null {
  const found = Object.entries(MAGIC).find(([, magic]) => magic.every((byte, at) => data[at] === byte));
  return (found?.[0] as PictureMime | undefined) ?? null;
}
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

/** Pictures as files below a folder; the record of each holds its name and its hash. */
export function createPictureFiles(folder: string) {
  return {
    /** On disk when it resolves. `group` is a folder below the store's. */
    async keep(
      group: string,
      picture: { data: Buffer; takenAtMs: number; mime: PictureMime },
    ): Promise<PictureFact> {
      const { data, takenAtMs, mime } = picture;
      await mkdir(join(folder, group), { recursive: true });
      const file = `${group}/${randomUUID()}.${ENDINGS[mime]}`;
      await writeFile(join(folder, file), data, { flush: true, flag: 'wx' });
      return { file, sha256: sha256(data), sizeBytes: data.length, takenAtMs };
    },
    /** For a picture that got no record, or whose time is over. */
    drop: (fact: Pick<PictureFact, 'file'>) => rm(join(folder, fact.file), { force: true }),
    /** Refuses one that is gone or no longer what the record says. */
    async read(fact: Pick<PictureFact, 'file' | 'sha256'>): Promise<Buffer> {
      const data = await readFile(join(folder, fact.file)).catch(() => fail('NOT_FOUND', 'picture.gone'));
      return sha256(data) === fact.sha256 ? data : fail('CONFLICT', 'picture.changed');
    },
  };
}
