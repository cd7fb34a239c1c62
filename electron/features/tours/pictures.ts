import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '#contract/base.ts';
import { fail } from '#station/errors.ts';
import type { Picture } from './picture.ts';

/** What a record says of its picture. */
export interface PictureFact extends JsonObject {
  file: string;
  sha256: string;
  sizeBytes: number;
  takenAtMs: number;
}
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

/** Pictures of tours: a folder per run below `<data>/tours`; the record holds name and hash. */
export function createTourPictures(dataDir: string) {
  const folder = join(dataDir, 'tours');
  return {
    /** On disk when it resolves. */
    async keep(runId: string, { jpeg, takenAtMs }: Picture): Promise<PictureFact> {
      await mkdir(join(folder, runId), { recursive: true });
      const file = `${runId}/${randomUUID()}.jpg`;
      await writeFile(join(folder, file), jpeg, { flush: true, flag: 'wx' });
      return { file, sha256: sha256(jpeg), sizeBytes: jpeg.length, takenAtMs };
    },
    /** For a picture that got no record. */
    drop: (fact: PictureFact) => rm(join(folder, fact.file), { force: true }),
    /** Refuses one that is gone or no longer what the record says. */
    async read(fact: PictureFact): Promise<Buffer> {
      const jpeg = await readFile(join(folder, fact.file)).catch(() =>
        fail('NOT_FOUND', 'tour.picture_gone'),
      );
      return sha256(jpeg) === fact.sha256 ? jpeg : fail('CONFLICT', 'tour.picture_changed');
    },
  };
}
