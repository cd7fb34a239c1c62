/** What the demo's dome burns into its picture: its name, where it looks, the seconds; and the strip that machines read. */

/** Glyphs of five by seven, one row a number, the highest of five bits at the left. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 6, 8, 16, 31],
  '3': [14, 17, 1, 6, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  M: [17, 27, 21, 21, 17, 17, 17],
  P: [30, 17, 17, 30, 16, 16, 16],
  T: [31, 4, 4, 4, 4, 4, 4],
  X: [17, 17, 10, 4, 10, 17, 17],
  '-': [0, 0, 0, 31, 0, 0, 0],
  '.': [0, 0, 0, 0, 0, 12, 12],
  ':': [0, 12, 12, 0, 12, 12, 0],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};
const SCALE = 2;
const ADVANCE = 6 * SCALE;
const [WHITE, DARK] = [235, 20];
/** As in the clips (resources/tools/clips/overlay.mjs): 16 cells along the top right edge. */
const CELL = 8;
const CELLS = 16;

/** Writes a line into the brightness of a picture, white with a dark rim. Characters without a glyph are left blank. */
export function drawText(y: Uint8Array, width: number, text: string, left: number, top: number): void {
  const put = (spread: number, value: number) => {
    [...text].forEach((letter, at) => {
      (GLYPHS[letter] ?? GLYPHS[' ']!).forEach((bits, row) => {
        for (let column = 0; column < 5; column += 1) {
          if (!((bits >> (4 - column)) & 1)) continue;
          const [x, line] = [left + at * ADVANCE + column * SCALE, top + row * SCALE];
          for (let dy = -spread; dy < SCALE + spread; dy += 1)
            y.fill(value, (line + dy) * width + x - spread, (line + dy) * width + x + SCALE + spread);
        }
      });
    });
  };
  put(1, DARK);
  put(0, WHITE);
}
export const textWidth = (text: string): number => text.length * ADVANCE;

/** The strip: white, the frame's number (12 bits, highest first), odd parity, black, white. */
export function drawStrip(y: Uint8Array, width: number, number: number): void {
  const bits = Array.from({ length: 12 }, (_, i) => ((number >> (11 - i)) & 1) === 1);
  const cells = [true, ...bits, bits.filter(Boolean).length % 2 === 0, false, true];
  const left = width - CELLS * CELL;
  cells.forEach((white, cell) => {
    for (let row = 0; row < CELL; row += 1)
      y.fill(white ? WHITE : 16, row * width + left + cell * CELL, row * width + left + (cell + 1) * CELL);
  });
}
