import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turnBetween } from '#domain/plane.ts';
import {
  aimAtPoint,
  angleAt,
  bearingAt,
  calibrate,
  mountOf,
  zoomFor,
  type PtzMount,
} from '#domain/ptz-mount.ts';

const mounts = fc.record<PtzMount>({
  heightMetres: fc.integer({ min: 3, max: 30 }),
  panZeroDegrees: fc.integer({ min: 0, max: 359 }),
  panHalfDegrees: fc.constantFrom(170, 180),
  clockwise: fc.boolean(),
  tiltZeroDegrees: fc.constantFrom(0, -45, 45),
  tiltDegrees: fc.constantFrom(90, -90, 45, -45),
  zoomTimes: fc.constantFrom(1, 4, 30),
});
const targets = fc.record({
  bearing: fc.double({ min: 0, max: 360, noNaN: true }),
  metres: fc.double({ min: 3, max: 200, noNaN: true }),
});
const elevation = (mount: PtzMount, metres: number) =>
  (-Math.atan2(mount.heightMetres - 1.2, metres) * 180) / Math.PI;

describe('turning to a point', () => {
  it('looks where the map says when nobody entered more', () => {
    const mount = mountOf({ directionDegrees: 80 });
    expect(bearingAt(mount, 0)).toBe(80);
    expect(aimAtPoint(mount, { bearing: 80, metres: 40 }, null, null)?.pan).toBeCloseTo(0);
    expect(aimAtPoint(mount, { bearing: 170, metres: 40 }, null, null)?.pan).toBeCloseTo(0.5);
    expect(aimAtPoint(mountOf({ mount: { panZeroDegrees: 10, clockwise: false } }), { bearing: 100, metres: 40 }, null, null)?.pan).toBeCloseTo(-0.5); // prettier-ignore
  });
  it('brings the point into the middle, whatever hangs how', () => {
    fc.assert(
      fc.property(mounts, targets, (mount, target) => {
        const aim = aimAtPoint(mount, target, 60, null);
        if (!aim) return;
        expect(Math.abs(aim.pan)).toBeLessThanOrEqual(1.000001);
        expect(Math.abs(aim.tilt)).toBeLessThanOrEqual(1);
        expect(Math.abs(turnBetween(bearingAt(mount, aim.pan), target.bearing))).toBeLessThan(1e-6);
        const there = mount.tiltZeroDegrees + aim.tilt * mount.tiltDegrees;
        expect(Math.abs(there - elevation(mount, target.metres))).toBeLessThanOrEqual(15);
      }),
    );
  });
  it('says when it does not turn that far', () => {
    const mount = mountOf({ mount: { panHalfDegrees: 90 } });
    expect(aimAtPoint(mount, { bearing: 180, metres: 40 }, null, null)).toBeNull();
    const limits = { pan: { min: -1, max: 1 }, tilt: { min: 0, max: 1 } };
    expect(
      aimAtPoint(mountOf({ mount: { heightMetres: 40 } }), { bearing: 0, metres: 5 }, null, limits),
    ).toBeNull();
  });
  it('goes nearer for what is far', () => {
    const mount = mountOf({ mount: { zoomTimes: 10 } });
    const zoom = (metres: number) => aimAtPoint(mount, { bearing: 0, metres }, 60, null)!.zoom!;
    expect(zoom(10)).toBe(0);
    expect(zoom(100)).toBeGreaterThan(zoom(50));
    expect(angleAt(mount, 60, 1)).toBe(6);
    expect(zoomFor(mount, 5.5)).toBeCloseTo(0.5);
    expect(zoomFor({ zoomTimes: 1 }, 5)).toBe(0);
  });
});

describe('learning how a camera hangs', () => {
  it('finds it again from two marks, near what the camera says of itself', () => {
    fc.assert(
      fc.property(mounts, targets, targets, fc.integer({ min: 20, max: 150 }), (truth, a, other, apart) => {
        const b = { ...other, bearing: (a.bearing + apart) % 360 };
        const marks = [a, b].flatMap((target) => {
          const aim = aimAtPoint(truth, target, null, {
            pan: { min: -2, max: 2 },
            tilt: { min: -9, max: 9 },
          });
          return aim ? [{ ...target, ...aim }] : [];
        });
        fc.pre(marks.length === 2);
        const start = { ...truth, panZeroDegrees: 0, clockwise: true, tiltZeroDegrees: 0 };
        const found = calibrate(start, marks);
        expect(found.errorDegrees).toBeLessThan(0.001);
        for (const mark of marks)
          expect(Math.abs(turnBetween(bearingAt(found.mount, mark.pan), mark.bearing))).toBeLessThan(0.001);
        expect(found.mount.clockwise).toBe(truth.clockwise);
      }),
    );
  });
  it('takes the steepness of tilt from marks that differ in height', () => {
    const truth = mountOf({ mount: { heightMetres: 12, tiltDegrees: 45, tiltZeroDegrees: -45 } });
    const marks = [8, 60].map((metres, n) => ({ metres, bearing: n * 40, pan: (n * 40) / 180, tilt: (elevation(truth, metres) + 45) / 45 })); // prettier-ignore
    const { mount } = calibrate(mountOf({ mount: { heightMetres: 12 } }), marks);
    expect(mount.tiltDegrees).toBeCloseTo(45);
    expect(mount.tiltZeroDegrees).toBeCloseTo(-45);
  });
  it('says how well it fits', () => {
    const marks = [
      { pan: 0, tilt: 0, bearing: 0, metres: 20 },
      { pan: 0.5, tilt: 0, bearing: 60, metres: 20 },
    ];
    expect(calibrate(mountOf({}), marks).errorDegrees).toBeGreaterThan(10);
  });
});
