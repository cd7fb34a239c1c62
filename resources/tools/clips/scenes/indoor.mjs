import { lamp } from '../light.mjs';
import { glowing, grey, plain, tiles, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { walk } from '../motion.mjs';
import { clothes, gait, person, sitting, somebody, standing } from '../people.mjs';
import { block, box, cylinder, ellipsoid, ground } from '../shapes.mjs';
import { plant } from '../things.mjs';

/** Rooms: lobby, server room, canteen. */

const DAY = (x, y) => [0.75 + 0.5 * y, 0.85 + 0.55 * y, 1 + 0.7 * y + 0 * x];
/** B2-03: the lobby of the administration building by day. */
export function lobby() {
  const stone = tiles(0.42, 0.4, 0.36, {
    size: 1.2,
    joint: 0.006,
    jointShade: 0.75,
    vary: 0.06,
    mirror: 0.1,
    gloss: 0.1,
  });
  const wall = worn(0.6, 0.58, 0.53, { size: 3, amount: 0.08 });
  const wood = worn(0.28, 0.17, 0.09, { size: 0.5, amount: 0.25 });
  const pane = (x) =>
    box(plain(0.1, 0.12, 0.13, { mirror: 0.1, emit: [0.62, 0.7, 0.8] }), [x, 2.2, -15], [2.7, 4.2, 0.05]);
  const solids = [
    ground(stone),
    block(wall, -9, 0, 4, -8.8, 5.2, -15),
    block(wall, 8.8, 0, 4, 9, 5.2, -15),
    block(worn(0.62, 0.61, 0.58, { size: 3, amount: 0.06 }), -9, 5, 4, 9, 5.2, -15),
    block(wall, -9, 4.3, -15, 9, 5, -15.2),
    ...[-7.3, -4.4, -1.5, 1.5, 4.4, 7.3].map(pane),
    ...[-8.8, -5.85, -2.95, 0, 2.95, 5.85, 8.8].map((x) => box(grey(0.2), [x, 2.2, -15], [0.16, 4.4, 0.18])),
    ...[[-5, -3.5], [-5, -10], [5, -3.5], [5, -10]].flatMap(([x, z]) => [box(worn(0.55, 0.53, 0.48, { size: 2, amount: 0.1 }), [x, 2.5, z], [0.8, 5, 0.8]), box(grey(0.2), [x, 0.08, z], [0.9, 0.16, 0.9])]), // prettier-ignore
    // reception
    block(wood, 5.6, 0, -5.2, 6.2, 1.1, -9.2),
    block(plain(0.5, 0.49, 0.46, { gloss: 0.2 }), 5.4, 1.1, -5.1, 6.4, 1.16, -9.3),
    block(worn(0.4, 0.05, 0.04, { size: 1, amount: 0.1 }), 8.7, 1.6, -5, 8.78, 3.2, -9.4),
    box(grey(0.05), [6.1, 1.35, -6.5], [0.05, 0.36, 0.55]),
    box(grey(0.05), [6.1, 1.35, -8.0], [0.05, 0.36, 0.55]),
    // turnstile line, lifts, bench, plants, lamps
    ...[-7.4, -6.2].map((x) => box(plain(0.4, 0.41, 0.42, { gloss: 0.3 }), [x, 0.5, -7.5], [0.25, 1, 1.4])),
    ...[-3.4, -6.4, -9.4].map((z) =>
      box(plain(0.34, 0.33, 0.31, { gloss: 0.5 }), [-8.75, 1.1, z], [0.1, 2.2, 1.3]),
    ),
    block(worn(0.16, 0.16, 0.17), -1.8, 0.2, -12.2, 1.8, 0.46, -13),
    ...plant(-7.8, -13.8, 1.7),
    ...plant(7.8, -13.6, 1.7),
    ...plant(3.0, -13.8, 1.4),
    ...[-2.5, 2.5].flatMap((x) =>
      [-1, -5, -9].map((z) => box(glowing(1.6, 1.55, 1.45), [x, 4.99, z], [1.4, 0.05, 1.4])),
    ),
  ];
  const paths = [
    [
      walk([
        [0, -1.2, -14.6],
        [10, -1.0, -3],
        [13.5, -0.5, 3.6],
      ]),
      clothes.suit,
    ],
    [
      walk([
        [4, 4, 3.6],
        [9, 4.4, -5.4],
        [13, 4.9, -7.2],
        [27, 4.9, -7.2],
        [38, 1.2, -14.8],
      ]),
      clothes.red,
    ],
    [
      walk([
        [16, 1.4, -14.6],
        [26, -2, -7],
        [31, -6.8, -6.5],
        [36, -8, -3.5],
      ]),
      clothes.office,
    ],
    [
      walk([
        [30, -2.6, 3.4],
        [41, -1.6, -9],
        [45, 1.2, -14.7],
      ]),
      clothes.blue,
    ],
    [
      walk([
        [44, 0.8, -14.6],
        [55, 0.4, -2.5],
        [59.8, 1.0, 3.8],
      ]),
      clothes.office,
    ],
  ];
  const reception = person({ x: 6.9, z: -7.3, heading: -Math.PI / 2, wear: clothes.suit });
  return {
    camera: { eye: [-1.5, 4.4, 4.6], look: [0.4, 0.6, -8], fov: 82, k: 0.13 },
    mirrorFloor: true,
    solids: [...solids, ...reception],
    sky: DAY,
    ambient: { sky: [0.42, 0.43, 0.45], ground: [0.26, 0.25, 0.23] },
    lights: [
      lamp([-2.5, 4.8, -3], [4, 3.9, 3.6], { soft: 0.7, casts: true }),
      lamp([2.5, 4.8, -7], [4, 3.9, 3.6], { soft: 0.7, casts: true }),
      lamp([0, 3, -13.6], [5, 5.4, 6], { soft: 0.9 }),
    ],
    film: { exposure: 0.95, vignette: 0.3 },
    moment: (t) => ({ actors: paths.map(([at, wear]) => somebody(at(t), wear)) }),
  };
}

/** B4-02: racks of the server room, with blinking lamps. */
export function serverRoom() {
  const rack = plain(0.028, 0.03, 0.034, { gloss: 0.25 });
  const raised = tiles(0.36, 0.37, 0.38, {
    size: 0.6,
    joint: 0.01,
    jointShade: 0.5,
    vary: 0.06,
    mirror: 0.08,
  });
  const solids = [ground(raised), block(grey(0.45), -6, 3.2, 4, 6, 3.3, -22), block(worn(0.45, 0.46, 0.48, { size: 3, amount: 0.06 }), -6, 0, -18, 6, 3.2, -18.2), block(grey(0.4), -4.6, 0, 4, -4.5, 3.2, -18), block(grey(0.4), 4.5, 0, 4, 4.6, 3.2, -18)]; // prettier-ignore
  const leds = [];
  for (const side of [-1, 1]) {
    for (let i = 0; i < 14; i += 1) {
      const z = -0.5 - i * 0.92;
      solids.push(block(rack, side * 1.15, 0.04, z, side * 2.25, 2.12, z - 0.86));
      for (let u = 0; u < 12; u += 1) {
        const kind = hash(i, u, side + 5);
        const y = 0.25 + u * 0.15;
        const x = side * 1.146;
        if (kind < 0.75)
          solids.push(box(plain(0.07, 0.075, 0.08, { gloss: 0.2 }), [x, y, z - 0.43], [0.012, 0.115, 0.74]));
        if (kind > 0.5) for (let k = 0; k < 2; k += 1) leds.push({ at: [side * 1.13, y + 0.02, z - 0.15 - 0.12 * k - 0.2 * hash(u, i, k)], seed: i * 97 + u * 11 + k * 3 + (side > 0 ? 1 : 0), kind: hash(i, u, k + 20) }); // prettier-ignore
      }
      solids.push(
        box(plain(0.1, 0.11, 0.12, { gloss: 0.4 }), [side * 1.14, 1.08, z - 0.88], [0.03, 2.06, 0.03]),
      );
    }
    solids.push(block(grey(0.25), side * 1.3, 2.5, 4, side * 2.0, 2.6, -18));
  }
  for (let z = -1; z > -17; z -= 3) solids.push(box(glowing(1.9, 2, 2.1), [0, 3.18, z], [0.35, 0.04, 1.5]));
  solids.push(
    box(plain(0.3, 0.31, 0.33, { gloss: 0.3 }), [0, 1.05, -17.95], [1.1, 2.1, 0.08]),
    box(plain(0.5, 0.05, 0.04), [0.85, 1.3, -17.95], [0.2, 0.5, 0.1]),
  );
  const engineer = walk([
    [12, 0.1, -17.4],
    [20, 0.2, -6.5],
    [22, 0.45, -6.2],
    [37, 0.45, -6.22],
    [45, 0, 3.4],
  ]);
  const colours = [[0.05, 1.1, 0.25], [0.05, 1.1, 0.25], [0.15, 0.45, 1.3], [1.2, 0.55, 0.05]]; // prettier-ignore
  return {
    camera: { eye: [0.05, 2.75, 2.4], look: [0, 1.0, -7], fov: 76, k: 0.12 },
    mirrorFloor: true,
    solids,
    sky: () => [0, 0, 0],
    ambient: { sky: [0.13, 0.14, 0.155], ground: [0.08, 0.085, 0.095] },
    lights: [-1, -5, -9, -13].map((z, i) =>
      lamp([0, 3.05, z], [1.1, 1.15, 1.25], { soft: 0.4, casts: i > 0 }),
    ),
    film: { exposure: 1.4, vignette: 0.35 },
    moment: (t) => {
      const at = engineer(t);
      const still = at && at.speed < 0.1;
      const pose = {
        ...standing(),
        armRight: { shoulder: 0.9 + 0.1 * Math.sin(t * 2), elbow: 0.9 },
        armLeft: { shoulder: 0.6, elbow: 1.1 },
      };
      return {
        actors: [
          at
            ? person({
                ...at,
                heading: still ? Math.PI / 2 : at.heading,
                wear: clothes.blue,
                pose: still ? pose : gait(at.distance),
              })
            : [],
        ],
        glows: leds
          .filter((led) => led.kind < 0.35 || hash(Math.floor(t * (1 + (led.seed % 4))), led.seed) > 0.45)
          .map((led) => ({ at: led.at, r: 0.018, colour: colours[led.seed % 4] })),
      };
    },
  };
}

/** C-01: the canteen at lunch. */
export function canteen() {
  const floor = tiles(0.45, 0.43, 0.38, { size: 0.6, vary: 0.08, mirror: 0.05 });
  const solids = [
    ground(floor),
    block(worn(0.6, 0.56, 0.47, { size: 3, amount: 0.06 }), -10, 0, -16, 10, 3.4, -16.2),
    block(worn(0.55, 0.53, 0.47, { size: 3, amount: 0.06 }), -8.2, 0, 6, -8, 3.4, -16),
    block(grey(0.55), -10, 3.4, 6, 10, 3.5, -16.2),
    ...[-2, -6.5, -11].map((z) =>
      box(plain(0.1, 0.12, 0.13, { emit: [0.75, 0.82, 0.9] }), [-7.98, 1.9, z], [0.06, 1.7, 3.4]),
    ),
    // serving counter with steel and warm lamps
    block(plain(0.4, 0.4, 0.41, { gloss: 0.4 }), -5, 0, -13.2, 7.5, 1.0, -14.2),
    block(plain(0.3, 0.3, 0.31, { gloss: 0.4 }), -5, 1.45, -13.3, 7.5, 1.48, -13.9),
    ...[-4, -2, 0, 2, 4, 6].map((x) => box(glowing(1.7, 1.1, 0.5), [x, 2.35, -13.7], [0.5, 0.1, 0.3])),
    ...[-4, -2, 0, 2, 4, 6].map((x) =>
      box(plain(0.3 + 0.2 * hash(x, 1), 0.2, 0.08), [x, 1.03, -13.7], [1.4, 0.05, 0.6]),
    ),
    block(plain(0.4, 0.05, 0.04), -5, 2.6, -15.95, 7.5, 3.1, -15.99),
    block(worn(0.5, 0.48, 0.42, { size: 3, amount: 0.06 }), 8, 0, 6, 8.2, 3.4, -16),
    ...[-4, 0, 4].flatMap((x) =>
      [0, -5, -10].map((z) => box(glowing(1.6, 1.55, 1.4), [x, 3.39, z], [1.2, 0.04, 1.2])),
    ),
  ];
  const seats = [];
  for (const x of [-5.6, -2.2, 1.2, 4.6]) {
    for (const z of [-1.5, -4.7, -7.9]) {
      solids.push(box(worn(0.5, 0.42, 0.3, { size: 0.8, amount: 0.1 }), [x, 0.74, z], [1.9, 0.05, 0.8]));
      solids.push(
        cylinder(grey(0.3), [x - 0.7, 0, z], [x - 0.7, 0.74, z], 0.04),
        cylinder(grey(0.3), [x + 0.7, 0, z], [x + 0.7, 0.74, z], 0.04),
      );
      for (const [dx, dz] of [
        [-0.5, 0.72],
        [0.5, 0.72],
        [-0.5, -0.72],
        [0.5, -0.72],
      ]) {
        // prettier-ignore
        solids.push(box(plain(0.12, 0.24, 0.36), [x + dx, 0.45, z + dz], [0.42, 0.05, 0.4]));
        solids.push(box(plain(0.12, 0.24, 0.36), [x + dx, 0.72, z + dz * 1.27], [0.42, 0.36, 0.04]));
        solids.push(cylinder(grey(0.3), [x + dx, 0, z + dz], [x + dx, 0.45, z + dz], 0.03));
        seats.push([x + dx, z + dz, dz]);
      }
    }
  }
  const wears = [clothes.office, clothes.red, clothes.blue, clothes.worker, clothes.suit];
  seats.forEach(([x, z, dz], i) => {
    if (hash(i, 77) > 0.42) return;
    solids.push(...person({ x, z, heading: dz > 0 ? Math.PI : 0, wear: wears[i % 5], pose: sitting(0.6) }));
    solids.push(ellipsoid(plain(0.7, 0.7, 0.68), [x, 0.79, z - dz * 0.45], [0.13, 0.04, 0.13]));
  });
  const queue = [0, 1, 2, 3].map((i) =>
    walk([
      [i * 7, -7.2, 3 - i],
      [9 + i * 7, -4 + i * 0.8, -12.4],
      [14 + i * 7, -1.5 + i * 0.6, -12.45],
      [18 + i * 7, 1.5, -12.3],
      [27 + i * 8, 3 + i * 0.8, -3 + i],
      [32 + i * 8, 6.9, 4.6],
    ]),
  );
  const cooks = [-2.5, 1.2, 5].map((x) => ({ x, at: (t) => person({ x: x + 0.4 * Math.sin(t * 0.4 + x), z: -15, heading: 0, wear: clothes.cook, pose: { ...standing(Math.sin(t + x)), armRight: { shoulder: 0.8 + 0.35 * Math.sin(t * 2 + x), elbow: 0.5 } } }) })); // prettier-ignore
  return {
    camera: { eye: [6.9, 3.1, 3.6], look: [-0.6, 0.7, -7], fov: 84, k: 0.13 },
    mirrorFloor: true,
    solids,
    sky: DAY,
    ambient: { sky: [0.4, 0.39, 0.36], ground: [0.24, 0.22, 0.19] },
    lights: [
      lamp([-4, 3.2, -5], [2.4, 2.3, 2], { soft: 0.6, casts: true }),
      lamp([4, 3.2, -5], [2.4, 2.3, 2], { soft: 0.6, casts: true }),
      lamp([-7, 2, -6.5], [2.4, 2.7, 3], { soft: 0.9 }),
      lamp([1, 2.6, -13], [1.6, 1.1, 0.6], { soft: 0.5 }),
    ],
    film: { exposure: 1, vignette: 0.3 },
    moment: (t) => ({
      actors: [...queue.map((at, i) => somebody(at(t), wears[(i + 1) % 5])), ...cooks.map((c) => c.at(t))],
    }),
  };
}
