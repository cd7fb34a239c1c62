import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseStream } from '#ui/player/choose-stream.ts';
import { pixelsOf, shotName } from '#ui/player/shot.ts';
import {
  centreOn,
  fitOf,
  MAX_SCALE,
  panBy,
  seenPart,
  transformOf,
  WHOLE,
  wheelFactor,
  zoomAt,
} from '#ui/player/zoom.ts';

import { pointIn } from '../../../renderer/ui/ptz/ptz-input.ts';

const FULL = { width: 1, height: 1 };
const part = fc.double({ min: 0, max: 1, noNaN: true });
const point = fc.record({ x: part, y: part });
const size = fc.record({
  width: fc.integer({ min: 40, max: 4000 }),
  height: fc.integer({ min: 40, max: 3000 }),
});
const factor = fc.double({ min: 0.2, max: 5, noNaN: true });
/** Where a point of the box is on the screen, in parts of the box: what the transform does. */
const onScreen = (view: typeof WHOLE, at: number, axis: 'x' | 'y') => view.scale * (at - view[axis]) + 0.5;

describe('digital zoom', () => {
  it('keeps the point under the pointer', () => {
    const view = zoomAt(WHOLE, 4, { x: 0.7, y: 0.4 }, FULL);
    expect(view.scale).toBe(4);
    expect(onScreen(view, 0.7, 'x')).toBeCloseTo(0.7);
    expect(onScreen(view, 0.4, 'y')).toBeCloseTo(0.4);
  });
  it('never leaves the picture, never goes past its limits, and comes back whole', () => {
    fc.assert(
      fc.property(size, size, fc.array(fc.tuple(factor, point, point)), (box, picture, acts) => {
        const fit = fitOf(box, picture);
        let view = WHOLE;
        for (const [by, at, move] of acts) {
          view = panBy(zoomAt(view, by, at, fit), { x: move.x - 0.5, y: move.y - 0.5 }, fit);
          expect(view.scale).toBeGreaterThanOrEqual(1);
          expect(view.scale).toBeLessThanOrEqual(MAX_SCALE);
          const seen = seenPart(view, fit);
          // An edge of the picture is never drawn inside of the tile while the picture covers it.
          const covered = Math.min(1, 1 / (view.scale * fit.width));
          expect(seen.width).toBeCloseTo(covered, 6);
          expect(seen.height).toBeCloseTo(Math.min(1, 1 / (view.scale * fit.height)), 6);
          expect(seen.x).toBeGreaterThanOrEqual(0);
          expect(seen.x + seen.width).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(zoomAt(view, 0.001, { x: 0.5, y: 0.5 }, fit)).toEqual(WHOLE);
      }),
    );
  });
  it('fits a picture with its own proportions', () => {
    expect(fitOf({ width: 800, height: 800 }, { width: 1600, height: 800 })).toEqual({
      width: 1,
      height: 0.5,
    });
    expect(fitOf({ width: 800, height: 400 }, { width: 400, height: 400 })).toEqual({
      width: 0.5,
      height: 1,
    });
    expect(fitOf({ width: 0, height: 0 }, { width: 400, height: 400 })).toEqual(FULL);
  });
  it('brings a point of the picture into the middle', () => {
    const fit = fitOf({ width: 800, height: 800 }, { width: 1600, height: 800 });
    const seen = seenPart(centreOn(zoomAt(WHOLE, 4, { x: 0.5, y: 0.5 }, fit), { x: 0.25, y: 0.5 }, fit), fit);
    expect(seen.x + seen.width / 2).toBeCloseTo(0.25);
  });
  it('is one transform', () => {
    expect(transformOf(WHOLE)).toBe('scale(1) translate(0%, 0%)');
    expect(transformOf({ scale: 2, x: 0.75, y: 0.5 })).toBe('scale(2) translate(-25%, 0%)');
  });
  it('turns with the wheel the same whatever its unit, and finely under a pinch', () => {
    const line = wheelFactor({ deltaY: -3, deltaMode: 1, ctrlKey: false });
    expect(line).toBeCloseTo(wheelFactor({ deltaY: -99, deltaMode: 0, ctrlKey: false }));
    expect(line * wheelFactor({ deltaY: 3, deltaMode: 1, ctrlKey: false })).toBeCloseTo(1);
    expect(wheelFactor({ deltaY: -1e9, deltaMode: 2, ctrlKey: false })).toBeLessThan(2);
  });
  it('is what a click for the camera’s head goes through: the middle of what is seen is its middle', () => {
    fc.assert(
      fc.property(size, size, factor, point, (box, picture, by, at) => {
        const fit = fitOf(box, picture);
        const view = zoomAt(WHOLE, Math.max(1, by), at, fit);
        // What getBoundingClientRect gives of the transformed element, with the tile at 0, 0.
        const area = { width: box.width * view.scale, height: box.height * view.scale };
        const left = (0.5 - view.scale * view.x) * box.width;
        const top = (0.5 - view.scale * view.y) * box.height;
        const click = { x: box.width / 2 - left, y: box.height / 2 - top };
        const hit = pointIn(click, area, picture.width / picture.height)!;
        const seen = seenPart(view, fit);
        expect(hit.x).toBeCloseTo((seen.x + seen.width / 2) * 2 - 1, 6);
        expect(hit.y).toBeCloseTo(1 - (seen.y + seen.height / 2) * 2, 6);
      }),
    );
  });
  it('asks for the stream that is as large as the enlarged picture', () => {
    const tile = { width: 600, height: 338 };
    const sub = { width: 640, height: 360 };
    expect(chooseStream(tile, sub, 'sub')).toBe('sub');
    const { scale } = zoomAt(WHOLE, 1.5, { x: 0.5, y: 0.5 }, FULL);
    expect(chooseStream({ width: tile.width * scale, height: tile.height * scale }, sub, 'sub')).toBe('main');
  });
});

describe('a picture of a tile', () => {
  it('is cut to whole pixels inside of the picture', () => {
    fc.assert(
      fc.property(size, point, point, (picture, at, to) => {
        const cut = pixelsOf({ ...at, width: (1 - at.x) * to.x, height: (1 - at.y) * to.y }, picture);
        expect([cut.x, cut.y, cut.width, cut.height].every(Number.isInteger)).toBe(true);
        expect(cut.x + cut.width).toBeLessThanOrEqual(picture.width);
        expect(cut.y + cut.height).toBeLessThanOrEqual(picture.height);
        expect(Math.min(cut.width, cut.height)).toBeGreaterThanOrEqual(at.x < 1 && at.y < 1 ? 1 : 0);
      }),
    );
  });
  it('has a name that every file system takes', () => {
    expect(shotName('N-07 北围界/西: "A"', '2026-11-22 03:17:42', 5, 'crop', 'png')).toBe(
      'N-07 北围界-西- -A-_2026-11-22_03-17-42.005_crop.png',
    );
    expect(shotName(' . ', '2026-11-22 03:17:42', 5, 'whole', 'jpeg')).toMatch(/^camera_/);
  });
});
