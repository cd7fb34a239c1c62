import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewBody } from '#contract/views.contract.ts';
import { LAYOUT_IDS, layoutOf } from '#domain/wall-layout.ts';
import {
  clear,
  differs,
  follow,
  freshWall,
  fromView,
  hold,
  isFree,
  nextStream,
  pageOf,
  placeFor,
  put,
  restore,
  setHot,
  setList,
  step,
  swap,
  toView,
  turn,
  withLayout,
  type Wall,
} from '../../../renderer/features/video/wall.ts';

const all = Array.from({ length: 20 }, (_, at) => `c${at}`);
const ids = (wall: Wall | null) => wall?.places.map(({ cameraId }) => cameraId);
const four = () => freshWall(all);
const list = (...cameraIds: string[]) => ({ cameraIds, dwellSeconds: 10 });

test('a fresh wall shows the first cameras', () => {
  expect(ids(four())).toEqual(['c0', 'c1', 'c2', 'c3']);
  expect(ids(restore(null, ['a']))).toEqual(['a', null, null, null]);
});
describe('layouts', () => {
  test('a larger one keeps what is shown and fills up', () => {
    expect(ids(withLayout(put(four(), 1, 'c9')!, '1+5', all))).toEqual(['c0', 'c9', 'c2', 'c3', 'c1', 'c4']);
  });
  test('a smaller one keeps what is watched, held, hot or takes turns', () => {
    const nine = { ...freshWall(all, '3x3'), selected: 7 };
    expect(withLayout(nine, '2x2', all)).toMatchObject({ selected: 3 });
    expect(ids(withLayout(nine, '2x2', all))).toEqual(['c0', 'c1', 'c2', 'c7']);
    const busy = hold(setHot(setList(nine, 4, list('c4', 'c15')), 6), 5, true);
    expect(ids(withLayout(busy, '2x2', all))).toEqual(['c4', 'c5', 'c6', 'c7']);
    expect(withLayout(busy, '2x2', all).hot).toBe(2);
  });
});
describe('putting', () => {
  test('a camera that is there already changes places, with what belongs to it', () => {
    const wall = put(four(), 0, 'c3')!;
    expect(ids(wall)).toEqual(['c3', 'c1', 'c2', 'c0']);
    expect(wall.places.map(({ key }) => key)).toEqual([4, 2, 3, 0]);
  });
  test('nothing takes a held place or its camera', () => {
    const wall = hold(four(), 1, true);
    expect(put(wall, 1, 'c9')).toBeNull();
    expect(put(wall, 0, 'c1')).toBeNull();
    expect(swap(wall, 0, 1)).toBeNull();
    expect(clear(wall, 1)).toBeNull();
    expect(ids(turn(wall, all, 1))).toEqual(['c4', 'c1', 'c5', 'c6']);
    expect(placeFor({ ...wall, selected: 1 })).toBe(2);
    expect(placeFor([0, 1, 2, 3].reduce((now, at) => hold(now, at, true), wall))).toBeNull();
  });
});
describe('the hot place', () => {
  test('follows what is picked, and the rest stays', () => {
    const wall = setHot(four(), 3);
    expect(ids(follow(wall, 'c9'))).toEqual(['c0', 'c1', 'c2', 'c9']);
    expect(ids(follow(wall, 'c1'))).toEqual(['c0', 'c1', 'c2', 'c1']);
    expect(ids(setHot(follow(wall, 'c1'), null))).toEqual(['c0', 'c1', 'c2', null]);
  });
  test('does not when it is held, and moves when it changes over', () => {
    expect(follow(hold(setHot(four(), 3), 3, true), 'c9').places[3]!.cameraId).toBe('c3');
    expect(swap(setHot(four(), 3), 3, 0)!.hot).toBe(0);
  });
});
describe('pages and lists', () => {
  test('pages go round and keep their borders', () => {
    const nine = freshWall(all, '3x3');
    expect(ids(turn(nine, all, 1))![0]).toBe('c9');
    expect(ids(turn(nine, all, -1))!.slice(0, 3)).toEqual(['c18', 'c19', 'c0']);
    expect(ids(turn(turn(nine, all, -1), all, 1))).toEqual(ids(nine));
    expect(pageOf(turn(nine, all, 1), all)).toEqual({ page: 1, pages: 3 });
    expect(pageOf(turn(nine, all, -1), all)).toEqual({ page: 2, pages: 3 });
    const byHand = put(turn(nine, all, 1), 0, 'c19')!;
    expect(pageOf(byHand, all)).toEqual({ page: 1, pages: 3 });
    expect(ids(turn(four(), ['a', 'b'], 1))).toEqual(['a', 'b', null, null]);
  });
  test('pages go through the cameras of the carousel, each once', () => {
    const wall = {
      ...four(),
      carousel: { cameraIds: ['c5', 'c6', 'c5', 'c7', 'c8', 'c9'], dwellSeconds: 5 },
    };
    expect(ids(turn(wall, all, 1))).toEqual(['c9', 'c5', 'c6', 'c7']);
  });
  test('a list takes turns in its place; held, it stands still', () => {
    const wall = setList(four(), 2, list('c7', 'c8'));
    expect(ids(wall)).toEqual(['c0', 'c1', 'c7', 'c3']);
    expect(ids(step(wall, 2, 1))![2]).toBe('c8');
    expect(ids(step(step(wall, 2, 1), 2, 1))![2]).toBe('c7');
    expect(step(hold(wall, 2, true), 2, 1).places[2]!.cameraId).toBe('c7');
    expect(ids(turn(wall, all, 1))![2]).toBe('c7');
  });
});
test('turning on through all pages comes back to where it began, whatever the layout', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LAYOUT_IDS), fc.integer({ min: 1, max: 80 }), (id, count) => {
      const pool = Array.from({ length: count }, (_, at) => `p${at}`);
      const first = freshWall(pool, id);
      const { pages } = pageOf(first, pool);
      let wall = first;
      const seen = new Set<string | null>();
      for (let page = 0; page < pages; page += 1) {
        expect(pageOf(wall, pool).page).toBe(page);
        for (const one of ids(wall)!) seen.add(one);
        wall = turn(wall, pool, 1);
      }
      expect(ids(wall)).toEqual(ids(first));
      expect(pool.every((camera) => seen.has(camera))).toBe(true);
    }),
  );
});
test('a place shows the stream that fits, the large one or the small one', () => {
  const streams = [1, 2, 3].map((times) => {
    let wall = four();
    for (let one = 0; one < times; one += 1) wall = nextStream(wall, 2);
    return wall.places[2]!.stream;
  });
  expect(streams).toEqual(['main', 'sub', 'auto']);
});
describe('views', () => {
  test('there and back again; a camera that is gone keeps its place', () => {
    const wall = setHot(setList(hold(four(), 0, true), 1, list('c1', 'gone')), 3);
    const view = viewBody.parse(toView(wall, '夜间'));
    expect(toView(fromView(view, 'id'), '夜间')).toEqual(view);
    expect(ids(fromView({ ...view, places: view.places.map((place) => ({ ...place, cameraId: 'gone', list: null })) }, 'id'))![0]).toBe('gone'); // prettier-ignore
    expect(differs(fromView(view, 'id'), view)).toBe(false);
    expect(differs(step(follow(wall, 'c9'), 1, 1), view)).toBe(false);
    expect(differs(put(wall, 2, 'c9')!, view)).toBe(true);
    expect(differs(hold(wall, 2, true), view)).toBe(true);
  });
});

const place = fc.nat(35);
const step_ = fc.oneof(
  fc.record({ kind: fc.constant('layout' as const), id: fc.constantFrom(...LAYOUT_IDS, '7x5', 'none') }),
  fc.record({ kind: fc.constant('put' as const), at: place, id: fc.constantFrom(...all) }),
  fc.record({ kind: fc.constant('swap' as const), at: place, to: place }),
  fc.record({ kind: fc.constant('clear' as const), at: place }),
  fc.record({ kind: fc.constant('hold' as const), at: place, held: fc.boolean() }),
  fc.record({ kind: fc.constant('hot' as const), at: fc.option(place) }),
  fc.record({ kind: fc.constant('follow' as const), id: fc.constantFrom(...all) }),
  fc.record({ kind: fc.constant('turn' as const), by: fc.constantFrom(1 as const, -1 as const) }),
  fc.record({
    kind: fc.constant('list' as const),
    at: place,
    ids: fc.uniqueArray(fc.constantFrom(...all), { minLength: 2, maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('step' as const), at: place, by: fc.constantFrom(1 as const, -1 as const) }),
  fc.record({ kind: fc.constant('restore' as const), stored: fc.anything() }),
  fc.record({ kind: fc.constant('again' as const) }),
);
type Step = typeof step_ extends fc.Arbitrary<infer T> ? T : never;
function take(wall: Wall, one: Step): Wall {
  if (one.kind === 'layout') return withLayout(wall, one.id, all);
  if (one.kind === 'put') return put(wall, one.at, one.id) ?? wall;
  if (one.kind === 'swap') return swap(wall, one.at, one.to) ?? wall;
  if (one.kind === 'clear') return clear(wall, one.at) ?? wall;
  if (one.kind === 'hold') return hold(wall, one.at, one.held);
  if (one.kind === 'hot') return setHot(wall, one.at);
  if (one.kind === 'follow') return follow(wall, one.id);
  if (one.kind === 'turn') return turn(wall, all, one.by);
  if (one.kind === 'list') return setList(wall, one.at, list(...one.ids));
  if (one.kind === 'step') return step(wall, one.at, one.by);
  if (one.kind === 'again') return restore(JSON.parse(JSON.stringify(wall)), all);
  return restore(one.stored, all);
}
test('whatever happens: the places of the layout, each camera once but in the hot place and in lists, keys of their own', () => {
  fc.assert(
    fc.property(fc.array(step_, { maxLength: 40 }), (steps) => {
      let wall = four();
      for (const one of steps) {
        wall = take(wall, one);
        expect(wall.places).toHaveLength(layoutOf(wall.layout)!.cells.length);
        expect(wall.selected).toBeLessThan(wall.places.length);
        if (wall.hot !== null) expect(wall.hot).toBeLessThan(wall.places.length);
        const fixed = wall.places.filter((own, at) => at !== wall.hot && !own.list && own.cameraId !== null);
        expect(new Set(fixed.map(({ cameraId }) => cameraId)).size).toBe(fixed.length);
        expect(new Set(wall.places.map(({ key }) => key)).size).toBe(wall.places.length);
        expect(viewBody.safeParse(toView(wall, 'x')).success).toBe(true);
      }
    }),
  );
});
test('whatever happens, a held place keeps its camera until it is let go', () => {
  fc.assert(
    fc.property(fc.array(step_, { maxLength: 30 }), fc.nat(3), (steps, at) => {
      let wall = hold(four(), at, true);
      const { key, cameraId } = wall.places[at]!;
      for (const one of steps) {
        if (one.kind === 'hold' || one.kind === 'restore' || one.kind === 'again') continue;
        if (one.kind === 'list' && wall.places[one.at]?.key === key) expect(take(wall, one)).toBe(wall);
        wall = take(wall, one);
        expect(wall.places.find((own) => own.key === key)).toMatchObject({ cameraId, held: true });
      }
    }),
  );
});
test('what is free is neither held nor hot nor has a list', () => {
  const wall = setList(setHot(hold(four(), 0, true), 1), 2, list('a', 'b'));
  expect([0, 1, 2, 3, 4].map((at) => isFree(wall, at))).toEqual([false, false, false, true, false]);
});
