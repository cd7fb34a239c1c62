import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { camerasSeeing, eyeOf, sightOf, viewRing, type SightCamera } from '#domain/field-of-view.ts';
import { fromPlane, isInside, nearestOn, toPlane, turnBetween, type LngLatPair } from '#domain/plane.ts';
import { prepareScene, type SightPlace } from '#domain/sight-scene.ts';

const ORIGIN: LngLatPair = [108.4216, 22.7438];
const at = (x: number, y: number) => fromPlane({ x, y }, ORIGIN);
const rect = (x0: number, y0: number, x1: number, y1: number) => [
  at(x0, y0),
  at(x1, y0),
  at(x1, y1),
  at(x0, y1),
];
const house = (
  id: string,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  heightMetres?: number,
): SightPlace => ({
  id,
  kind: 'building',
  level: 0,
  ...(heightMetres === undefined ? {} : { heightMetres }),
  outline: rect(x0, y0, x1, y1),
});
const camera = (more: Partial<SightCamera>): SightCamera => ({
  id: 'c',
  placeId: 'park',
  position: at(0, 0),
  directionDegrees: 0,
  viewAngleDegrees: 90,
  reachMetres: 50,
  ptz: false,
  ...more,
});
const PARK: SightPlace = { id: 'park', kind: 'park', level: 0 };
const see = (of: SightCamera, places: SightPlace[], point: LngLatPair, level = 0) => {
  const scene = prepareScene([PARK, ...places], ORIGIN);
  const eye = eyeOf(of, scene);
  return eye && sightOf(eye, scene, point, level);
};

describe('what a camera sees', () => {
  it('lies in its direction, angle and reach', () => {
    expect(see(camera({}), [], at(0, 40))).toMatchObject({ looking: true, offCentre: 0 });
    expect(see(camera({}), [], at(0, 51))).toBeNull();
    expect(see(camera({}), [], at(30, 31))).not.toBeNull();
    expect(see(camera({}), [], at(31, 30))).toBeNull();
    expect(see(camera({ directionDegrees: 350 }), [], at(20, 30))?.offCentre).toBeCloseTo(43.69 / 45, 2);
  });
  it('is not behind a building that is as high as the camera, nor inside one', () => {
    const block = [house('h', -5, 20, 5, 25, 8)];
    expect(see(camera({}), block, at(0, 30))).toBeNull();
    expect(see(camera({}), block, at(12, 30))).not.toBeNull();
    expect(see(camera({}), block, at(0, 22))).toBeNull();
    expect(see(camera({ mount: { heightMetres: 12 } }), block, at(0, 30))).not.toBeNull();
    expect(see(camera({ mount: { heightMetres: 6 } }), block, at(0, 30))).toBeNull();
    expect(see(camera({ mount: { heightMetres: 12 } }), [house('h', -5, 20, 5, 25)], at(0, 30))).toBeNull();
  });
  it('a camera on a wall looks away from its house, one on a roof over it', () => {
    const own = [house('h', -10, -20, 10, 0.5, 9)];
    expect(see(camera({}), own, at(0, 30))).not.toBeNull();
    expect(see(camera({ ptz: true }), own, at(0, -30))).toBeNull();
    const roof: SightPlace = { id: 'roof', kind: 'area', parentId: 'h', level: 2 };
    expect(
      see(camera({ placeId: 'roof', directionDegrees: 180 }), [...own, roof], at(0, -30)),
    ).not.toBeNull();
  });
  it('indoors it sees its storey and its room only', () => {
    const floors: SightPlace[] = [
      house('h', -20, -20, 20, 20, 9),
      { id: 'f1', kind: 'floor', parentId: 'h', level: 0 },
      { id: 'f2', kind: 'floor', parentId: 'h', level: 1 },
      { id: 'room', kind: 'area', parentId: 'f2', level: 1, outline: rect(-5, -5, 5, 15) },
    ];
    const inside = camera({ placeId: 'f2' });
    expect(see(inside, floors, at(0, 18), 1)).not.toBeNull();
    expect(see(inside, floors, at(0, 18), 0)).toBeNull();
    expect(see(inside, floors, at(0, 25), 1)).toBeNull();
    const room = camera({ placeId: 'room' });
    expect(see(room, floors, at(0, 14), 1)).not.toBeNull();
    expect(see(room, floors, at(0, 18), 1)).toBeNull();
    // an outdoor camera does not look in
    expect(see(camera({ position: at(0, -40), reachMetres: 90 }), floors, at(0, 0), 1)).toBeNull();
  });
  it('of a PTZ camera is its whole circle, and says whether it looks there', () => {
    expect(see(camera({ ptz: true }), [], at(0, -40))).toMatchObject({ looking: false, turns: true });
    expect(see(camera({ ptz: true }), [], at(0, 40))).toMatchObject({ looking: true });
    expect(see(camera({ ptz: true, directionDegrees: undefined }), [], at(0, -40))).not.toBeNull();
  });
  it('is unknown without position or direction', () => {
    expect(see(camera({ directionDegrees: undefined }), [], at(0, 10))).toBeNull();
    expect(see(camera({ position: undefined }), [], at(0, 10))).toBeNull();
  });
  it('is ranked: near and in the middle first', () => {
    const scene = prepareScene([PARK], ORIGIN);
    const eyes = [
      camera({ id: 'edge', directionDegrees: 40 }),
      camera({ id: 'far', position: at(0, -25) }),
      camera({ id: 'good' }),
      camera({ id: 'dome', ptz: true, directionDegrees: 180 }),
      camera({ id: 'blind', directionDegrees: 180 }),
    ].map((one) => eyeOf(one, scene)!);
    const found = camerasSeeing(eyes, scene, at(0, 20), 0);
    expect(found.map(({ cameraId }) => cameraId)).toEqual(['dome', 'good', 'far', 'edge']);
  });
});

/** Houses that do not touch the camera, which stands at the origin. */
const houses = fc.array(
  fc
    .record({
      x: fc.double({ min: -45, max: 45, noNaN: true }),
      y: fc.double({ min: -45, max: 45, noNaN: true }),
      width: fc.double({ min: 2, max: 20, noNaN: true }),
      depth: fc.double({ min: 2, max: 20, noNaN: true }),
    })
    .filter(({ x, y, width, depth }) => x > 0.5 || y > 0.5 || x + width < -0.5 || y + depth < -0.5),
  { maxLength: 6 },
);
const views = fc.record({
  directionDegrees: fc.integer({ min: 0, max: 359 }),
  viewAngleDegrees: fc.integer({ min: 10, max: 200 }),
  ptz: fc.boolean(),
});
const spots = fc.record({
  bearing: fc.double({ min: 0, max: 360, noNaN: true }),
  metres: fc.double({ min: 1, max: 49, noNaN: true }),
});

describe('the field of view on the map', () => {
  it('holds exactly the points that are seen', () => {
    let seenOnes = 0;
    fc.assert(
      fc.property(houses, views, spots, (boxes, view, spot) => {
        const places = boxes.map(({ x, y, width, depth }, n) => house(`h${n}`, x, y, x + width, y + depth));
        const scene = prepareScene([PARK, ...places], ORIGIN);
        const eye = eyeOf(camera(view), scene)!;
        const ring = viewRing(eye, scene).map((one) => toPlane(one, ORIGIN));
        const angle = (spot.bearing * Math.PI) / 180;
        const point = { x: Math.sin(angle) * spot.metres, y: Math.cos(angle) * spot.metres };
        const seen = sightOf(eye, scene, fromPlane(point, ORIGIN), 0) !== null;
        seenOnes += seen ? 1 : 0;
        // on the line itself either is right
        fc.pre(nearestOn(ring, point).metres > 0.05);
        expect(isInside(point, ring)).toBe(seen);
      }),
      { numRuns: 600 },
    );
    expect(seenOnes).toBeGreaterThan(50);
  });
  it('never goes beyond the reach, nor outside of the sector', () => {
    fc.assert(
      fc.property(houses, views, (boxes, view) => {
        const places = boxes.map(({ x, y, width, depth }, n) => house(`h${n}`, x, y, x + width, y + depth));
        const scene = prepareScene([PARK, ...places], ORIGIN);
        const eye = eyeOf(camera({ ...view, ptz: false }), scene)!;
        for (const one of viewRing(eye, scene)) {
          const { x, y } = toPlane(one, ORIGIN);
          const metres = Math.hypot(x, y);
          expect(metres).toBeLessThanOrEqual(50.001);
          if (metres < 0.1) continue;
          const turn = turnBetween(view.directionDegrees, (Math.atan2(x, y) * 180) / Math.PI);
          expect(Math.abs(turn)).toBeLessThanOrEqual(view.viewAngleDegrees / 2 + 0.001);
        }
      }),
    );
  });
  it('is made for 500 cameras among 100 houses without trouble', () => {
    const places = Array.from({ length: 100 }, (_, n) => {
      const [x, y] = [(n % 10) * 60 - 300, Math.floor(n / 10) * 60 - 300];
      return house(`h${n}`, x, y, x + 30, y + 30, 12);
    });
    const scene = prepareScene([PARK, ...places], ORIGIN);
    const eyes = Array.from({ length: 500 }, (_, n) =>
      eyeOf(camera({ id: `c${n}`, position: at((n % 25) * 24 - 305, Math.floor(n / 25) * 30 - 305), directionDegrees: n % 360, reachMetres: 60 }), scene)!,
    ); // prettier-ignore
    expect(eyes.map((eye) => viewRing(eye, scene).length).every((count) => count > 3)).toBe(true);
    expect(camerasSeeing(eyes, scene, at(-10, -10), 0).length).toBeGreaterThan(0);
    // only what is near stands in the way
    expect(Math.max(...eyes.map((eye) => eye.walls.length))).toBeLessThanOrEqual(4 * 16);
  });
});
