import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bars, follow, pan, ticks, timeAt, VIEW_MS, widthOf, xOf, zoom } from '#ui/timeline/scale.ts';

const HOUR = 3_600_000;
const view = { fromMs: 10 * HOUR, toMs: 12 * HOUR };

test('pixels and times are two words for the same place', () => {
  expect(xOf(view, 1000, 11 * HOUR)).toBe(500);
  expect(timeAt(view, 1000, 500)).toBe(11 * HOUR);
});
test('zooming keeps the moment under the mouse and its bounds', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 1000, noNaN: true }),
      fc.integer({ min: 0, max: 1000 }),
      (factor, x) => {
        const at = timeAt(view, 1000, x);
        const next = zoom(view, factor, at);
        expect(widthOf(next)).toBeGreaterThanOrEqual(VIEW_MS.least - 1);
        expect(widthOf(next)).toBeLessThanOrEqual(VIEW_MS.most + 1);
        expect(Math.abs(xOf(next, 1000, at) - x)).toBeLessThan(0.5);
      },
    ),
  );
});
test('the view pages while it plays and centres after a jump', () => {
  expect(follow(view, 11 * HOUR)).toBe(view);
  const paged = follow(view, 12 * HOUR);
  expect(xOf(paged, 1000, 12 * HOUR)).toBeCloseTo(100, 0);
  const far = follow(view, 100 * HOUR);
  expect(xOf(far, 1000, 100 * HOUR)).toBeCloseTo(500, 0);
  expect(pan(view, HOUR)).toEqual({ fromMs: 11 * HOUR, toMs: 13 * HOUR });
});
test('marks are at round times of the park, and labels do not touch', () => {
  const offset = 8 * HOUR;
  for (const width of [60_000, 5 * 60_000, 2 * HOUR, 24 * HOUR, 30 * 24 * HOUR]) {
    const marks = ticks({ fromMs: 0, toMs: width }, 1300, offset);
    expect(marks.length).toBeGreaterThan(1);
    expect(marks.length).toBeLessThanOrEqual(17);
    const gap = (marks[1]!.atMs - marks[0]!.atMs) / width;
    expect(gap * 1300).toBeGreaterThanOrEqual(80);
  }
  const days = ticks({ fromMs: 0, toMs: 3 * 24 * HOUR }, 1300, offset).filter(({ isDay }) => isDay);
  expect(days.map(({ atMs }) => atMs)).toEqual([16, 40, 64].map((hour) => hour * HOUR));
});
test('bars stay inside, are at least a pixel wide and join only what is alike', () => {
  const spans = [
    { fromMs: 9 * HOUR, toMs: 10.5 * HOUR, kind: 'a' },
    { fromMs: 10.5 * HOUR, toMs: 10.6 * HOUR, kind: 'a' },
    { fromMs: 10.6 * HOUR, toMs: 10.7 * HOUR, kind: 'b' },
    { fromMs: 11 * HOUR, toMs: 11 * HOUR + 1, kind: 'b' },
    { fromMs: 20 * HOUR, toMs: 21 * HOUR, kind: 'a' },
  ];
  const found = bars(spans, view, 1000, (a, b) => a.kind === b.kind);
  expect(found.map(({ x, width, of }) => [Math.round(x), Math.round(width), of.kind])).toEqual([
    [0, 300, 'a'],
    [300, 50, 'b'],
    [500, 1, 'b'],
  ]);
});
test('a month of short recordings is as many bars as there are pixels', () => {
  const many = Array.from({ length: 50_000 }, (_, index) => ({
    fromMs: index * 50_000,
    toMs: index * 50_000 + 40_000,
  }));
  expect(bars(many, { fromMs: 0, toMs: 30 * 24 * HOUR }, 1300).length).toBeLessThanOrEqual(1300);
});
