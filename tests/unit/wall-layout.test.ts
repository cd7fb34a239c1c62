import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LAYOUT_IDS, layoutOf, MAX_PLACES, neighbourOf, type Direction } from '#domain/wall-layout.ts';

const every = Array.from({ length: 14 }, (_, c) => Array.from({ length: 14 }, (_, r) => `${c}x${r}`))
  .flat()
  .concat(LAYOUT_IDS);

describe('layouts', () => {
  test('those that are offered exist, from one picture to 36', () => {
    const counts = LAYOUT_IDS.map((id) => layoutOf(id)!.cells.length);
    for (const wanted of [1, 4, 6, 8, 9, 10, 13, 16, 25, 36]) expect(counts).toContain(wanted);
    expect(new Set(LAYOUT_IDS).size).toBe(LAYOUT_IDS.length);
    for (const [id, count] of [
      ['1+5', 6],
      ['1+7', 8],
      ['1+12', 13],
      ['2+8', 10],
      ['3x2', 6],
    ] as const)
      // prettier-ignore
      expect(layoutOf(id)!.cells).toHaveLength(count);
  });
  test.each(every)('%s covers its grid exactly, or does not exist', (id) => {
    const layout = layoutOf(id);
    const [columns = 0, rows = 0] = id.split('x').map(Number);
    if (!layout) return expect(columns * rows > MAX_PLACES || columns * rows === 0 || Math.max(columns, rows) > 12).toBe(true); // prettier-ignore
    const covered = layout.cells.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, at) => `${x + (at % width)},${y + Math.floor(at / width)}`),
    );
    expect(new Set(covered).size).toBe(covered.length);
    expect(covered).toHaveLength(layout.columns * layout.rows);
    expect(layout.cells.length).toBeLessThanOrEqual(MAX_PLACES);
  });
  test.each(['', 'toString', '__proto__', '7x7', '0x3', '3x', '-1x2', '1+6', '1e1x2', '3x2x1'])(
    '%o is none',
    (id) => expect(layoutOf(id)).toBeUndefined(),
  );
});
describe('neighbours', () => {
  test('of 1+5: the large picture has the two at its right, the first one first', () => {
    const layout = layoutOf('1+5')!;
    expect(neighbourOf(layout, 0, 'right')).toBe(1);
    expect(neighbourOf(layout, 0, 'down')).toBe(3);
    expect(neighbourOf(layout, 2, 'left')).toBe(0);
    expect(neighbourOf(layout, 5, 'up')).toBe(2);
    expect(neighbourOf(layout, 0, 'left')).toBe(0);
  });
  test('from everywhere arrows reach every place, and a step goes where the arrow points', () => {
    const directions: Direction[] = ['left', 'right', 'up', 'down'];
    fc.assert(
      fc.property(fc.constantFrom(...LAYOUT_IDS), fc.nat(35), (id, start) => {
        const layout = layoutOf(id)!;
        const from = start % layout.cells.length;
        const seen = new Set([from]);
        const queue = [from];
        for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
          for (const direction of directions) {
            const next = neighbourOf(layout, at, direction);
            const [a, b] = [layout.cells[at]!, layout.cells[next]!];
            if (next !== at && direction === 'right') expect(b.x).toBeGreaterThanOrEqual(a.x + a.width);
            if (next !== at && direction === 'up') expect(b.y + b.height).toBeLessThanOrEqual(a.y);
            if (!seen.has(next)) queue.push(next);
            seen.add(next);
          }
        }
        expect(seen.size).toBe(layout.cells.length);
      }),
    );
  });
});
