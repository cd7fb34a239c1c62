/** White, black, `bits` cells of the frame number (highest first), black, white; square cells in the top left corner. */
export const BARCODE = { cell: 32, bits: 14 } as const;

/** Width of the whole barcode in pixels of the original picture. */
export const BARCODE_WIDTH = (BARCODE.bits + 4) * BARCODE.cell;

/**
 * The frame number from the brightness (0 to 255) at the middle of each cell, left to right, or undefined if the
 * guard cells do not look right (no picture, another picture, a picture torn by a lost frame).
 */
export function readBarcode(cells: ArrayLike<number>): number | undefined {
  if (cells.length !== BARCODE.bits + 4) return undefined;
  const bits = Array.from(cells, (value) => (value > 128 ? 1 : 0));
  const guards = [bits[0], bits[1], bits[BARCODE.bits + 2], bits[BARCODE.bits + 3]].join('');
  if (guards !== '1001') return undefined;
  return bits.slice(2, BARCODE.bits + 2).reduce<number>((sum, bit) => sum * 2 + bit, 0);
}

/** Age in milliseconds of frame `frame` seen at `nowMs`, in a loop of `frames` that began at `epochMs`. */
export function barcodeAgeMs(
  frame: number,
  nowMs: number,
  epochMs: number,
  fps: number,
  frames: number,
): number {
  const loopMs = (frames / fps) * 1000;
  const age = (nowMs - epochMs - (frame / fps) * 1000) % loopMs;
  return age < 0 ? age + loopMs : age;
}
