/** How a PTZ camera hangs: from its own numbers (ONVIF generic spaces, -1..1) to bearings of the map and back. */
import { radians, turnBetween } from './plane.ts';

export interface PtzMount {
  /** Of the lens above the ground. */
  heightMetres: number;
  /** Bearing at pan 0, degrees clockwise from north. */
  panZeroDegrees: number;
  /** What pan 1 is from pan 0; the generic space of most domes is half a turn each way. */
  panHalfDegrees: number;
  /** Seen from above, a growing pan turns clockwise; a camera standing upright on a mast may turn the other way. */
  clockwise: boolean;
  /** Elevation at tilt 0, degrees above the horizon, and what one unit of tilt adds. */
  tiltZeroDegrees: number;
  tiltDegrees: number;
  /** Optical zoom at position 1. */
  zoomTimes: number;
}
/** Read from vendors' data sheets: domes of 20 to 40 times; a wrong guess only changes how near it goes. */
const USUAL: PtzMount = {
  heightMetres: 6,
  panZeroDegrees: 0,
  panHalfDegrees: 180,
  clockwise: true,
  tiltZeroDegrees: 0,
  tiltDegrees: 90,
  zoomTimes: 20,
};
/** What is known of a camera, and the usual for the rest: at pan 0 it looks where the map says. */
export const mountOf = (camera: {
  directionDegrees?: number | undefined;
  mount?: Partial<PtzMount> | undefined;
}): PtzMount => {
  const known = Object.entries(camera.mount ?? {}).filter(([, value]) => value !== undefined);
  return { ...USUAL, panZeroDegrees: camera.directionDegrees ?? 0, ...Object.fromEntries(known) };
};

/** Lowest and highest that the camera takes; null: as the generic space, -1 to 1. */
export interface PtzLimits {
  pan: { min: number; max: number };
  tilt: { min: number; max: number };
}
const GENERIC: PtzLimits = { pan: { min: -1, max: 1 }, tilt: { min: -1, max: 1 } };
/** About the chest of somebody who stands there. */
const TARGET_METRES = 1.2;
/** What is to be seen around the point, from its middle. */
const AROUND_METRES = 9;

export const bearingAt = (mount: PtzMount, pan: number): number =>
  (((mount.panZeroDegrees + (mount.clockwise ? 1 : -1) * pan * mount.panHalfDegrees) % 360) + 360) % 360;
/** Opening angle at a zoom position 0..1. */
export const angleAt = (mount: PtzMount, wideDegrees: number, zoom: number): number =>
  wideDegrees / zoomAt(mount, zoom);
/** Times of the widest picture at a zoom position. */
export const zoomAt = (mount: Pick<PtzMount, 'zoomTimes'>, zoom: number): number =>
  1 + Math.min(1, Math.max(0, zoom)) * (mount.zoomTimes - 1);
/** The position that shows `times` the widest picture; the nearest there is. */
export const zoomFor = (mount: Pick<PtzMount, 'zoomTimes'>, times: number): number =>
  mount.zoomTimes <= 1 ? 0 : Math.min(1, Math.max(0, (times - 1) / (mount.zoomTimes - 1)));

/**
 * Where a camera has to turn to show a point of the ground, with a little around it.
 * @param target bearing and distance of the point from the camera
 * @returns null when it does not turn that far
 */
export function aimAtPoint(
  mount: PtzMount,
  target: { bearing: number; metres: number },
  wideDegrees: number | null,
  limits: PtzLimits | null,
): { pan: number; tilt: number; zoom?: number } | null {
  const { pan: panLimit, tilt: tiltLimit } = limits ?? GENERIC;
  const turn = (mount.clockwise ? 1 : -1) * turnBetween(mount.panZeroDegrees, target.bearing);
  // the same bearing may be reached the other way round
  const pan = [turn, turn - 360, turn + 360]
    .map((degrees) => degrees / mount.panHalfDegrees)
    .find((value) => value >= panLimit.min - 1e-9 && value <= panLimit.max + 1e-9);
  if (pan === undefined || mount.tiltDegrees === 0) return null;
  const elevation = elevationOf(mount, target.metres);
  const tilt = (elevation - mount.tiltZeroDegrees) / mount.tiltDegrees;
  const nearest = Math.min(tiltLimit.max, Math.max(tiltLimit.min, tilt));
  // half a picture's height off is still seen; more is not
  if (Math.abs(nearest - tilt) * Math.abs(mount.tiltDegrees) > 15) return null;
  if (wideDegrees === null) return { pan, tilt: nearest };
  const metres = Math.hypot(target.metres, mount.heightMetres - TARGET_METRES);
  const wanted = (2 * Math.atan2(AROUND_METRES, metres) * 180) / Math.PI;
  return { pan, tilt: nearest, zoom: zoomFor(mount, wideDegrees / wanted) };
}
const elevationOf = (mount: Pick<PtzMount, 'heightMetres'>, metres: number) =>
  (-Math.atan2(mount.heightMetres - TARGET_METRES, Math.max(0.1, metres)) * 180) / Math.PI;

/** A known point that was brought into the middle of the picture, and where the camera said it was then. */
export interface PtzMark {
  pan: number;
  tilt: number;
  bearing: number;
  metres: number;
}
/** Marks nearer together than this tell nothing of direction or scale. */
const APART_DEGREES = 5;

/**
 * Learns how a camera hangs from points that it was aimed at by hand: pan zero and direction by least squares on the
 * circle, tilt as a line where the marks differ enough in elevation, else its zero alone.
 * @param marks at least one; two that lie well apart tell the direction too
 * @returns the mount and by how much the worst mark is off, in degrees
 */
export function calibrate(
  mount: PtzMount,
  marks: readonly PtzMark[],
): { mount: PtzMount; errorDegrees: number } {
  const fits = [mount.clockwise, !mount.clockwise].map((clockwise) => {
    const zeros = marks.map(
      ({ pan, bearing }) => bearing - (clockwise ? 1 : -1) * pan * mount.panHalfDegrees,
    );
    const [east, north] = [sum(zeros.map((zero) => Math.sin(radians(zero)))), sum(zeros.map((zero) => Math.cos(radians(zero))))]; // prettier-ignore
    const zero = (Math.atan2(east, north) * 180) / Math.PI;
    const errors = zeros.map((one) => Math.abs(turnBetween(one, zero)));
    return { clockwise, zero: (zero + 360) % 360, error: Math.max(...errors) };
  });
  const [same, other] = fits as [(typeof fits)[0], (typeof fits)[0]];
  const spread = Math.max(...marks.map(({ bearing }) => Math.abs(turnBetween(marks[0]!.bearing, bearing))));
  const pan = spread >= APART_DEGREES && other.error + APART_DEGREES / 2 < same.error ? other : same;
  const tilts = marks.map(({ tilt, metres }) => ({ tilt, elevation: elevationOf(mount, metres) }));
  const tilt = fitTilt(mount, tilts);
  const tiltError = Math.max(
    ...tilts.map((one) => Math.abs(one.elevation - (tilt.zero + tilt.per * one.tilt))),
  );
  return {
    mount: { ...mount, panZeroDegrees: pan.zero, clockwise: pan.clockwise, tiltZeroDegrees: tilt.zero, tiltDegrees: tilt.per }, // prettier-ignore
    errorDegrees: Math.max(pan.error, tiltError),
  };
}
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A line through tilt and elevation; its steepness only where it is measured and possible (a turn of 20 to 180 degrees). */
function fitTilt(mount: PtzMount, marks: readonly { tilt: number; elevation: number }[]) {
  const mean = (of: (mark: (typeof marks)[number]) => number) => sum(marks.map(of)) / marks.length;
  const [tilt, elevation] = [mean((one) => one.tilt), mean((one) => one.elevation)];
  const elevations = marks.map((one) => one.elevation);
  const width = sum(marks.map((one) => (one.tilt - tilt) ** 2));
  let per = mount.tiltDegrees;
  if (Math.max(...elevations) - Math.min(...elevations) >= APART_DEGREES && width > 1e-6) {
    const slope = sum(marks.map((one) => (one.tilt - tilt) * (one.elevation - elevation))) / width;
    if (Math.abs(slope) >= 20 && Math.abs(slope) <= 180) per = slope;
  }
  return { zero: Math.min(90, Math.max(-90, elevation - per * tilt)), per };
}
