import { sun } from '../light.mjs';
import { asphalt, facade, grass, grey, plain, tiles, worn } from '../materials.mjs';
import { fbm, hash } from '../noise.mjs';
import { walk } from '../motion.mjs';
import { clothes, gait, person, somebody, standing } from '../people.mjs';
import { block, box, capsule, cylinder, ellipsoid, ground, leaves } from '../shapes.mjs';
import { tree } from '../things.mjs';
import { car } from '../vehicles.mjs';

/** Outdoors by day: parking, green, roof. */

export const daySky = (x, y, z) => {
  const k = Math.max(0, y);
  const cloud = Math.max(0, fbm((x / (y + 0.25)) * 1.5, 2, (z / (y + 0.25)) * 1.5, 4) - 0.45) * 1.6;
  return [0.55 - 0.25 * k + cloud * 0.5, 0.68 - 0.2 * k + cloud * 0.42, 0.9 - 0.1 * k + cloud * 0.25];
};
const PAINTS = [[0.6, 0.6, 0.6], [0.04, 0.04, 0.045], [0.35, 0.36, 0.38], [0.3, 0.03, 0.03], [0.05, 0.09, 0.2], [0.55, 0.53, 0.48], [0.12, 0.13, 0.13]].map(([r, g, b]) => plain(r, g, b, { gloss: 0.5 })); // prettier-ignore

/** P-01: the parking lot in the afternoon. */
export function parking() {
  const paint = (x, z) => {
    const row = (z < -3 && z > -8.2) || (z < -14 && z > -19.2);
    const f = ((x % 2.6) + 2.6) % 2.6;
    if (row && x > -16 && x < 16 && (f < 0.05 || f > 2.55)) return 1;
    if (Math.abs(z + 11) < 0.06 && ((x % 3) + 3) % 3 < 1.6) return 1;
    return 0;
  };
  const solids = [
    ground(grass(0.07, 0.13, 0.035)),
    block(asphalt(0.13, { paint }), -19, -0.2, 4, 19, 0.01, -22),
    block(worn(0.45, 0.45, 0.43, { size: 0.8 }), -19, 0, -8.4, 17, 0.16, -8.6),
    block(worn(0.45, 0.45, 0.43, { size: 0.8 }), -19, 0, -19.4, 19, 0.16, -19.7),
    block(
      facade([0.46, 0.43, 0.38], {
        cell: [3, 3.4],
        glass: [0.06, 0.08, 0.1],
        litShare: 0.02,
        mirror: 0.12,
        seed: 4,
      }),
      -26,
      0,
      -34,
      8,
      13.6,
      -46,
    ),
    block(
      facade([0.4, 0.41, 0.42], {
        cell: [2.2, 3.4],
        glass: [0.06, 0.08, 0.1],
        litShare: 0,
        mirror: 0.12,
        seed: 9,
      }),
      14,
      0,
      -38,
      36,
      20.4,
      -52,
    ),
    cylinder(grey(0.3), [0, 0, -11], [0, 7, -11], 0.09),
    box(grey(0.4), [0, 7, -11], [2.4, 0.12, 0.3]),
    // chargers
    ...[-14.3, -11.7, -9.1].map((x) => box(plain(0.6, 0.62, 0.62), [x, 0.75, -8.9], [0.45, 1.5, 0.3])),
    ...[-14.3, -11.7, -9.1].map((x) =>
      box(plain(0.05, 0.25, 0.12, { emit: [0.02, 0.25, 0.1] }), [x, 1.2, -8.74], [0.3, 0.25, 0.02]),
    ),
  ];
  for (let i = 0; i < 8; i += 1)
    solids.push(...tree(-18 + i * 5.2, -24.5 - hash(i, 3) * 2, 2.8 + hash(i, 4), i));
  for (let row = 0; row < 2; row += 1) {
    for (let i = 0; i < 12; i += 1) {
      const slot = -14.3 + i * 2.6;
      if (hash(i, row, 12) > 0.66 || (row === 0 && i === 7)) continue;
      solids.push(
        ...car({
          x: slot + (hash(i, row) - 0.5) * 0.3,
          z: row === 0 ? -5.7 : -16.7,
          heading: hash(i, row, 3) > 0.3 ? 0 : Math.PI,
          paint: PAINTS[Math.floor(hash(i, row, 8) * 7)],
        }),
      );
    }
  }
  const slot = -14.3 + 7 * 2.6;
  const drive = (t) => {
    // comes from the left along the aisle, turns into its space; leaves again later, backwards and to the right
    const arrive = walk([
      [6, -24, -11.6],
      [13, slot - 5, -11.6],
      [15.5, slot - 1.4, -10.6],
      [17, slot, -8.9],
      [19, slot, -5.9],
      [20, slot, -5.7],
    ]);
    if (t < 6) return undefined;
    if (t < 20) return { ...arrive(t), rest: false };
    if (t < 45) return { x: slot, z: -5.7, heading: 0, rest: true };
    const out = walk([
      [45, slot, -5.7],
      [48, slot, -9.4],
      [50, slot + 1.4, -11.2],
      [52, slot + 4.2, -11.6],
    ]);
    const on = walk([
      [53, slot + 4.2, -11.6],
      [54.5, slot + 1, -11.5],
      [60, -26, -11.3],
    ]);
    if (t < 52) {
      const p = out(t);
      return { ...p, heading: p.heading + Math.PI, rest: false };
    }
    return t < 53
      ? { x: slot + 4.2, z: -11.6, heading: -Math.PI / 2, rest: false }
      : { ...on(t), heading: -Math.PI / 2, rest: false };
  };
  const driver = walk([
    [22.5, slot + 1.2, -5.6],
    [25, slot + 1.2, -8.2],
    [36, -6, -13],
    [43, -20, -13.5],
  ]);
  const back = walk([
    [28, 19, -12.5],
    [38, slot + 2, -10],
    [43, slot + 1.2, -6],
  ]);
  const stroller = walk([
    [0, 14, -20.6],
    [24, -17, -20.9],
  ]);
  return {
    camera: { eye: [-6, 6.4, 6.5], look: [1.2, 0, -9], fov: 84, k: 0.13 },
    solids,
    sky: daySky,
    ambient: { sky: [0.34, 0.38, 0.46], ground: [0.16, 0.15, 0.13] },
    lights: [sun([0.55, 0.62, 0.35], [1.15, 1.05, 0.88])],
    haze: { colour: [0.6, 0.68, 0.8], density: 0.0022 },
    film: { exposure: 0.85, vignette: 0.25 },
    moment: (t) => {
      const c = drive(t);
      const parked = c ? car({ ...c, paint: PAINTS[3], lit: c.rest ? 0 : 0.6, brake: c.rest ? 0 : 0.3 }) : [];
      return {
        actors: [
          parked,
          somebody(driver(t), clothes.office),
          somebody(back(t), clothes.office),
          somebody(stroller(t), clothes.blue),
        ],
      };
    },
  };
}

/** G-01: the central green in the morning. */
export function green() {
  const solids = [
    ground(grass(0.08, 0.15, 0.035, { patch: 5 })),
    block(tiles(0.4, 0.36, 0.3, { size: 0.5, vary: 0.16 }), -30, -0.1, -7.2, 30, 0.02, -9),
    block(tiles(0.4, 0.36, 0.3, { size: 0.5, vary: 0.16 }), 2, -0.1, 6, 3.8, 0.021, -30),
    // pond with a rim
    ellipsoid(worn(0.35, 0.34, 0.32, { size: 0.6 }), [-6.5, 0, -15.5], [5.4, 0.22, 3.4]),
    ellipsoid(plain(0.02, 0.05, 0.06, { mirror: 0.25 }), [-6.5, 0.03, -15.5], [5.0, 0.22, 3.0]),
    // flagpoles and a stone
    ...[9, 10.6, 12.2].map((x) => cylinder(grey(0.6, { gloss: 0.4 }), [x, 0, -14], [x, 9, -14], 0.06)),
    box(worn(0.34, 0.32, 0.29, { size: 0.5, amount: 0.5 }), [-1.4, 0.75, -12], [2.6, 1.5, 0.7], { yaw: 0.2 }),
    block(
      facade([0.47, 0.44, 0.4], {
        cell: [3, 3.5],
        glass: [0.07, 0.09, 0.11],
        litShare: 0,
        mirror: 0.12,
        seed: 2,
      }),
      -28,
      0,
      -34,
      0,
      17.5,
      -46,
    ),
    block(
      facade([0.38, 0.39, 0.41], {
        cell: [2.4, 3.5],
        glass: [0.07, 0.09, 0.11],
        litShare: 0,
        mirror: 0.12,
        seed: 6,
      }),
      8,
      0,
      -36,
      30,
      14,
      -50,
    ),
    ...[-9, 6.4].flatMap((x) => [box(worn(0.22, 0.14, 0.08, { size: 0.4 }), [x, 0.45, -6.6], [1.6, 0.06, 0.45]), box(worn(0.22, 0.14, 0.08, { size: 0.4 }), [x, 0.75, -6.4], [1.6, 0.35, 0.05]), box(grey(0.2), [x - 0.6, 0.22, -6.6], [0.06, 0.44, 0.4]), box(grey(0.2), [x + 0.6, 0.22, -6.6], [0.06, 0.44, 0.4])]), // prettier-ignore
    ...[-3, 5.2].map((x) => cylinder(grey(0.15), [x, 0, -9.6], [x, 3.6, -9.6], 0.05)),
    ...[-3, 5.2].map((x) => ellipsoid(grey(0.75), [x, 3.7, -9.6], [0.22, 0.22, 0.22])),
  ];
  [[-13, -12, 3.2], [-2, -19, 3.6], [7, -18, 3], [14.5, -9.5, 3.4], [-14, -22, 3.8], [12, -24, 3.5], [-8, -26, 3.4], [4, -27, 3.6], [-11.5, -4, 2.6]].forEach(([x, z, h], i) => solids.push(...tree(x, z, h, i * 2.3))); // prettier-ignore
  for (let i = 0; i < 26; i += 1) {
    const z = -9.5;
    solids.push(
      leaves(plain(0.06, 0.13, 0.03), [-20 + i * 1.6, 0.28, z], [0.85, 0.42, 0.42], { leaf: 0.08, seed: i }),
    );
  }
  const gardener = walk([
    [0, 10.5, -4.5],
    [10, 8, -4.2],
    [30, 7.9, -4.2],
    [40, 10.5, -3.6],
    [60, 10.4, -3.7],
  ]);
  const paths = [
    [
      walk([
        [2, -20, -8],
        [26, 16, -8.1],
      ]),
      clothes.office,
    ],
    [
      walk([
        [18, 3, -30],
        [32, 2.8, -8.2],
        [43, -16, -7.8],
      ]),
      clothes.red,
    ],
    [
      walk([
        [34, 20, -8.4],
        [47, 3.2, -8.2],
        [57, 2.9, 5.5],
      ]),
      clothes.suit,
    ],
    [
      walk([
        [3, 2.4, -29],
        [20.5, 2.7, 5.5],
      ]),
      clothes.blue,
    ],
  ];
  const seated = person({
    x: -9,
    z: -6.75,
    y: -0.02,
    heading: Math.PI,
    wear: clothes.office,
    pose: {
      ...standing(),
      left: { hip: 1.5, knee: 1.5 },
      right: { hip: 1.45, knee: 1.45 },
      drop: 0.45,
      armLeft: { shoulder: 0.7, elbow: 1.2 },
      armRight: { shoulder: 0.6, elbow: 1.3 },
    },
  });
  return {
    camera: { eye: [1.5, 4.9, 5.5], look: [-0.6, 0.7, -9], fov: 86, k: 0.13 },
    solids: [...solids, ...seated],
    sky: daySky,
    ambient: { sky: [0.33, 0.38, 0.47], ground: [0.15, 0.16, 0.1] },
    lights: [sun([-0.65, 0.5, 0.3], [1.2, 1.05, 0.82])],
    haze: { colour: [0.66, 0.72, 0.8], density: 0.004 },
    film: { exposure: 0.85, vignette: 0.25 },
    moment: (t) => {
      const g = gardener(t);
      const rake = {
        ...standing(),
        lean: 0.3,
        armLeft: { shoulder: 0.9 + 0.3 * Math.sin(t * 2.4), elbow: 0.4 },
        armRight: { shoulder: 0.7 + 0.3 * Math.sin(t * 2.4), elbow: 0.5 },
      };
      const tool =
        g.speed < 0.1
          ? [
              capsule(
                plain(0.3, 0.2, 0.1),
                [g.x - 0.2, 1.2, g.z + 0.3],
                [g.x - 0.5, 0.05, g.z + 1.2 + 0.25 * Math.sin(t * 2.4)],
                0.018,
              ),
            ]
          : [];
      return {
        actors: [
          [
            ...person({
              ...g,
              heading: g.speed < 0.1 ? -0.2 : g.heading,
              wear: clothes.worker,
              pose: g.speed < 0.1 ? rake : gait(g.distance),
            }),
            ...tool,
          ],
          ...paths.map(([at, wear]) => somebody(at(t), wear)),
        ],
      };
    },
  };
}

/** photovoltaic panels on the roof of building 5; pigeons keep people away. */
export function roof() {
  const panel = {
    colour: [0.02, 0.03, 0.07],
    gloss: 0.5,
    mirror: 0.1,
    texture: (s, solid) => {
      const p = [0, 0, 0];
      for (let i = 0; i < 3; i += 1)
        p[i] =
          solid.m[3 * i] * (s.x - solid.c[0]) +
          solid.m[3 * i + 1] * (s.y - solid.c[1]) +
          solid.m[3 * i + 2] * (s.z - solid.c[2]);
      const edge = (v, size) => Math.abs(v / size - Math.round(v / size)) * size < 0.022;
      if (edge(p[0], 1.05) || edge(p[2] + 0.85, 1.7)) [s.r, s.g, s.b, s.mirror] = [0.5, 0.5, 0.52, 0];
    },
  };
  const membrane = { ...tiles(0.42, 0.42, 0.4, { size: 2.2, joint: 0.02, vary: 0.07 }) };
  const solids = [ground(grass(0.08, 0.11, 0.05, { patch: 9 }), -14), block(membrane, -16, -14, 8, 16, 0, -40), ...[[-16, 8, -15.7, -40], [15.7, 8, 16, -40], [-16, -39.7, 16, -40]].map(([a, b, c, d]) => block(worn(0.45, 0.44, 0.42, { size: 1 }), a, 0, b, c, 0.8, d))]; // prettier-ignore
  for (let row = 0; row < 6; row += 1) {
    for (const x of [-8.6, 2.4]) {
      const z = -3.5 - row * 4.4;
      solids.push(box(panel, [x, 0.85, z], [8.4, 0.05, 1.7], { pitch: 0.42 }));
      for (const dx of [-3.4, 0, 3.4])
        solids.push(
          cylinder(grey(0.4), [x + dx, 0, z - 0.6], [x + dx, 1.1, z - 0.6], 0.04),
          cylinder(grey(0.4), [x + dx, 0, z + 0.6], [x + dx, 0.55, z + 0.6], 0.04),
        );
    }
  }
  for (const z of [-6, -11, -16])
    solids.push(
      box(worn(0.42, 0.43, 0.43, { size: 0.8, amount: 0.12 }), [11.4, 0.9, z], [2.2, 1.8, 2.2]),
      cylinder(grey(0.12), [11.4, 1.8, z], [11.4, 1.95, z], 0.8),
    );
  solids.push(block(facade([0.44, 0.42, 0.39], { cell: [3, 3.5], glass: [0.08, 0.1, 0.12], litShare: 0, mirror: 0.1 }), -40, -14, -60, -12, 6, -80), block(facade([0.36, 0.38, 0.4], { cell: [3, 3.5], glass: [0.08, 0.1, 0.12], litShare: 0, mirror: 0.1 }), 6, -14, -70, 36, 14, -90)); // prettier-ignore
  for (let i = 0; i < 12; i += 1) solids.push(...tree(-34 + i * 6, -48 - hash(i, 5) * 6, -11, i));
  const worker = walk([
    [4, 13.5, 4.6],
    [16, -3.1, 1],
    [22, -3.1, -8],
    [24, -3.0, -8.6],
    [40, -3.0, -8.62],
    [56, -3.2, -36],
  ]);
  const fan = (t, z) =>
    [0, 1, 2].map((i) =>
      box(grey(0.3), [11.4, 1.98, z], [1.5, 0.02, 0.16], { yaw: t * 3 + (i * Math.PI) / 3 + z }),
    );
  const birds = (t) =>
    [0, 1, 2].map((i) => {
      const a = t * 0.32 + i * 0.5;
      const [x, y, z] = [-4 + 15 * Math.cos(a), 6 + i * 0.8 + Math.sin(t + i), -26 + 9 * Math.sin(a)];
      const flap = Math.sin(t * 9 + i * 2) * 0.3;
      return [
        ellipsoid(grey(0.18), [x, y, z], [0.12, 0.1, 0.2], { yaw: -a }),
        capsule(grey(0.14), [x, y, z], [x + 0.45 * Math.cos(a), y + flap, z + 0.45 * Math.sin(a)], 0.05),
        capsule(grey(0.14), [x, y, z], [x - 0.45 * Math.cos(a), y + flap, z - 0.45 * Math.sin(a)], 0.05),
      ];
    });
  return {
    camera: { eye: [-3.4, 4.6, 5.2], look: [0.4, 0.1, -9], fov: 84, k: 0.13 },
    solids,
    sky: daySky,
    ambient: { sky: [0.34, 0.38, 0.46], ground: [0.2, 0.2, 0.18] },
    lights: [sun([0.35, 0.8, 0.45], [1.25, 1.16, 1.0])],
    haze: { colour: [0.62, 0.7, 0.82], density: 0.003 },
    film: { exposure: 0.78, vignette: 0.25 },
    moment: (t) => {
      const at = worker(t);
      const wipe = {
        ...standing(),
        lean: 0.5,
        armRight: { shoulder: 1.2 + 0.3 * Math.sin(t * 3), elbow: 0.3 },
        armLeft: { shoulder: 1, elbow: 0.4 },
      };
      return {
        actors: [
          at
            ? person({
                ...at,
                heading: at.speed < 0.1 ? 1.6 : at.heading,
                wear: clothes.inspector,
                pose: at.speed < 0.1 ? wipe : gait(at.distance),
              })
            : [],
          ...[-6, -11, -16].map((z) => fan(t, z)),
          ...birds(t),
        ],
      };
    },
  };
}
