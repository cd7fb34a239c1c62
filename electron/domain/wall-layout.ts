/**
 * Layouts of a video wall as data: which cells of a grid each place covers. Even grids are named by columns and rows
 * (`4x3`), the guard rooms' classics by large and small pictures (`1+5`).
 */
export const MAX_PLACES = 36;
/** More columns or rows than this leave no picture worth looking at. */
export const MAX_SIDE = 12;

/** Where a place lies, in columns and rows from the upper left corner. */
interface LayoutCell {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface WallLayout {
  id: string;
  columns: number;
  rows: number;
  /** Large ones first, then row by row: a wall that shrinks keeps its first places. */
  cells: readonly LayoutCell[];
}

const large = (x: number, y: number, size: number): LayoutCell => ({ x, y, width: size, height: size });
/** The classics: a grid, and the large pictures on it; the cells that they leave free are small pictures. */
const CLASSICS: Readonly<Record<string, { columns: number; rows: number; large: readonly LayoutCell[] }>> = {
  '1+2': { columns: 3, rows: 2, large: [large(0, 0, 2)] },
  '1+3': { columns: 4, rows: 3, large: [large(0, 0, 3)] },
  '1+5': { columns: 3, rows: 3, large: [large(0, 0, 2)] },
  '1+7': { columns: 4, rows: 4, large: [large(0, 0, 3)] },
  '1+9': { columns: 5, rows: 5, large: [large(0, 0, 4)] },
  '1+12': { columns: 4, rows: 4, large: [large(1, 1, 2)] },
  '1+16': { columns: 5, rows: 5, large: [large(1, 1, 3)] },
  '1+20': { columns: 6, rows: 6, large: [large(1, 1, 4)] },
  '2+4': { columns: 4, rows: 3, large: [large(0, 0, 2), large(2, 0, 2)] },
  '2+8': { columns: 4, rows: 4, large: [large(0, 0, 2), large(2, 0, 2)] },
  '3+4': { columns: 4, rows: 4, large: [large(0, 0, 2), large(2, 0, 2), large(0, 2, 2)] },
};
/** Those that the picker offers, in its order. */
export const LAYOUT_IDS: readonly string[] = [
  '1x1', '2x2', '3x3', '4x4', '5x5', '6x6',
  '2x1', '3x2', '4x2', '4x3', '6x4', '6x5',
  ...Object.keys(CLASSICS),
]; // prettier-ignore

const known = new Map<string, WallLayout>();

/** A layout by its name; undefined when there is none of that name: `1+5`, or columns x rows up to 36 places. */
export function layoutOf(id: string): WallLayout | undefined {
  const made = known.get(id) ?? build(id);
  if (made) known.set(id, made);
  return made;
}

function build(id: string): WallLayout | undefined {
  const classic = Object.hasOwn(CLASSICS, id) ? CLASSICS[id] : undefined;
  const even = /^([1-9]\d?)x([1-9]\d?)$/.exec(id);
  const columns = classic?.columns ?? Number(even?.[1]);
  const rows = classic?.rows ?? Number(even?.[2]);
  if (!classic && !(columns <= MAX_SIDE && rows <= MAX_SIDE && columns * rows <= MAX_PLACES))
    return undefined;
  const big = classic?.large ?? [];
  const isFree = (x: number, y: number) =>
    !big.some((cell) => x >= cell.x && x < cell.x + cell.width && y >= cell.y && y < cell.y + cell.height);
  const small = Array.from({ length: columns * rows }, (_, at) =>
    large(at % columns, Math.floor(at / columns), 1),
  ).filter(({ x, y }) => isFree(x, y));
  return { id, columns, rows, cells: [...big, ...small] };
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The place that lies next to another in a direction: the nearest, of several the one that shares most of its side. */
export function neighbourOf(layout: WallLayout, at: number, direction: Direction): number {
  const from = layout.cells[at];
  if (!from) return at;
  const isAcross = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  const [axis, size, side, sideSize] = isAcross
    ? (['x', 'width', 'y', 'height'] as const)
    : (['y', 'height', 'x', 'width'] as const);
  let best = at;
  let bestScore = Infinity;
  layout.cells.forEach((cell, index) => {
    const gap = sign > 0 ? cell[axis] - (from[axis] + from[size]) : from[axis] - (cell[axis] + cell[size]);
    const shared =
      Math.min(from[side] + from[sideSize], cell[side] + cell[sideSize]) - Math.max(from[side], cell[side]);
    if (gap < 0 || shared <= 0) return;
    const score = gap * MAX_PLACES - shared;
    if (score < bestScore) [best, bestScore] = [index, score];
  });
  return best;
}
