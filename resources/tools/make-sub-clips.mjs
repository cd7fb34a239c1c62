/**
 * Makes the sub streams of demo cameras from their finished clips, a quarter of the picture each. A development tool; its
 * output is committed. Run it after make-clips.mjs, which writes the list of clips anew.
 *   node resources/tools/make-sub-clips.mjs
 * Needs FFmpeg (FFMPEG_BIN or in the path).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { encodeToSize, ffmpegRun } from './clips/encode.mjs';

/** Of cameras with a `subUrl` (resources/tools/demo-site/cameras.mjs), and of what a scenario shows in their place. */
const CLIPS = ['n-07', 'n-07-intrusion'];
const [WIDTH, HEIGHT] = [320, 180];
const MAX_BYTES = 36_000;

const ffmpeg = process.env.FFMPEG_BIN || 'ffmpeg';
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'demo', 'clips');
const list = join(folder, 'index.json');
const index = JSON.parse(readFileSync(list, 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'guardroom-sub-clips-'));
try {
  for (const name of CLIPS) {
    const { file, fps, ...about } = index[name];
    const source = join(work, `${name}.h264`);
    writeFileSync(source, brotliDecompressSync(readFileSync(join(folder, file))));
    const small = join(work, `${name}.mkv`);
    const scale = [
      '-vf',
      `scale=${WIDTH}:${HEIGHT}:flags=area`,
      '-c:v',
      'libx264',
      '-qp',
      '0',
      '-preset',
      'ultrafast',
    ];
    await ffmpegRun(ffmpeg, ['-r', String(fps), '-i', source, ...scale, small]);
    const made = `${name}-sub.h264.br`;
    const format = { fps, gopSeconds: 1, height: HEIGHT };
    const { qp, bytes } = await encodeToSize(ffmpeg, small, join(folder, made), format, MAX_BYTES);
    index[`${name}-sub`] = { file: made, ...about, fps };
    console.log(`${made}: ${bytes} bytes at quantiser ${qp}`);
  }
  writeFileSync(list, `${JSON.stringify(index, undefined, 2)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
