import { lamp } from '../light.mjs';
import { glowing, grey, plain, tiles, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { smooth, walk } from '../motion.mjs';
import { clothes, gait, person, somebody, standing } from '../people.mjs';
import { block, box, cylinder, ground } from '../shapes.mjs';
import { plant } from '../things.mjs';

/** Corridors: in front of the classified-documents room, and an office floor, with and without fire. */

function corridorSolids({ wall, doors, length = 26, floor, lampColour = [2, 2, 1.9] }) {
  const solids = [
    ground(floor),
    block(wall, -1.5, 0, 4, -1.3, 2.7, -length),
    block(wall, 1.3, 0, 4, 1.5, 2.7, -length),
    block(worn(0.6, 0.6, 0.58, { size: 2, amount: 0.06 }), -1.5, 2.7, 4, 1.5, 2.8, -length),
    block(wall, -1.5, 0, -length, 1.5, 2.7, -length - 0.2),
    box(glowing(0.02, 0.55, 0.2), [0, 2.35, -length + 0.05], [0.5, 0.2, 0.05]),
    box(plain(0.25, 0.27, 0.3, { gloss: 0.3 }), [0, 1.05, -length + 0.05], [1.6, 2.1, 0.06]),
    box(plain(0.04, 0.05, 0.06), [0.4, 1.4, -length + 0.09], [0.3, 0.5, 0.02]),
  ];
  for (const side of [-1, 1]) {
    solids.push(block(grey(0.2), side * 1.3, 0, 4, side * 1.28, 0.12, -length));
    for (const z of doors[side < 0 ? 'left' : 'right']) {
      const material = worn(0.3, 0.2, 0.11, { size: 0.5, amount: 0.2 });
      solids.push(box(grey(0.32), [side * 1.29, 1.08, z], [0.06, 2.2, 1.12]));
      solids.push(box(material, [side * 1.27, 1.04, z], [0.06, 2.08, 0.96]));
      solids.push(
        box(plain(0.5, 0.5, 0.5, { gloss: 0.6 }), [side * 1.22, 1.0, z + 0.36], [0.06, 0.04, 0.14]),
      );
      solids.push(
        box(
          plain(0.04, 0.06, 0.08, { emit: [0.02, 0.12, 0.05] }),
          [side * 1.29, 1.25, z + 0.75],
          [0.04, 0.14, 0.09],
        ),
      );
    }
  }
  for (let z = -1; z > -length; z -= 4)
    solids.push(box(glowing(...lampColour), [0, 2.69, z], [0.9, 0.03, 0.5]));
  return solids;
}

/** B2-07: the corridor in front of the classified-documents room, late. */
export function secureCorridor() {
  const guard = walk([
    [6, 0.3, 3.6],
    [17, 0.2, -11],
    [20, 0.8, -12],
    [25, 0.8, -12.02],
    [39, -0.3, 3.6],
  ]);
  const clerk = walk([
    [44, 0.9, -17.6],
    [46, 0.2, -17],
    [58.5, -0.2, 3.2],
  ]);
  const solids = [
    ...corridorSolids({
      wall: worn(0.52, 0.52, 0.5, { size: 3, amount: 0.06 }),
      doors: { left: [-3, -9, -15, -21], right: [-5.5, -17.6] },
      floor: tiles(0.2, 0.2, 0.2, { size: 0.6, vary: 0.1, mirror: 0.07, gloss: 0.1 }),
    }),
    box(plain(0.16, 0.17, 0.19, { gloss: 0.25 }), [1.26, 1.1, -12], [0.08, 2.2, 1.5]),
    box(plain(0.05, 0.05, 0.06), [1.2, 1.1, -12], [0.06, 2.1, 0.04]),
    box(glowing(0.8, 0.08, 0.05), [1.24, 2.42, -12], [0.06, 0.14, 0.5]),
    box(plain(0.5, 0.04, 0.03), [-1.25, 0.9, -6], [0.12, 0.6, 0.4]),
  ];
  return {
    camera: { eye: [-0.45, 2.45, 2.6], look: [0.05, 0.85, -8], fov: 72, k: 0.12 },
    mirrorFloor: true,
    solids,
    sky: () => [0, 0, 0],
    ambient: { sky: [0.16, 0.16, 0.165], ground: [0.1, 0.1, 0.1] },
    lights: [-1, -5, -9, -13, -17, -21].map((z, i) =>
      lamp([0, 2.55, z], [0.62, 0.62, 0.58], { soft: 0.4, casts: i > 0 && i < 4 }),
    ),
    film: { exposure: 1.5, vignette: 0.35 },
    moment: (t) => ({ actors: [somebody(guard(t), clothes.guard), somebody(clerk(t), clothes.suit)] }),
  };
}

function officeFloor(moment, { dark = 1 } = {}) {
  const solids = [
    ...corridorSolids({
      wall: worn(0.55, 0.52, 0.45, { size: 2.5, amount: 0.08 }),
      doors: { left: [-4, -8, -16, -20], right: [-3, -7, -14, -19] },
      floor: tiles(0.3, 0.26, 0.21, { size: 0.8, vary: 0.08, mirror: 0.05 }),
      lampColour: [1.8 * dark, 1.75 * dark, 1.6 * dark],
    }),
    // copier, water dispenser, notice board, hydrant cabinet, detectors
    box(worn(0.5, 0.5, 0.5, { size: 0.5, amount: 0.1 }), [-0.98, 0.55, -11.2], [0.6, 1.1, 0.8]),
    box(plain(0.2, 0.4, 0.55), [0.98, 1.15, -10.4], [0.34, 0.4, 0.34]),
    box(grey(0.6), [0.98, 0.48, -10.4], [0.36, 0.95, 0.36]),
    box(worn(0.12, 0.2, 0.3, { size: 0.3 }), [1.28, 1.5, -5], [0.04, 0.8, 1.3]),
    box(plain(0.45, 0.04, 0.03, { gloss: 0.2 }), [-1.26, 0.75, -6], [0.14, 0.8, 0.65]),
    ...[-3, -9, -15].map((z) => cylinder(grey(0.6), [0.45, 2.62, z], [0.45, 2.7, z], 0.07)),
    ...plant(0.98, -12.2, 1.2),
  ];
  return {
    camera: { eye: [-0.5, 2.5, 2.0], look: [0.0, 0.85, -7.5], fov: 76, k: 0.13 },
    mirrorFloor: true,
    solids,
    sky: () => [0, 0, 0],
    ambient: { sky: [0.2, 0.19, 0.175], ground: [0.13, 0.12, 0.11] },
    lights: [-1, -5, -9, -13, -17, -21].map((z, i) =>
      lamp([0, 2.55, z], [0.7, 0.67, 0.6], { soft: 0.4, casts: i < 3 }),
    ),
    film: { exposure: 1.25, vignette: 0.3 },
    moment,
  };
}

/** B3-01: an office corridor on the second floor. */
export function officeCorridor() {
  const walkers = [
    [
      walk([
        [2, -0.9, -8],
        [3.5, -0.2, -7.6],
        [13, 0.1, 3.2],
      ]),
      clothes.office,
    ],
    [
      walk([
        [15, -0.4, 3.2],
        [24, 0.3, -9.4],
        [26, 0.55, -10.2],
        [35, 0.55, -10.25],
        [45, -0.3, 3.2],
      ]),
      clothes.red,
    ],
    [
      walk([
        [29, 0, -25.5],
        [41, -0.2, -16.4],
        [43, -0.9, -16],
      ]),
      clothes.suit,
    ],
    [
      walk([
        [48, 0.9, -7],
        [50, 0.2, -6.4],
        [58, -0.1, 3.2],
      ]),
      clothes.blue,
    ],
  ];
  return officeFloor((t) => ({ actors: walkers.map(([at, wear]) => somebody(at(t), wear)) }));
}

/** B3-01 in the fire scenario: smoke pushes out of a room on the left, people leave bent, the corridor fills. */
export function officeFire() {
  const fleeing = [
    [
      walk([
        [3, -0.9, -8],
        [4, -0.1, -7.4],
        [9.5, 0.1, 3.2],
      ]),
      clothes.office,
    ],
    [
      walk([
        [5, 0.9, -14],
        [6, 0.3, -13.4],
        [14, 0.2, 3.2],
      ]),
      clothes.red,
    ],
    [
      walk([
        [11, 0, -22],
        [20.5, 0.1, 3.2],
      ]),
      clothes.blue,
    ],
    [
      walk([
        [40, 0.2, 3.4],
        [44, 0.1, -2.5],
        [47, 0.1, -2.6],
        [51, 0.1, 3.4],
      ]),
      clothes.guard,
    ],
  ];
  const bent = (at) => ({ ...gait(at.distance, 1.25), lean: 0.45, drop: 0.12 });
  return officeFloor((t) => {
    // thick all the time (the loop has no beginning), breathing slowly
    const puffs = [];
    for (let i = 0; i < 40; i += 1) {
      const age = (t / 15 + i / 40) % 1;
      const out = smooth(0, 0.25, age);
      const z = -12 + (hash(i, 1) - 0.5) * 3 + age * (hash(i, 2) - 0.3) * 17;
      const shade = 0.035 + 0.04 * hash(i, 3);
      puffs.push({ at: [-1.2 + out * (0.7 + hash(i, 4)), 1.2 + 1.05 * smooth(0, 0.4, age), z], r: 0.65 + 1.3 * age, alpha: 0.92 * smooth(0, 0.12, age) * (1 - smooth(0.78, 1, age)), seed: i, colour: [shade, shade, shade] }); // prettier-ignore
    }
    const flicker = 0.75 + 0.25 * Math.sin(t * 2.1) * Math.sin(t * 3.3);
    const puffsFirst = puffs.sort((a, b) => a.at[2] - b.at[2]);
    return {
      actors: fleeing.map(([at, wear]) => {
        const p = at(t);
        return p ? person({ ...p, wear, pose: p.speed > 0.1 ? bent(p) : standing() }) : [];
      }),
      puffs: puffsFirst,
      glows: [{ at: [-0.6, 0.6, -12.6], r: 1.1, colour: [0.8 * flicker, 0.3 * flicker, 0.05] }],
    };
  });
}
