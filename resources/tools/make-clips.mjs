/**
 * Draws the demo cameras' clips into resources/demo/clips. Nothing is filmed: every picture is computed here from
 * solids, lamps and paths. A development tool; its output is committed.
 *   node resources/tools/make-clips.mjs [scene ...] [--still SECOND] [--out DIR] [--work DIR] [--font FILE] [--kilobytes N] [--encode]
 * --encode uses pictures that an earlier run left in the work folder. Needs FFmpeg with drawtext (FFMPEG_BIN or in the path) and a font with Chinese characters.
 */
import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeToSize, ffmpegRun, keepLossless } from './clips/encode.mjs';
import { LOOP_SECONDS } from './clips/motion.mjs';
import { makeOverlay } from './clips/overlay.mjs';
import { HEIGHT, WIDTH } from './clips/camera.mjs';
import { SCENES } from './clips/scenes/index.mjs';
import { shoot } from './clips/shoot.mjs';

const FPS = 15;
const GOP_SECONDS = 1;
const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    still: { type: 'string', multiple: true },
    out: { type: 'string', default: join(here, '..', 'demo', 'clips') },
    work: { type: 'string', default: join(tmpdir(), 'guardroom-clips') },
    font: { type: 'string', default: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' },
    kilobytes: { type: 'string', default: '215' },
    encode: { type: 'boolean', default: false },
  },
});
const ffmpeg = process.env.FFMPEG_BIN || 'ffmpeg';
const names = positionals.length > 0 ? positionals : Object.keys(SCENES);
mkdirSync(values.out, { recursive: true });
mkdirSync(values.work, { recursive: true });

const index = Object.fromEntries(
  Object.entries(SCENES).map(([name, { title }]) => [
    name,
    { file: `${name}.h264.br`, title, fps: FPS, frames: LOOP_SECONDS * FPS },
  ]),
);
if (!values.still) writeFileSync(join(values.out, 'index.json'), `${JSON.stringify(index, undefined, 2)}\n`);

for (const name of names) {
  if (!SCENES[name]) throw new Error(`no scene ${name}; there are ${Object.keys(SCENES).join(', ')}`);
  const { title, make, kilobytes } = SCENES[name];
  const started = Date.now();
  const lossless = join(values.work, `${name}.mkv`);
  const overlay = makeOverlay({ ffmpeg, font: values.font, name: title, width: WIDTH });
  if (values.still) {
    const picture = shoot(make());
    for (const second of values.still) {
      const frame = picture(Number(second));
      overlay(frame, Math.floor(Number(second) * FPS), Math.floor(Number(second)));
      const file = join(values.work, `${name}-${second}.png`);
      await ffmpegRun(
        ffmpeg,
        ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`, '-i', '-', file],
        (write) => write(frame),
      );
      console.log(`${file} ${Date.now() - started} ms`);
    }
    continue;
  }
  if (!values.encode || !existsSync(lossless)) {
    const picture = shoot(make());
    await keepLossless(ffmpeg, lossless, { width: WIDTH, height: HEIGHT, fps: FPS }, async (write) => {
      for (let n = 0; n < LOOP_SECONDS * FPS; n += 1) {
        const frame = picture(n / FPS);
        overlay(frame, n, Math.floor(n / FPS));
        await write(frame);
      }
    });
  }
  const file = join(values.out, `${name}.h264.br`);
  const budget = (kilobytes ?? Number(values.kilobytes)) * 1000;
  const { qp, bytes } = await encodeToSize(
    ffmpeg,
    lossless,
    file,
    { fps: FPS, gopSeconds: GOP_SECONDS, height: HEIGHT },
    budget,
  );
  console.log(`${name}: ${bytes} bytes at qp ${qp}, ${Math.round((Date.now() - started) / 1000)} s`);
}
