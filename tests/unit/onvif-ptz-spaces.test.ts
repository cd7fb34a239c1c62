/** The numbers of heads, and ours (ONVIF PTZ service, coordinate spaces). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chosenSpace,
  fromDevice,
  limitsOf,
  namedSpace,
  readSpaces,
  spaceOfPosition,
  toDevice,
  type PtzSpace,
} from '#native/onvif/ptz-spaces.ts';
import { aimAtPoint, calibrate, mountOf } from '#domain/ptz-mount.ts';

const ROOT = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces';
const space = (uri: string, x: [number, number], y: [number, number] = x): PtzSpace => ({
  uri: uri.includes('//') ? uri : `${ROOT}/${uri}`,
  x: { min: x[0], max: x[1] },
  y: { min: y[0], max: y[1] },
});
const GENERIC = space('PositionGenericSpace', [-1, 1]);
const AROUND = space('SphericalPositionSpaceDegrees', [0, 360], [-90, 90]);
const HALF = space('SphericalPositionSpaceDegrees', [-180, 180], [-90, 20]);
const STEPS = space('http://www.example.com/steps', [0, 4_000], [100, 900]);

describe('which space', () => {
  it('the generic one where there is one, else degrees, else the first', () => {
    expect(chosenSpace([AROUND, GENERIC])).toBe(GENERIC);
    expect(chosenSpace([STEPS, HALF])).toBe(HALF);
    expect(chosenSpace([STEPS])).toBe(STEPS);
    expect(chosenSpace([])).toBeUndefined();
  });
  it('what is only called generic is not', () => {
    const false1 = space('PositionGenericSpace', [0, 360], [0, 90]);
    expect(chosenSpace([false1, HALF])).toBe(HALF);
    expect(toDevice(false1, 'absolute', 'pan', 0)).toBe(180);
  });
  it('is named unless the head could mean no other', () => {
    expect(namedSpace([GENERIC], GENERIC)).toBeUndefined();
    expect(namedSpace([GENERIC, HALF], GENERIC)).toBe(GENERIC.uri);
    expect(namedSpace([HALF], HALF)).toBe(HALF.uri);
    expect(namedSpace([], undefined)).toBeUndefined();
  });
  it('of a position: the one that it names, else ours unless it lies outside', () => {
    expect(spaceOfPosition([GENERIC, HALF], HALF.uri, { x: 0.5 })).toBe(HALF);
    expect(spaceOfPosition([GENERIC, HALF], undefined, { x: 0.5, y: 0 })).toBe(GENERIC);
    expect(spaceOfPosition([GENERIC, HALF], undefined, { x: 120, y: -30 })).toBe(HALF);
    expect(spaceOfPosition([], undefined, { x: 0.5 })).toBeUndefined();
  });
});

describe('positions', () => {
  it.each([
    ['from 0 to 360', AROUND, -0.5, 270],
    ['from 0 to 360, at its seam', AROUND, -1, 180],
    ['from -180 to 180', HALF, -0.5, -90],
    ['a range of steps', STEPS, -0.5, 1_000],
    ['generic', GENERIC, -0.5, -0.5],
    ['none told', undefined, -0.5, -0.5],
  ])('pan: %s', (_what, of, ours, its) => {
    expect(toDevice(of, 'absolute', 'pan', ours)).toBe(its);
    expect(Math.abs(fromDevice(of, 'pan', its))).toBe(Math.abs(ours));
  });
  it('tilt: a quarter turn is 1; what it does not reach is the nearest', () => {
    expect(toDevice(HALF, 'absolute', 'tilt', -0.5)).toBe(-45);
    expect(toDevice(HALF, 'absolute', 'tilt', 1)).toBe(20);
    expect(fromDevice(HALF, 'tilt', 20)).toBeCloseTo(0.222);
  });
  it('zoom: 0 to 1 over its range', () => {
    const mm = space('http://www.onvif.org/ver10/tptz/ZoomSpaces/PositionSpaceMillimeter', [5, 105]);
    expect(toDevice(mm, 'absolute', 'zoom', 0.25)).toBe(30);
    expect(fromDevice(mm, 'zoom', 30)).toBe(0.25);
  });
  it('what is sent is within the range, and comes back as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(AROUND, HALF, STEPS, GENERIC), fc.double({ min: -0.999, max: 1, noNaN: true }), (of, pan) => {
        const sent = toDevice(of, 'absolute', 'pan', pan);
        expect(sent).toBeGreaterThanOrEqual(of.x.min);
        expect(sent).toBeLessThanOrEqual(of.x.max);
        expect(fromDevice(of, 'pan', sent)).toBeCloseTo(pan, 9);
      }),
    ); // prettier-ignore
  });
});

describe('moves', () => {
  it.each([
    ['relative', space('SphericalTranslationSpaceDegrees', [-360, 360], [-90, 90]), 0.25, 45],
    ['relative', space('TranslationGenericSpace', [-1, 1]), 0.25, 0.25],
    ['continuous', space('VelocitySpaceDegrees', [-80, 120]), -0.5, -40],
    ['continuous', space('VelocitySpaceDegrees', [-80, 120]), 0.5, 60],
    ['continuous', space('VelocityGenericSpace', [-1, 1]), 0.5, 0.5],
    ['speed', space('SpeedSpaceDegrees', [0, 80]), 0.5, 40],
    ['speed', space('GenericSpeedSpace', [0, 1]), 0.5, 0.5],
  ] as const)('%s by %j', (move, of, ours, its) => {
    expect(toDevice(of, move, 'pan', ours)).toBe(its);
    expect(toDevice(of, move, 'pan', 0)).toBe(0);
  });
});

/** A range as a device may name it: any order, nothing at all, no number. */
const xmlOf = (name: string, uri: string, x: (number | string)[], y?: (number | string)[]) => {
  const range = ([Min, Max]: (number | string)[]) => ({ Min: String(Min), Max: String(Max) });
  return {
    SupportedPTZSpaces: { [name]: { URI: uri, XRange: range(x), ...(y ? { YRange: range(y) } : {}) } },
  };
};
describe('odd ranges', () => {
  const edge = fc.oneof(
    fc.double({ min: -400, max: 400, noNaN: true }),
    fc.constantFrom(0, 1, -1, 'NaN', '', 'INF', '1,5', 1e300, -1e300),
  );
  const uris = ['PositionGenericSpace', 'SphericalPositionSpaceDegrees', 'x'].map((one) => `${ROOT}/${one}`);
  it('every number that is sent is one, and within the range that counts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...uris),
        fc.tuple(edge, edge),
        fc.tuple(edge, edge),
        fc.constantFrom('absolute', 'relative', 'continuous', 'speed' as const),
        fc.constantFrom('pan', 'tilt' as const),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (uri, x, y, move, axis, value) => {
          const names = { absolute: 'AbsolutePanTiltPositionSpace', relative: 'RelativePanTiltTranslationSpace', continuous: 'ContinuousPanTiltVelocitySpace', speed: 'PanTiltSpeedSpace' }; // prettier-ignore
          const [of] = readSpaces(xmlOf(names[move], uri, x, y) as never)[move].panTilt;
          const range = axis === 'tilt' ? of!.y : of!.x;
          const sent = toDevice(of, move, axis, value);
          expect(Number.isFinite(sent)).toBe(true);
          expect(sent).toBeGreaterThanOrEqual(range.min);
          expect(sent).toBeLessThanOrEqual(range.max);
          expect(Number.isFinite(fromDevice(of, axis, sent))).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
  });
  it('an axis that does not move is not moved, and not read as something', () => {
    const [of] = readSpaces(xmlOf('AbsolutePanTiltPositionSpace', uris[0]!, [-1, 1], [0, 0]) as never)
      .absolute.panTilt;
    expect(toDevice(of, 'absolute', 'tilt', 0.7)).toBe(0);
    expect(fromDevice(of, 'tilt', 0)).toBe(0);
    expect(limitsOf([of!])!.tilt).toEqual({ min: 0, max: 0 });
    const [steps] = readSpaces(xmlOf('AbsolutePanTiltPositionSpace', uris[2]!, [0, 4_000], [7, 7]) as never).absolute.panTilt; // prettier-ignore
    expect(toDevice(steps, 'absolute', 'tilt', 0.7)).toBe(7);
    expect(fromDevice(steps, 'tilt', 7)).toBe(0);
  });
  it('a speed of a head whose slowest is not 0 is its slowest at least', () => {
    const slow = space('http://www.example.com/speed', [1, 7]);
    expect(toDevice(slow, 'speed', 'pan', 0)).toBe(1);
    expect(toDevice(slow, 'speed', 'pan', 1)).toBe(7);
  });
});

describe('a head in degrees and the map', () => {
  it('pan 1 is half a turn, whatever the range: the usual mount needs no figure of it', () => {
    const narrow = space('SphericalPositionSpaceDegrees', [-170, 170], [-90, 20]);
    const limits = limitsOf([narrow])!;
    const aim = aimAtPoint(mountOf({ directionDegrees: 0 }), { bearing: 90, metres: 30 }, null, limits)!;
    expect(toDevice(narrow, 'absolute', 'pan', aim.pan)).toBeCloseTo(90);
    expect(
      aimAtPoint(mountOf({ directionDegrees: 0 }), { bearing: 175, metres: 30 }, null, limits),
    ).toBeNull();
  });
  it('one that counts from 0 reaches what lies to the left', () => {
    const limits = limitsOf([AROUND])!;
    const aim = aimAtPoint(mountOf({ directionDegrees: 0 }), { bearing: 270, metres: 30 }, null, limits)!;
    expect(toDevice(AROUND, 'absolute', 'pan', aim.pan)).toBeCloseTo(270);
  });
  it('marks that it was shown give its mount back', () => {
    const hung = mountOf({ mount: { panZeroDegrees: 40, clockwise: false } });
    const marks = [10, 130, 250].map((bearing) => {
      const aim = aimAtPoint(hung, { bearing, metres: 20 }, null, limitsOf([AROUND]))!;
      const told = toDevice(AROUND, 'absolute', 'pan', aim.pan);
      return { pan: fromDevice(AROUND, 'pan', told), tilt: aim.tilt, bearing, metres: 20 };
    });
    const { mount, errorDegrees } = calibrate(mountOf({}), marks);
    expect(mount.panZeroDegrees).toBeCloseTo(40);
    expect(mount.clockwise).toBe(false);
    expect(errorDegrees).toBeLessThan(0.5);
  });
});
