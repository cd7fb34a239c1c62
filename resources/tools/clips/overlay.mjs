import { spawnSync } from 'node:child_process';

/**
 * What a camera burns into its picture: its name, the seconds of the minute, and a strip of 16 cells along the
 * top right edge that machines read: cell 0 white, 1 to 12 the number of the frame in the loop (most significant
 * first), 13 odd parity of those twelve, 14 black, 15 white.
 */

export const CELL_PIXELS = 8;
export const CELLS = 16;
const TEXT_HEIGHT = 22;

/** Grey mask of a line of text, drawn by FFmpeg with a font file. */
function drawText(ffmpeg, font, text, size) {
  const width = 2 * Math.ceil(text.length * size * 0.55 + 8);
  const safe = text.replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll("'", "\\'");
  const file = font.replaceAll('\\', '/').replaceAll(':', '\\:');
  const filter = `drawtext=fontfile='${file}':text='${safe}':fontsize=${size}:fontcolor=white:x=2:y=2`;
  const run = spawnSync(
    ffmpeg,
    [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `color=black:s=${width}x${TEXT_HEIGHT}`,
      '-vf',
      filter,
      '-frames:v',
      '1',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'gray',
      '-',
    ],
    { maxBuffer: 1 << 24 },
  );
  if (run.status !== 0) throw new Error(`FFmpeg could not draw "${text}": ${run.stderr}`);
  let right = 0;
  for (let i = 0; i < run.stdout.length; i += 1) if (run.stdout[i] > 40) right = Math.max(right, i % width);
  return { width: right + 3, stride: width, height: TEXT_HEIGHT, data: run.stdout };
}

/** Prepares the texts of one camera; digits are drawn once. */
export function makeOverlay({ ffmpeg, font, name, width }) {
  const label = drawText(ffmpeg, font, name, 15);
  const seconds = Array.from({ length: 60 }, (_, s) =>
    drawText(ffmpeg, font, `··:··:${String(s).padStart(2, '0')}`, 15),
  );
  const clockWidth = Math.max(...seconds.map((s) => s.width));
  return (frame, number, second) => {
    paste(frame, width, seconds[second], width - clockWidth - 8, CELL_PIXELS + 3);
    paste(frame, width, label, width - clockWidth - label.width - 18, CELL_PIXELS + 3);
    strip(frame, width, number);
  };
}

/** White text with a dark rim, as on-screen displays have it, so that it reads on any ground. */
function paste(frame, width, mask, left, top) {
  const at = (x, y) =>
    x < 0 || y < 0 || x >= mask.width || y >= mask.height ? 0 : mask.data[y * mask.stride + x];
  for (let y = 0; y < mask.height; y += 1) {
    for (let x = -1; x <= mask.width; x += 1) {
      const ink = at(x, y) / 255;
      const rim = Math.max(at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1), at(x + 1, y + 1)) / 255;
      if (rim <= 0 && ink <= 0) continue;
      const i = ((top + y) * width + left + x) * 3;
      for (let c = 0; c < 3; c += 1)
        frame[i + c] = (frame[i + c] * (1 - rim * 0.92) + 12 * rim * 0.92) * (1 - ink) + 238 * ink;
    }
  }
}

/** The cells of a frame number, as booleans (true is white). */
export function cellsOf(number) {
  const bits = Array.from({ length: 12 }, (_, i) => ((number >> (11 - i)) & 1) === 1);
  const parity = bits.filter(Boolean).length % 2 === 0;
  return [true, ...bits, parity, false, true];
}

function strip(frame, width, number) {
  const left = width - CELLS * CELL_PIXELS;
  cellsOf(number).forEach((white, cell) => {
    for (let y = 0; y < CELL_PIXELS; y += 1) {
      const from = (y * width + left + cell * CELL_PIXELS) * 3;
      frame.fill(white ? 235 : 16, from, from + CELL_PIXELS * 3);
    }
  });
}
