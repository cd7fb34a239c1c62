import { describe, expect, it } from 'vitest';
import { padSpeed, pointIn, REST, ringSpeed } from '../../renderer/features/video/ptz-input.ts';
import { csvLine } from '../../renderer/features/tours/report.ts';

describe('hands', () => {
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
