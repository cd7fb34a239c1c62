import { lamp } from '../light.mjs';
import { asphalt, facade, glowing, grey, plain, tiles, worn } from '../materials.mjs';
import { smooth, walk } from '../motion.mjs';
import { clothes, gait, person, standing } from '../people.mjs';
import { block, box, cylinder, ground } from '../shapes.mjs';

/** East gate: the pedestrian turnstiles, seen from inside. */

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
