import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  comingCameras,
  NOTHING_LEFT,
  passTime,
  PREFETCH_MS,
  takesTurns,
} from '../../../renderer/features/video/carousel.ts';
import { frontOf, PATIENCE_MS } from '../../../renderer/features/video/crossing.ts';
import {
  freshWall,
  hold,
  setHot,
  setList,
  withLayout,
  type Wall,
} from '../../../renderer/features/video/wall.ts';

const all = Array.from({ length: 20 }, (_, at) => `c${at}`);
const ids = (wall: Wall) => wall.places.map(({ cameraId }) => cameraId);
const nobody = () => false;
const paged = (): Wall => ({ ...freshWall(all), carousel: { cameraIds: [], dwellSeconds: 10 } });
const listed = (): Wall => setList(freshWall(all), 1, { cameraIds: ['c1', 'c8', 'c9'], dwellSeconds: 5 });
/** Lets time pass in steps; what came of it. */
function after(wall: Wall, totalMs: number, isBusy: (at: number) => boolean = nobody, stepMs = 250) {
  let now = { wall, left: NOTHING_LEFT };
  for (let ms = 0; ms < totalMs; ms += stepMs) now = passTime(now.wall, all, now.left, stepMs, isBusy);
  return now;
}

describe('turns', () => {
  test('a page stays for its dwell, then the next one comes, and so on', () => {
    expect(ids(after(paged(), 9_750).wall)).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(ids(after(paged(), 10_000).wall)).toEqual(['c4', 'c5', 'c6', 'c7']);
    expect(ids(after(paged(), 20_000).wall)).toEqual(['c8', 'c9', 'c10', 'c11']);
  });
  test('a list turns in its own time beside the pages, which leave it alone', () => {
    const both: Wall = { ...listed(), carousel: { cameraIds: [], dwellSeconds: 10 } };
    expect(ids(after(both, 5_000).wall)).toEqual(['c0', 'c8', 'c2', 'c3']);
    expect(ids(after(both, 10_000).wall)[1]).toBe('c9');
    expect(ids(after(both, 10_000).wall)[0]).not.toBe('c0');
  });
  test('nothing turns where the guard works, and it goes on where it stood', () => {
    const busyAt = (place: number) => (at: number) => at === place;
    expect(ids(after(listed(), 60_000, busyAt(1)).wall)[1]).toBe('c1');
    expect(ids(after(listed(), 5_000, busyAt(0)).wall)[1]).toBe('c8');
    expect(ids(after(paged(), 60_000, busyAt(2)).wall)).toEqual(ids(paged()));
    const waited = after(listed(), 4_000);
    const busy = passTime(waited.wall, all, waited.left, 900, busyAt(1));
    expect(passTime(busy.wall, all, busy.left, 1_000, nobody).wall.places[1]!.cameraId).toBe('c8');
  });
  test('work in a held or hot place does not stop the pages', () => {
    const wall = setHot(hold(paged(), 0, true), 1);
    expect(ids(after(wall, 10_000, (at) => at < 2).wall)).toEqual(['c0', 'c1', 'c4', 'c5']);
  });
  test('a wall that takes no turns is left as it is', () => {
    expect(takesTurns(freshWall(all))).toBe(false);
    expect(after(freshWall(all), 60_000).wall).toEqual(freshWall(all));
    expect(takesTurns(hold(listed(), 1, true))).toBe(false);
    expect(takesTurns(listed())).toBe(true);
  });
  test('a held place never turns, however long', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.integer({ min: 250, max: 90_000 }), (at, ms) => {
        const wall = hold(setList(paged(), 1, { cameraIds: ['c1', 'c8'], dwellSeconds: 3 }), at, true);
        expect(ids(after(wall, ms, nobody, 1_000).wall)[at]).toBe(ids(wall)[at]);
      }),
    );
  });
});
describe('what comes next', () => {
  test('is fetched shortly before it is due, and is what then comes', () => {
    const early = after(listed(), 1_000);
    expect(comingCameras(early.wall, all, early.left)).toEqual([null, null, null, null]);
    const soon = after(listed(), 5_000 - PREFETCH_MS);
    expect(comingCameras(soon.wall, all, soon.left)).toEqual([null, 'c8', null, null]);
    const page = after(paged(), 10_000 - PREFETCH_MS);
    expect(comingCameras(page.wall, all, page.left)).toEqual(['c4', 'c5', 'c6', 'c7']);
  });
  test('a large page is not fetched ahead', () => {
    const wall = withLayout(paged(), '4x4', all);
    const soon = after(wall, 9_000);
    expect(comingCameras(soon.wall, all, soon.left).every((id) => id === null)).toBe(true);
  });
});
describe('one camera takes over from another', () => {
  const has =
    (...of: string[]) =>
    (id: string) =>
      of.includes(id);
  const none = () => false;
  test('when its picture is there, when it is lost, when there was none, when it takes too long', () => {
    expect(frontOf(null, 'a', none, none, 0)).toBe('a');
    expect(frontOf('a', 'b', has('a'), none, 0)).toBe('a');
    expect(frontOf('a', 'b', has('a', 'b'), none, 0)).toBe('b');
    expect(frontOf('a', 'b', has('a'), has('b'), 0)).toBe('b');
    expect(frontOf('a', 'b', none, none, 0)).toBe('b');
    expect(frontOf('a', 'b', has('a'), none, PATIENCE_MS)).toBe('b');
    expect(frontOf('a', null, has('a'), none, 0)).toBeNull();
  });
  test('what is in front is always one of the two, and in the end the one wanted', () => {
    const id = fc.constantFrom('a', 'b', null);
    fc.assert(
      fc.property(id, id, fc.boolean(), fc.boolean(), fc.nat(5_000), (front, wanted, picture, lost, ms) => {
        const now = frontOf(front, wanted, () => picture, () => lost, ms); // prettier-ignore
        expect([front, wanted]).toContain(now);
        expect(frontOf(now, wanted, () => picture, () => lost, PATIENCE_MS)).toBe(wanted); // prettier-ignore
      }),
    );
  });
});
