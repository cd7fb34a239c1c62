import { lamp, spot } from '../light.mjs';
import { asphalt, facade, glowing, grass, grey, plain, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { between, smooth, walk } from '../motion.mjs';
import { clothes, gait, person, standing } from '../people.mjs';
import { block, box, cylinder, ground, leaves } from '../shapes.mjs';
import { barrierArm, car, carLamps, truck } from '../vehicles.mjs';

/** East gate: the vehicle lanes at night under yellow lamps. */

const WARM = [1, 0.78, 0.5];
const times = (colour, k) => colour.map((v) => v * k);
const KERB = worn(0.4, 0.4, 0.4, { size: 0.6 });

/** Road along z, the park at -z. The lane in (x from 0 to 3.5) and the lane out (-4.5 to -1). */
const LANE_IN = 1.75;
const LANE_OUT = -2.75;
const ARM_Z = -4;

const roadPaint = (x, z) => {
  const edge = Math.min(Math.abs(x - 3.6), Math.abs(x + 4.6)) < 0.07;
  const stop = z > ARM_Z + 1.2 && z < ARM_Z + 1.55 && x > 0.1 && x < 3.5;
  const stopOut = z < ARM_Z - 1.2 && z > ARM_Z - 1.55 && x > -4.5 && x < -1.1;
  const dashes = Math.abs(x + 0.5) < 0.06 && z > 3 && ((z % 4) + 4) % 4 < 2.2;
  return edge || stop || stopOut || dashes ? 1 : 0;
};

function gateSolids() {
  const booth = worn(0.5, 0.5, 0.5, { size: 0.5, amount: 0.1 });
  const glass = plain(0.06, 0.07, 0.08, { gloss: 0.5, emit: [0.2, 0.16, 0.09] });
  const solids = [
    ground(grass(0.05, 0.075, 0.03)),
    block(asphalt(0.11, { paint: roadPaint, gloss: 0.05 }), -4.8, -0.2, 30, 3.8, 0.01, -80),
    block(KERB, -1.0, 0, 3, 0.0, 0.16, -9),
    block(KERB, 3.8, 0, 30, 6.4, 0.14, -80),
    block(KERB, -7.5, 0, 30, -4.8, 0.14, -80),
    // booth on the island
    block(booth, -0.95, 0.16, -5.3, -0.05, 1.1, -7.3),
    block(glass, -0.92, 1.1, -5.33, -0.08, 2.1, -7.27),
    block(booth, -1.1, 2.1, -5.1, 0.1, 2.35, -7.5),
    // canopy
    block(worn(0.33, 0.35, 0.37, { size: 2 }), -5.6, 4.6, -2.6, 5.0, 5.1, -9),
    ...[-5.2, 4.4].map((x) => cylinder(grey(0.35), [x, 0, -6], [x, 4.6, -6], 0.16)),
    ...[LANE_IN, LANE_OUT].map((x) => box(glowing(2.2, 1.9, 1.4), [x, 4.57, -5.2], [1.4, 0.06, 0.2])),
    // barrier housings, number plate cameras
    box(plain(0.5, 0.3, 0.04), [-0.2, 0.6, ARM_Z], [0.34, 1.1, 0.3]),
    box(plain(0.5, 0.3, 0.04), [-0.85, 0.6, ARM_Z - 0.5], [0.34, 1.1, 0.3]),
    cylinder(grey(0.2), [3.95, 0, -3], [3.95, 1.5, -3], 0.06),
    box(grey(0.6), [3.95, 1.5, -2.9], [0.16, 0.16, 0.4]),
    // wall, sign, trees and the park behind
    ...[-1, 1].map((side) =>
      block(
        worn(0.36, 0.34, 0.3, { size: 1.5 }),
        side > 0 ? 6.4 : -20,
        0,
        -5.6,
        side > 0 ? 26 : -7.5,
        2.6,
        -6,
      ),
    ),
    block(plain(0.35, 0.04, 0.03, { gloss: 0.1 }), 7.2, 1.0, -5.4, 12.5, 1.9, -5.58),
    block(
      facade([0.2, 0.2, 0.21], { litShare: 0.14, seed: 3, litColour: times(WARM, 0.55) }),
      9,
      0,
      -38,
      26,
      15,
      -52,
    ),
    block(
      facade([0.17, 0.18, 0.19], { litShare: 0.1, seed: 8, litColour: [0.4, 0.44, 0.5] }),
      -30,
      0,
      -46,
      -12,
      18,
      -60,
    ),
    ...[-14, -27, -42].map((z) => cylinder(grey(0.22), [5.4, 0, z], [5.4, 6, z], 0.07)),
    ...[-14, -27, -42].map((z) => box(glowing(2.4, 1.7, 0.9), [4.9, 6, z], [0.8, 0.08, 0.22])),
  ];
  for (let i = 0; i < 9; i += 1) {
    const z = -10 - i * 7;
    const x = -8.8 - hash(i, 2) * 1.5;
    solids.push(cylinder(plain(0.09, 0.07, 0.05), [x, 0, z], [x, 3, z], 0.12));
    for (let k = 0; k < 4; k += 1) solids.push(leaves(plain(0.05, 0.085, 0.035), [x + Math.cos(k * 1.6) * 0.8, 3.6 + 0.5 * hash(i, k), z + Math.sin(k * 1.6) * 0.8], [1.2, 1.0, 1.2], { leaf: 0.12, seed: i + k })); // prettier-ignore
  }
  return solids;
}

const gateLights = [
  lamp([LANE_IN, 4.4, -5.2], times(WARM, 7), { casts: true }),
  lamp([LANE_OUT, 4.4, -5.2], times(WARM, 7), { casts: true }),
  lamp([4.8, 5.8, -14], times(WARM, 10)),
  lamp([4.8, 5.8, -27], times(WARM, 12)),
  lamp([4.8, 5.8, -42], times(WARM, 12)),
  lamp([5.5, 6.5, 6], times(WARM, 14), { casts: true }),
];

/** A vehicle that comes, waits for its arm and goes on: [arrive, wait until, gone]. */
function visit({ start, stop, go, end, x, inward, make, look }) {
  const from = inward ? 16 : -62;
  const hold = inward ? ARM_Z + 4.6 : ARM_Z - 5.2;
  const to = inward ? -75 : 18;
  return (t) => {
    if (t < start || t > end) return undefined;
    const slowing = smooth(start, stop, t);
    const z =
      t < go
        ? between(from, hold, Math.min(1, 1.35 * slowing - 0.35 * slowing * slowing))
        : between(hold, to, ((t - go) / (end - go)) ** 1.6);
    const braking = t > start + (stop - start) * 0.5 && t < go ? 1 : 0;
    return {
      solids: make({ x, z, heading: inward ? Math.PI : 0, lit: 1, brake: braking, ...look }),
      x,
      z,
      heading: inward ? Math.PI : 0,
      braking,
    };
  };
}

const VISITS = [
  visit({
    start: 3,
    stop: 8,
    go: 11.5,
    end: 19,
    x: LANE_IN,
    inward: true,
    make: car,
    look: { paint: plain(0.45, 0.46, 0.48, { gloss: 0.5 }) },
  }),
  visit({
    start: 21,
    stop: 29,
    go: 32,
    end: 36.5,
    x: LANE_OUT,
    inward: false,
    make: car,
    look: { paint: plain(0.06, 0.09, 0.18, { gloss: 0.5 }) },
  }),
  visit({ start: 38, stop: 44, go: 48, end: 57.5, x: LANE_IN, inward: true, make: truck, look: {} }),
];
/** Arms: opened and closed around each passing. */
const armIn = (t) =>
  Math.max(smooth(10, 11.5, t) - smooth(14.5, 16, t), smooth(46.4, 48, t) - smooth(52, 53.5, t));
const armOut = (t) => smooth(30.4, 32, t) - smooth(34.5, 36, t);

function headlights(vehicle) {
  const lamps = carLamps(vehicle);
  const facing = vehicle.heading === 0;
  const glows = facing
    ? lamps.front.map((at) => ({ at, r: 0.32, colour: [1.5, 1.4, 1.2] }))
    : lamps.back.map((at) => ({ at, r: 0.26, colour: [0.5 + 0.5 * vehicle.braking, 0.03, 0.02] }));
  return {
    glows,
    beams: [
      {
        light: spot(lamps.nose, lamps.ahead, [34, 32, 28], { inner: 8, outer: 24 }),
        centre: lamps.ahead,
        reach: 8,
      },
    ],
  };
}

/** E-01: vehicle lanes. */
export function gateLane() {
  const guard = walk([
    [0, 5.1, -2.4],
    [9, 5.1, -2.4],
    [11, 5.0, -1.2],
    [40, 5.0, -1.2],
    [42, 4.6, -0.6],
    [60, 4.6, -0.6],
  ]);
  return {
    camera: { eye: [4.6, 4.6, 6.5], look: [-0.2, 0.9, -7], fov: 82, k: 0.12 },
    solids: gateSolids(),
    sky: (_x, y) => [
      0.012 + 0.05 * Math.max(0, 0.2 - y),
      0.013 + 0.04 * Math.max(0, 0.2 - y),
      0.022 + 0.04 * Math.max(0, 0.2 - y),
    ],
    ambient: { sky: [0.05, 0.05, 0.062], ground: [0.02, 0.018, 0.015] },
    lights: gateLights,
    haze: { colour: [0.03, 0.026, 0.024], density: 0.006 },
    film: { exposure: 1.9, vignette: 0.35 },
    moment: (t) => {
      const here = VISITS.map((at) => at(t)).filter(Boolean);
      const lamps = here.map(headlights);
      const at = guard(t);
      const wave = here.some((v) => v.braking) ? 1.1 : 0.1;
      const body = person({
        ...at,
        heading: -Math.PI / 2,
        wear: clothes.guard,
        pose:
          at.speed > 0.1 ? gait(at.distance) : { ...standing(), armRight: { shoulder: wave, elbow: 0.7 } },
      });
      return {
        actors: [
          ...here.map((v) => v.solids),
          body,
          [...barrierArm({ x: -0.15, z: ARM_Z, open: armIn(t) })],
          [...barrierArm({ x: -0.95, z: ARM_Z - 0.5, open: armOut(t), flip: true })],
        ],
        glows: lamps.flatMap((l) => l.glows),
        beams: lamps.flatMap((l) => l.beams),
      };
    },
  };
}
