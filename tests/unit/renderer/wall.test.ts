import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  LAYOUTS,
  bring,
  put,
  restore,
  turn,
  withLayout,
  type Wall,
} from '../../../renderer/features/video/wall.ts';

const all = Array.from({ length: 20 }, (_, at) => `c${at}`);
const fresh = (layout: Wall['layout'] = 4) => restore({ layout }, all);

test('a fresh wall shows the first cameras', () => {
  expect(fresh().places).toEqual(['c0', 'c1', 'c2', 'c3']);
  expect(restore(null, ['a'])).toEqual({ layout: 4, places: ['a', null, null, null], selected: 0 });
});
test('a larger layout keeps what is shown and fills up, a smaller one keeps what is watched', () => {
  const four = put(fresh(), 1, 'c9');
  expect(withLayout(four, 9, all).places.slice(0, 5)).toEqual(['c0', 'c9', 'c2', 'c3', 'c1']);
  expect(withLayout({ ...fresh(9), selected: 7 }, 4, all)).toMatchObject({
    places: ['c7', 'c0', 'c1', 'c2'],
    selected: 0,
  });
  expect(withLayout({ ...fresh(9), selected: 7 }, 1, all).places).toEqual(['c7']);
});
test('a camera that is there already changes places', () => {
  expect(put(fresh(), 0, 'c3').places).toEqual(['c3', 'c1', 'c2', 'c0']);
});
test('an alarm brings its cameras first and grows the wall if it must', () => {
  expect(bring(fresh(), ['c8', 'c2'], all).places).toEqual(['c8', 'c2', 'c0', 'c1']);
  expect(bring(fresh(1), ['c8', 'c9', 'c10'], all)).toMatchObject({ layout: 4, selected: 0 });
  expect(bring(fresh(), [], all)).toEqual(fresh());
});
test('pages go round', () => {
  expect(turn(fresh(9), all, 1).places[0]).toBe('c9');
  expect(turn(fresh(9), all, -1).places[0]).toBe('c11');
  expect(turn(fresh(4), ['a', 'b'], 1).places).toEqual(['a', 'b', null, null]);
});
test('whatever happens, no camera is twice on the wall and the places are as many as the layout says', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('layout' as const), layout: fc.constantFrom(...LAYOUTS) }),
    fc.record({ kind: fc.constant('put' as const), at: fc.nat(15), id: fc.constantFrom(...all) }),
    fc.record({
      kind: fc.constant('bring' as const),
      ids: fc.uniqueArray(fc.constantFrom(...all), { maxLength: 15 }),
    }),
    fc.record({ kind: fc.constant('turn' as const), by: fc.constantFrom(1 as const, -1 as const) }),
    fc.record({ kind: fc.constant('restore' as const), stored: fc.anything() }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let wall = fresh();
      for (const one of steps) {
        if (one.kind === 'layout') wall = withLayout(wall, one.layout, all);
        else if (one.kind === 'put') wall = put(wall, one.at % wall.layout, one.id);
        else if (one.kind === 'bring') wall = bring(wall, one.ids, all);
        else if (one.kind === 'turn') wall = turn(wall, all, one.by);
        else wall = restore(one.stored, all);
        const shown = wall.places.filter((id) => id !== null);
        expect(new Set(shown).size).toBe(shown.length);
        expect(wall.places).toHaveLength(wall.layout);
        expect(wall.selected).toBeLessThan(wall.layout);
      }
    }),
  );
});
