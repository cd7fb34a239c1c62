import { describe, expect, it } from 'vitest';
import { freeColumn, placesFor, PRIMARY } from '../../../renderer/features/matrix/places.ts';

const LOOP = { column: 5, row: 1, span: 2 };

describe('places of the matrix', () => {
  it.each(Array.from({ length: 15 }, (_, count) => count))(
    '%i cameras beside the primary one have a place of their own',
    (count) => {
      const places = placesFor(count);
      expect(places).toHaveLength(count);
      const taken = new Set<string>();
      for (const { column, row, span } of [PRIMARY, LOOP, ...places])
        for (let x = column; x < column + span; x += 1)
          for (let y = row; y < row + span; y += 1) {
            expect(x).toBeLessThanOrEqual(6);
            expect(y).toBeLessThanOrEqual(6);
            if (y > 4) expect(x).toBeLessThan(freeColumn(count) ?? 7);
            expect(taken).not.toContain(`${x} ${y}`);
            taken.add(`${x} ${y}`);
          }
      // better cameras are never smaller
      const spans = places.map(({ span }) => span);
      expect(spans).toEqual(spans.toSorted((a, b) => b - a));
    },
  );
});
