/** A place in the matrix's grid of 6 columns and 6 rows; CSS grid lines. */
export interface GridPlace {
  column: number;
  row: number;
  /** Cells in each direction. */
  span: 1 | 2 | 4;
}
export const PRIMARY: GridPlace = { column: 1, row: 1, span: 4 };
const place = (column: number, row: number, span: 1 | 2): GridPlace => ({ column, row, span });
/** Beside the primary tile, under the loop. */
const beside = {
  one: [place(5, 3, 2)],
  four: [3, 4].flatMap((row) => [place(5, row, 1), place(6, row, 1)]),
};
const below = {
  three: [1, 3, 5].map((column) => place(column, 5, 2)),
  twelve: [5, 6].flatMap((row) => [1, 2, 3, 4, 5, 6].map((column) => place(column, row, 1))),
};

/**
 * Where the alarm's other cameras go, best first: the primary tile (4 x 4 cells) and the loop (2 x 2) never move, the
 * others share what is left in the largest tiles that fit.
 */
export function placesFor(count: number): GridPlace[] {
  const all =
    count <= 4
      ? [...beside.one, ...below.three]
      : count <= 7
        ? [...below.three, ...beside.four]
        : [...beside.four, ...below.twelve];
  return all.slice(0, count);
}
/** First column of what the cameras leave of the lower third; null when they need all of it. */
export const freeColumn = (count: number): number | null => [1, 1, 3, 5][count] ?? null;
