import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ffmpegCandidates, findFfmpeg } from '#native/ffmpeg/binary.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'guardroom-ffmpeg-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const absent = (name: string): never => {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
};
const nowhere = { PATH: '' };

/** A program that prints what an ffmpeg of this version prints; POSIX only. */
function fake(name: string, text: string, code = 0): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\nprintf '${text}'\nexit ${code}\n`);
  chmodSync(file, 0o755);
  return file;
}
const V5 = 'ffmpeg version 5.1.9-0+deb12u1 Copyright\\nlibavformat    59. 27.100 / 59. 27.100\\n';
const V4 = 'ffmpeg version N-47683-g0e8eb07980-static https://x\\nlibavformat    58. 24.100 / 58. 24.100\\n';

describe.skipIf(process.platform === 'win32')('the search for ffmpeg', () => {
  it('takes the setting and nothing else', async () => {
    const file = fake('mine', V4);
    expect(ffmpegCandidates({ setting: file })).toEqual([{ path: file, origin: 'setting' }]);
    expect(await findFfmpeg({ setting: file })).toMatchObject({
      origin: 'setting',
      version: 'N-47683-g0e8eb07980-static',
      formatMajor: 58,
    });
  });

  it('says so when the setting does not run instead of taking another', async () => {
    await expect(findFfmpeg({ setting: path.join(folder, 'no') })).rejects.toMatchObject({
      code: 'unusable_binary',
    });
    await expect(findFfmpeg({ setting: fake('odd', 'hello') })).rejects.toMatchObject({
      code: 'unusable_binary',
    });
    await expect(findFfmpeg({ setting: fake('fails', V5, 1) })).rejects.toMatchObject({
      code: 'unusable_binary',
    });
  });

  it('prefers ffmpeg-static, then the system; packages that are not there are no error', () => {
    const bundled = fake('static-ffmpeg', V5);
    const system = fake('ffmpeg', V5);
    const load = (name: string) => (name === 'ffmpeg-static' ? bundled : absent(name));
    expect(ffmpegCandidates({ load, env: { PATH: folder } })).toEqual([
      { path: bundled, origin: 'ffmpeg-static' },
      { path: system, origin: 'system' },
    ]);
    expect(ffmpegCandidates({ load: absent, env: nowhere })).toEqual([]);
    // ffmpeg-static gives a path also when its download has failed
    const broken = (name: string) =>
      name === 'ffmpeg-static' ? path.join(folder, 'never-downloaded') : absent(name);
    expect(ffmpegCandidates({ load: broken, env: nowhere })).toEqual([]);
  });

  it('goes on to the next one when one does not run', async () => {
    const load = (name: string) => (name === 'ffmpeg-static' ? fake('crashes', '', 139) : absent(name));
    fake('ffmpeg', V5);
    expect(await findFfmpeg({ load, env: { PATH: folder } })).toMatchObject({
      origin: 'system',
      formatMajor: 59,
    });
  });

  it('says that there is none', async () => {
    await expect(findFfmpeg({ load: absent, env: nowhere })).rejects.toMatchObject({ code: 'no_ffmpeg' });
  });
});
