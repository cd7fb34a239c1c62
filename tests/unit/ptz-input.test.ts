import { describe, expect, it } from 'vitest';
import { boxIn, padSpeed, pointIn, pressedSince, REST, ringSpeed } from '../../renderer/ui/ptz/ptz-input.ts';
import { csvLine } from '../../renderer/features/tours/report.ts';

describe('hands', () => {
  it('a box drawn over a picture: its middle, and how much of the picture it is', () => {
    const area = { left: 100, top: 50, width: 400, height: 400 };
    // a picture of 16:9 lies in the middle: 400 wide, 225 high, from 137.5 down
    const drawn = { left: 300, top: 50 + 87.5, width: 200, height: 56.25 };
    expect(boxIn(drawn, area, 16 / 9)).toEqual({ x: 0.5, y: 0.75, size: 0.5 });
    expect(boxIn({ left: 300, top: 60, width: 10, height: 10 }, area, 16 / 9)).toBeNull();
    expect(boxIn({ left: 0, top: 250, width: 600, height: 1 }, area, 16 / 9)?.size).toBe(1);
    expect(boxIn({ left: 300, top: 250, width: 1, height: 1 }, area, 16 / 9)?.size).toBe(0.02);
  });
  it('a button counts once, when it goes down', () => {
    expect(pressedSince([], [true, false])).toEqual([0]);
    expect(pressedSince([true, false], [true, true])).toEqual([1]);
    expect(pressedSince([true], [])).toEqual([]);
  });
  it('the ring: nothing in its middle, full speed at the rim and beyond, up is up', () => {
    expect(ringSpeed(10, 0, 100, 1)).toEqual(REST);
    expect(ringSpeed(100, 0, 100, 0.5)).toEqual({ pan: 0.5, tilt: 0, zoom: 0 });
    expect(ringSpeed(0, -300, 100, 1)).toEqual({ pan: 0, tilt: 1, zoom: 0 });
  });
  it('a stick: drift does nothing, the second one or a twist zooms', () => {
    expect(padSpeed([0.1, -0.12, 0, 0.05], 1)).toEqual(REST);
    expect(padSpeed([1, 1, 0, -1], 0.5)).toEqual({ pan: 0.5, tilt: -0.5, zoom: 0.5 });
    expect(padSpeed([0, 0, 1], 1)).toEqual({ pan: 0, tilt: 0, zoom: 1 });
    expect(padSpeed([], 1)).toEqual(REST);
  });
  it('a click counts in halves of the picture, not of the tile with its bars', () => {
    const box = { width: 400, height: 300 };
    expect(pointIn({ x: 200, y: 150 }, box, 2)).toEqual({ x: 0, y: -0 });
    expect(pointIn({ x: 400, y: 50 }, box, 2)).toEqual({ x: 1, y: 1 });
    expect(pointIn({ x: 200, y: 20 }, box, 2)).toBeNull();
  });
});
it('a report runs no formulas', () => {
  expect(csvLine(['=1+1', 'a,"b"', '北'])).toBe(`'=1+1,"a,""b""",北\r\n`);
});
