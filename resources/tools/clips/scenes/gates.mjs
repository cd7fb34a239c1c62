import { lamp, spot } from '../light.mjs';
import { asphalt, facade, glowing, grass, grey, plain, tiles, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { between, smooth, walk } from '../motion.mjs';
import { clothes, gait, person, standing } from '../people.mjs';
import { block, box, cylinder, ground, leaves } from '../shapes.mjs';
import { barrierArm, car, carLamps, truck } from '../vehicles.mjs';

/** East gate: vehicle lanes at night under yellow lamps, and the pedestrian turnstiles beside them. */

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

/* ---- pedestrian turnstiles, seen from inside ---- */

const TURNSTILES = [-2.2, -0.75, 0.7, 2.15];
const PASS_Z = -5;

function hallSolids() {
  const steel = plain(0.42, 0.43, 0.45, { gloss: 0.35, mirror: 0.03 });
  const solids = [
    ground(tiles(0.24, 0.23, 0.21, { size: 0.6, vary: 0.14, mirror: 0.06 })),
    block(worn(0.5, 0.49, 0.46, { size: 2, amount: 0.12 }), -7, 0, -9, -3.2, 3.6, -9.3),
    block(worn(0.5, 0.49, 0.46, { size: 2, amount: 0.12 }), 3.2, 0, -9, 9, 3.6, -9.3),
    block(worn(0.46, 0.45, 0.43, { size: 2, amount: 0.12 }), -3.2, 2.9, -9, 3.2, 3.6, -9.3),
    block(worn(0.46, 0.45, 0.42, { size: 2, amount: 0.12 }), -4.6, 0, 6, -4.4, 3.6, -9),
    block(grey(0.55), -7, 3.6, 6, 9, 3.75, -9.3),
    // guard desk and screen on the right
    block(worn(0.3, 0.22, 0.14, { size: 0.6 }), 4.0, 0, -3.2, 5.6, 1.05, -6.4),
    block(grey(0.1), 4.5, 1.05, -4.6, 4.6, 1.5, -5.3),
    block(grey(0.5), 7, 0, 6, 7.2, 3.6, -9),
    // outside: paving and the far side of the street
    block(asphalt(0.13), -30, 0, -9.3, 30, 0.012, -40),
    block(
      facade([0.3, 0.28, 0.26], { litShare: 0.25, seed: 21, litColour: [0.5, 0.42, 0.3] }),
      -30,
      0,
      -32,
      30,
      16,
      -40,
    ),
    ...[-2.4, 0, 2.4].map((x) => box(glowing(2.4, 2.4, 2.3), [x, 3.58, -4], [0.3, 0.06, 5])),
  ];
  for (const x of [...TURNSTILES.map((v) => v - 0.72), TURNSTILES[3] + 0.72]) {
    solids.push(box(steel, [x, 0.5, PASS_Z], [0.26, 1.0, 1.5]));
    solids.push(box(plain(0.03, 0.03, 0.035, { gloss: 0.5 }), [x, 1.02, PASS_Z], [0.2, 0.05, 1.4]));
    solids.push(box(glowing(0.05, 0.7, 0.2), [x, 1.05, PASS_Z + 0.5], [0.1, 0.02, 0.1]));
    solids.push(cylinder(grey(0.12), [x, 1.0, PASS_Z - 0.45], [x, 1.35, PASS_Z - 0.4], 0.02));
    solids.push(
      box(plain(0.05, 0.09, 0.14, { emit: [0.05, 0.1, 0.16] }), [x, 1.4, PASS_Z - 0.4], [0.12, 0.2, 0.03]),
    );
  }
  return solids;
}

/** Glass wings of one passage; `open` 0..1 turns them aside. */
const wings = (x, open) =>
  [-1, 1].map((side) => box(plain(0.35, 0.45, 0.5, { gloss: 0.5 }), [x + side * (0.58 - 0.27 * (1 - open)), 0.75, PASS_Z], [0.54 * (1 - open) + 0.04, 0.6, 0.03])); // prettier-ignore

const WEARS = [
  clothes.office,
  clothes.suit,
  clothes.blue,
  clothes.red,
  clothes.office,
  clothes.suit,
  clothes.worker,
];
const IN = (start, lane, exitX, seed) => ({ lane, seed, passes: start + 7.2, at: walk([[start, TURNSTILES[lane] + (seed - 3) * 0.5, -19], [start + 6, TURNSTILES[lane], -6.6], [start + 6.9, TURNSTILES[lane], -6.3], [start + 8.6, TURNSTILES[lane], -3.6], [start + 14, exitX, 5]]) }); // prettier-ignore
const OUT = (start, lane, fromX, seed) => ({ lane, seed, passes: start + 6.2, at: walk([[start, fromX, 5], [start + 5, TURNSTILES[lane], -3.4], [start + 5.9, TURNSTILES[lane], -3.7], [start + 7.6, TURNSTILES[lane], -6.5], [start + 14, fromX * 1.5, -20]]) }); // prettier-ignore

function turnstileScene(walkers, more = () => ({})) {
  return {
    camera: { eye: [0.4, 3.25, 1.6], look: [0.3, 0.75, -6], fov: 84, k: 0.13 },
    mirrorFloor: true,
    solids: hallSolids(),
    sky: (_x, y) => [0.1 + 0.1 * y, 0.11 + 0.1 * y, 0.14 + 0.1 * y],
    ambient: { sky: [0.3, 0.3, 0.31], ground: [0.16, 0.155, 0.145] },
    lights: [
      lamp([-2.4, 3.4, -4], [1.7, 1.7, 1.62], { soft: 0.6, casts: true }),
      lamp([2.4, 3.4, -4], [1.7, 1.7, 1.62], { soft: 0.6, casts: true }),
      lamp([0, 3.3, 0.5], [1.5, 1.5, 1.45], { soft: 0.6 }),
      lamp([0, 5, -16], [9, 8, 6]),
    ],
    film: { exposure: 1.05, vignette: 0.3 },
    moment: (t) => {
      const people = walkers.map((w) => {
        const at = w.at(t);
        return at
          ? person({
              ...at,
              wear: WEARS[w.seed % WEARS.length],
              tall: 0.94 + 0.03 * (w.seed % 4),
              pose:
                at.speed > 0.1
                  ? gait(at.distance)
                  : { ...standing(), armRight: { shoulder: 0.9, elbow: 0.7 } },
            })
          : [];
      });
      const open = (lane) =>
        Math.max(
          0,
          ...walkers
            .filter((w) => w.lane === lane)
            .map(
              (w) =>
                smooth(w.passes - 0.5, w.passes, t) -
                smooth(w.passes + (w.hold ?? 1.3), w.passes + (w.hold ?? 1.3) + 0.5, t),
            ),
        );
      const extra = more(t);
      return {
        actors: [...people, ...TURNSTILES.map((x, lane) => wings(x, open(lane))), ...(extra.actors ?? [])],
        glows: extra.glows ?? [],
      };
    },
  };
}

/** E-02 at rest: people come and go through the turnstiles. */
export const turnstiles = () => turnstileScene([IN(0, 1, -1.5, 0), OUT(7, 2, 2.2, 1), IN(14, 0, -2, 2), IN(18.5, 1, 0.5, 3), OUT(27, 3, 2.8, 4), IN(34, 2, 1.4, 5), IN(37, 0, -3, 6), OUT(44.5, 1, -1.5, 0)]); // prettier-ignore

/** E-02 in the tailgating scenario: one opens, a second in dark clothes slips through close behind. */
export const turnstilesTailgating = () => {
  const first = IN(6, 2, 1.2, 0);
  first.hold = 2.2;
  const x = TURNSTILES[2];
  const second = {
    lane: 9,
    seed: 1,
    passes: 99,
    at: walk([
      [7.4, x + 0.5, -19],
      [13.2, x + 0.05, -7.5],
      [14.4, x, -6.2],
      [15.4, x, -3.8],
      [20.5, 3.4, 5],
    ]),
  };
  const third = IN(30, 1, -1, 2);
  third.hold = 2.4;
  const y = TURNSTILES[1];
  const fourth = {
    lane: 9,
    seed: 5,
    passes: 99,
    at: walk([
      [31.2, y - 0.4, -19],
      [37.1, y, -7.4],
      [38.5, y, -6.1],
      [39.5, y, -3.7],
      [45, 1.6, 5],
    ]),
  };
  const red = (t) => (t > 14.4 && t < 22) || (t > 38.4 && t < 46);
  return turnstileScene([first, second, third, fourth, OUT(47, 0, -2, 4)], (t) => ({
    glows:
      red(t) && Math.floor(t * 3) % 2 === 0
        ? [x - 0.72, x + 0.72].map((at) => ({
            at: [at, 1.1, PASS_Z + 0.5],
            r: 0.22,
            colour: [2.4, 0.1, 0.05],
          }))
        : [],
  }));
};
