// @ts-check
// Draws the program's icon, a guard booth at night, as SVG, PNG and ICO: `node resources/tools/make-icons.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** @typedef {[number, number][]} Polygon */

/** Drawn in this order on a square of 64; colours are those of the console. @type {{ colour: string, points: Polygon }[]} */
const SHAPES = [
  { colour: '#14181b', points: rounded(2, 2, 60, 60, 12) },
  { colour: '#2b3338', points: [[8, 54], [56, 54], [56, 56], [8, 56]] },
  { colour: '#5aa9e6', points: [[11, 24], [17, 15], [47, 15], [53, 24]] },
  { colour: '#e3e8ea', points: [[16, 24], [48, 24], [48, 54], [16, 54]] },
  { colour: '#14181b', points: [[20, 28], [35, 28], [35, 40], [20, 40]] },
  { colour: '#f2d24b', points: [[22, 30], [33, 30], [33, 38], [22, 38]] },
  { colour: '#14181b', points: [[38, 28], [45, 28], [45, 54], [38, 54]] },
  { colour: '#74808a', points: [[20, 44], [35, 44], [35, 46], [20, 46]] },
  { colour: '#ff5252', points: rounded(29, 8, 6, 7, 2) },
]; // prettier-ignore
const SIZE = 64;
/** Samples each way in a pixel. */
const FINE = 4;

/**
 * @param {number} x @param {number} y @param {number} width @param {number} height @param {number} radius
 * @returns {Polygon}
 */
function rounded(x, y, width, height, radius) {
  const corners = [[x + width - radius, y + radius, -90], [x + width - radius, y + height - radius, 0], [x + radius, y + height - radius, 90], [x + radius, y + radius, 180]]; // prettier-ignore
  return corners.flatMap(([cx = 0, cy = 0, from = 0]) =>
    [0, 15, 30, 45, 60, 75, 90].map((step) => {
      const angle = ((from + step) * Math.PI) / 180;
      return /** @type {[number, number]} */ ([cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)]);
    }),
  );
}

/** @param {Polygon} points @param {number} x @param {number} y */
function inside(points, x, y) {
  let within = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
    const [xi, yi] = points[i] ?? [0, 0];
    const [xj, yj] = points[j] ?? [0, 0];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}

/** @param {number} x @param {number} y @returns {number[]} red, green, blue, alpha */
function colourAt(x, y) {
  const shape = SHAPES.findLast(({ points }) => inside(points, x, y));
  if (!shape) return [0, 0, 0, 0];
  return [1, 3, 5].map((at) => parseInt(shape.colour.slice(at, at + 2), 16)).concat(255);
}

/** @param {number} pixels @returns {Buffer} a PNG, RGBA */
function png(pixels) {
  const raw = Buffer.alloc(pixels * (pixels * 4 + 1));
  for (let row = 0; row < pixels; row += 1) {
    for (let column = 0; column < pixels; column += 1) {
      const sum = [0, 0, 0, 0];
      for (let sample = 0; sample < FINE * FINE; sample += 1) {
        const x = ((column + ((sample % FINE) + 0.5) / FINE) * SIZE) / pixels;
        const y = ((row + (Math.floor(sample / FINE) + 0.5) / FINE) * SIZE) / pixels;
        const [red = 0, green = 0, blue = 0, alpha = 0] = colourAt(x, y);
        [red, green, blue].forEach(
          (value, channel) => (sum[channel] = (sum[channel] ?? 0) + (value * alpha) / 255),
        );
        sum[3] = (sum[3] ?? 0) + alpha;
      }
      const alpha = sum[3] ?? 0;
      const colour = sum.slice(0, 3).map((value) => (alpha ? Math.round((value * 255) / alpha) : 0));
      raw.set([...colour, Math.round(alpha / (FINE * FINE))], row * (pixels * 4 + 1) + 1 + column * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(raw, { level: 9 })), chunk('IEND', Buffer.alloc(0))]); // prettier-ignore
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** @param {Map<number, Buffer>} images by size @returns {Buffer} an ICO of PNG images */
function ico(images) {
  const head = Buffer.alloc(6 + images.size * 16);
  head.writeUInt16LE(1, 2); // an icon, not a cursor
  head.writeUInt16LE(images.size, 4);
  let offset = head.length;
  [...images].forEach(([pixels, image], index) => {
    const entry = 6 + index * 16;
    head.set([pixels % 256, pixels % 256, 0, 0], entry); // 0 stands for 256
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(image.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += image.length;
  });
  return Buffer.concat([head, ...images.values()]);
}

function svg() {
  const shapes = SHAPES.map(({ colour, points }) => {
    const path = points.map(([x, y]) => `${+x.toFixed(2)},${+y.toFixed(2)}`).join(' ');
    return `  <polygon fill="${colour}" points="${path}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}">\n${shapes.join('\n')}\n</svg>\n`;
}

const folder = join(import.meta.dirname, '..', 'icons');
mkdirSync(folder, { recursive: true });
const images = new Map([16, 24, 32, 48, 64, 128, 256].map((pixels) => [pixels, png(pixels)]));
writeFileSync(join(folder, 'icon.svg'), svg());
writeFileSync(join(folder, 'icon.ico'), ico(images));
for (const pixels of [16, 32, 48, 64, 128, 256]) writeFileSync(join(folder, `${pixels}x${pixels}.png`), images.get(pixels) ?? ''); // prettier-ignore
writeFileSync(join(folder, '512x512.png'), png(512));
