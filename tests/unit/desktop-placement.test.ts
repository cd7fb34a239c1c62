import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SMALLEST, placeWindow, type Monitor, type Rectangle } from '#hosts/desktop/placement.ts';

const left: Monitor = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } };
const right: Monitor = { id: 2, workArea: { x: 1920, y: 0, width: 1920, height: 1080 } };
const at = (x: number, y: number, width = 1200, height = 800): Rectangle => ({ x, y, width, height });
const remembered = (bounds: Rectangle, monitorId = 1, maximized = false) => ({
  bounds,
  monitorId,
  maximized,
});

describe('place of a window', () => {
  it('fills the primary monitor at first, and the next window another monitor', () => {
    expect(placeWindow(null, [left, right])).toEqual({ bounds: left.workArea, maximized: true });
    expect(placeWindow(null, [left, right], [1])).toEqual({ bounds: right.workArea, maximized: true });
    expect(placeWindow(null, [left, right], [1, 2]).bounds).toEqual(left.workArea);
  });

  it('is where it was, also half off a monitor or across two', () => {
    for (const bounds of [at(100, 100), at(-900, 50), at(1500, 10)])
      expect(placeWindow(remembered(bounds), [left, right]).bounds).toEqual(bounds);
  });

  it('comes back when its monitor is gone, no larger than the one that is left', () => {
    const { bounds, maximized } = placeWindow(remembered(at(2000, 100, 1900, 1070), 2, true), [left]);
    expect(bounds).toEqual({ x: 20, y: 0, width: 1900, height: 1040 });
    expect(maximized).toBe(true);
  });

  it('comes down when its title bar is above the monitor', () => {
    expect(placeWindow(remembered(at(100, -300)), [left]).bounds).toEqual(at(100, 0));
  });

  it('can always be seen and moved, whatever was remembered and whatever monitors there are', () => {
    const rectangle = fc.record({
      x: fc.integer({ min: -6000, max: 6000 }),
      y: fc.integer({ min: -6000, max: 6000 }),
      width: fc.integer({ min: 1, max: 8000 }),
      height: fc.integer({ min: 1, max: 8000 }),
    });
    const monitor = fc.record({
      x: fc.integer({ min: -4000, max: 4000 }),
      y: fc.integer({ min: -4000, max: 4000 }),
      width: fc.integer({ min: 1366, max: 3840 }),
      height: fc.integer({ min: 728, max: 2160 }),
    });
    fc.assert(
      fc.property(rectangle, fc.array(monitor, { minLength: 1, maxLength: 4 }), (bounds, areas) => {
        const monitors = areas.map((workArea, id) => ({ id, workArea }));
        const placed = placeWindow(remembered(bounds, 7), monitors).bounds;
        expect(placed.width).toBeGreaterThanOrEqual(SMALLEST.width);
        expect(placed.height).toBeGreaterThanOrEqual(SMALLEST.height);
        const seen = areas.some((area) => {
          const across = Math.min(placed.x + placed.width, area.x + area.width) - Math.max(placed.x, area.x);
          const down = Math.min(placed.y + placed.height, area.y + area.height) - Math.max(placed.y, area.y);
          return across >= 120 && down >= 120 && placed.y >= area.y - 1;
        });
        expect(seen).toBe(true);
        expect(placeWindow(remembered(placed, 7), monitors).bounds).toEqual(placed);
      }),
    );
  });
});
