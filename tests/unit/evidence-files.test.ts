import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashedFile } from '#features/evidence/hashed-file.ts';
import { mp4Writer } from '#native/mp4/writer.ts';
import { encodeClip, fileOf, type Clip } from '#tests/fixtures/recordings.ts';

const SECONDS = 2;
const ROUNDS = 40;
let folder: string;
let clip: Clip;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'guardroom-files-'));
  clip = encodeClip({ seconds: SECONDS, rate: 15, size: '640x360', quality: 1 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a file that is longer than what the disk is given at a time is on it whole, with its hashes', async () => {
  const file = await hashedFile(folder, 'video/long.mp4');
  const blocks = Array.from({ length: 9 }, () => randomBytes(8 * 1024 * 1024));
  for (const block of blocks) await file.write(block);
  const facts = await file.finish();
  const written = readFileSync(path.join(folder, 'video', 'long.mp4'));
  expect(written.equals(Buffer.concat(blocks))).toBe(true);
  expect(facts).toEqual({
    ...{ name: 'video/long.mp4', bytes: 72 * 1024 * 1024, crc32: crc32(written) },
    sha256: createHash('sha256').update(written).digest('hex'),
  });
});

/** Some blocks of media, through a sink that is done with each as late as it may be, or at once. */
async function written(isLate: boolean): Promise<Buffer[]> {
  const out: Buffer[] = [];
  let done = (): unknown => undefined;
  const writer = mp4Writer(clip.track.init, 0, async (bytes) => {
    done();
    done = () => out.push(Buffer.from(bytes));
    if (!isLate) done();
    if (!isLate) done = () => undefined;
  });
  for (let round = 0; round < ROUNDS; round += 1)
    for (const chunk of fileOf(clip, 'f', 0)) await writer.append(chunk.data, round * SECONDS * 90_000);
  await writer.finish();
  done();
  return out;
}

it('the memory of a block is used again only after the next was taken', async () => {
  const atOnce = await written(false);
  // ftyp and moov are no blocks; of two, none is used again
  expect(atOnce.length).toBeGreaterThan(4);
  expect(Buffer.concat(await written(true)).equals(Buffer.concat(atOnce))).toBe(true);
});
