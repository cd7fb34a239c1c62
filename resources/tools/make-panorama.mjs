/**
 * Draws what the demo park's camera that turns can see (resources/demo/panorama.jpg): the round view from its mast,
 * from which the demo cuts the picture. Nothing is filmed. A development tool; its output is committed.
 *   node resources/tools/make-panorama.mjs [--scale 1] [--out FILE]
 * Needs FFmpeg (FFMPEG_BIN or in the path). Bearing 0 (north) is the left edge.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ffmpegRun } from './clips/encode.mjs';
import { crossing } from './clips/scenes/crossing.mjs';
import { shoot } from './clips/shoot.mjs';

const PIXELS_PER_DEGREE = 16;
const ELEVATIONS = [14, -58];
/** Drawn in parts: the whole needs gigabytes. */
const PARTS = 24;
const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    out: { type: 'string', default: join(here, '..', 'demo', 'panorama.jpg') },
  },
});
const perDegree = PIXELS_PER_DEGREE * Number(values.scale);
const width = 360 * perDegree;
const height = (ELEVATIONS[0] - ELEVATIONS[1]) * perDegree;
const part = width / PARTS;
const picture = Buffer.alloc(width * height * 3);
const started = Date.now();
for (let i = 0; i < PARTS; i += 1) {
  const scene = crossing([(i * 360) / PARTS, ((i + 1) * 360) / PARTS], ELEVATIONS);
  const pixels = shoot(scene, { width: part, height })(0);
  for (let y = 0; y < height; y += 1)
    picture.set(pixels.subarray(y * part * 3, (y + 1) * part * 3), (y * width + i * part) * 3);
  console.log(`part ${i + 1} of ${PARTS}, ${Math.round((Date.now() - started) / 1000)} s`);
}
const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', '-'];
await ffmpegRun(process.env.FFMPEG_BIN || 'ffmpeg', [...input, '-pix_fmt', 'yuvj420p', '-q:v', '4', values.out], (write) => write(picture)); // prettier-ignore
