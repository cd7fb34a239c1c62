/** Cuts the picture of a camera that turns out of a round view, as a lens would draw it. */

/** A round view: columns are bearings from north, rows elevations from `top` down, both in equal steps. yuv420p. */
export interface Panorama {
  width: number;
  height: number;
  topDegrees: number;
  bottomDegrees: number;
  data: Uint8Array;
}
export interface Look {
  bearing: number;
  elevation: number;
  /** Horizontal opening angle. */
  angle: number;
}
/** Between points this far apart the lens is drawn straight: a hundredth of a pixel off at the widest. */
const GRID = 8;
const RADIANS = Math.PI / 180;

/** Bytes of a picture of this size. */
export const pictureBytes = (width: number, height: number): number => (width * height * 3) / 2;

/** Draws what is to be seen into a yuv420p picture. @param width a multiple of 8, as the height */
export function drawView(from: Panorama, look: Look, into: Uint8Array, width: number, height: number): void {
  const [columns, rows] = [width / GRID + 1, height / GRID + 1];
  const [gx, gy] = [new Float32Array(columns * rows), new Float32Array(columns * rows)];
  const perDegree = from.width / 360;
  const far = width / 2 / Math.tan((look.angle / 2) * RADIANS);
  const [sin, cos] = [Math.sin(look.elevation * RADIANS), Math.cos(look.elevation * RADIANS)];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const x = column * GRID - width / 2;
      const y = height / 2 - row * GRID;
      // right, up and forward of a camera that is tilted about its right
      const up = y * cos + far * sin;
      const forward = far * cos - y * sin;
      const turn = Math.atan2(x, forward) / RADIANS;
      const elevation = Math.atan2(up, Math.hypot(x, forward)) / RADIANS;
      gx[row * columns + column] = (look.bearing + turn) * perDegree;
      gy[row * columns + column] = ((from.topDegrees - elevation) / (from.topDegrees - from.bottomDegrees)) * from.height; // prettier-ignore
    }
  }
  for (let row = 0; row + 1 < rows; row += 1)
    for (let column = 0; column + 1 < columns; column += 1)
      drawCell(from, into, width, height, row, column, gx, gy, columns);
}

/** One square of the grid: positions between its corners are mixed, brightness between four pixels too. */
function drawCell(
  from: Panorama,
  into: Uint8Array,
  width: number,
  height: number,
  row: number,
  column: number,
  gx: Float32Array,
  gy: Float32Array,
  columns: number,
): void {
  const corner = row * columns + column;
  const x00 = gx[corner]!;
  const y00 = gy[corner]!;
  const [ax, ay] = [(gx[corner + 1]! - x00) / GRID, (gy[corner + 1]! - y00) / GRID];
  const [bx, by] = [(gx[corner + columns]! - x00) / GRID, (gy[corner + columns]! - y00) / GRID];
  const cx = (gx[corner + columns + 1]! - gx[corner + columns]! - gx[corner + 1]! + x00) / (GRID * GRID);
  const cy = (gy[corner + columns + 1]! - gy[corner + columns]! - gy[corner + 1]! + y00) / (GRID * GRID);
  const { width: w, height: h, data } = from;
  const [half, quarter, area] = [w / 2, (w * h) / 4, w * h];
  const [outHalf, outArea] = [width / 2, width * height];
  for (let j = 0; j < GRID; j += 1) {
    for (let i = 0; i < GRID; i += 1) {
      let x = x00 + ax * i + bx * j + cx * i * j;
      const y = Math.min(h - 1.001, Math.max(0, y00 + ay * i + by * j + cy * i * j));
      x -= Math.floor(x / w) * w;
      const [left, top] = [Math.floor(x) % w, Math.floor(y)];
      const right = left + 1 === w ? 0 : left + 1;
      const [fx, fy] = [x - Math.floor(x), y - top];
      const line = top * w;
      const high = data[line + left]! * (1 - fx) + data[line + right]! * fx;
      const low = data[line + w + left]! * (1 - fx) + data[line + w + right]! * fx;
      const [px, py] = [column * GRID + i, row * GRID + j];
      into[py * width + px] = high * (1 - fy) + low * fy;
      if ((i | j) & 1) continue;
      const colour = area + (top >> 1) * half + (left >> 1);
      const out = outArea + (py >> 1) * outHalf + (px >> 1);
      into[out] = data[colour]!;
      into[out + outArea / 4] = data[colour + quarter]!;
    }
  }
}
