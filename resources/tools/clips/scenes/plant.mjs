import { lamp, spot } from '../light.mjs';
import {
  asphalt,
  bricks,
  chainLink,
  facade,
  glowing,
  grey,
  plain,
  ribbed,
  striped,
  tiles,
  worn,
} from '../materials.mjs';
import { fbm, hash } from '../noise.mjs';
import { smooth, walk } from '../motion.mjs';
import { clothes, gait, person, standing } from '../people.mjs';
import { block, box, capsule, cylinder, ellipsoid, ground } from '../shapes.mjs';

/** Technical yards after dark: substation and hazardous goods. */

const nightSky = (_x, y) => [
  0.012 + 0.04 * Math.max(0, 0.2 - y),
  0.013 + 0.034 * Math.max(0, 0.2 - y),
  0.02 + 0.036 * Math.max(0, 0.2 - y),
];
/** S-01: the outdoor part of the substation by night, lit by two floodlights. */
export function substation() {
  const tank = worn(0.3, 0.33, 0.31, { size: 1, amount: 0.2 });
  const porcelain = plain(0.3, 0.12, 0.06, { gloss: 0.4 });
  const steel = grey(0.32, { gloss: 0.2 });
  const gravel = { colour: [0.3, 0.29, 0.27], texture: (s, _o, t) => { const k = 0.75 + 0.5 * fbm(s.x * 1.2, 0, s.z * 1.2, 3) + (hash(Math.floor(s.x * 22), Math.floor(s.z * 22)) - 0.5) * 0.4 * Math.min(1, 7 / t); s.r *= k; s.g *= k; s.b *= k; } }; // prettier-ignore
  const solids = [ground(gravel), block(worn(0.35, 0.35, 0.34, { size: 1 }), -7, 0, 3, -5.4, 0.03, -30), block(bricks(0.3, 0.26, 0.22), -20, 0, -22, 20, 3, -22.3), block(facade([0.33, 0.33, 0.31], { litShare: 0.3, seed: 14, cell: [4, 3.6] }), 6, 0, -15, 18, 4.2, -21)]; // prettier-ignore
  const transformer = (x, z) => {
    solids.push(block(worn(0.4, 0.4, 0.39, { size: 0.7 }), x - 2, 0, z + 1.5, x + 2, 0.35, z - 1.5));
    solids.push(block(tank, x - 1.25, 0.35, z + 0.8, x + 1.25, 2.5, z - 0.8));
    for (let i = 0; i < 7; i += 1)
      for (const side of [-1, 1])
        solids.push(box(tank, [x - 0.95 + i * 0.32, 1.45, z + side * 1.08], [0.07, 1.6, 0.5]));
    solids.push(cylinder(tank, [x - 1.2, 3.05, z - 0.5], [x + 1.0, 3.05, z - 0.5], 0.28));
    for (let i = 0; i < 3; i += 1) {
      const bx = x - 0.75 + i * 0.75;
      for (let k = 0; k < 5; k += 1)
        solids.push(
          cylinder(porcelain, [bx, 2.5 + k * 0.16, z + 0.3], [bx, 2.6 + k * 0.16, z + 0.3], 0.15 - k * 0.012),
        );
      solids.push(
        cylinder(steel, [bx, 2.5, z + 0.3], [bx, 3.5, z + 0.3], 0.045),
        capsule(grey(0.05), [bx, 3.5, z + 0.3], [bx + 0.2, 5.6, z - 2], 0.02),
      );
    }
    solids.push(box(plain(0.6, 0.45, 0.03), [x + 0.5, 1.6, z + 0.83], [0.4, 0.4, 0.02]));
  };
  transformer(-1.8, -7);
  transformer(4.2, -8);
  for (const x of [-5, 0.5, 6.5]) solids.push(box(steel, [x, 3, -10], [0.22, 6, 0.22]));
  solids.push(box(steel, [0.75, 5.9, -10], [12, 0.3, 0.3]));
  const fan = (t, x, z, id) => box(steel, [x, 1.3, z + 1.45], [0.9, 0.1, 0.02], { roll: t * 2.2 + id });
  const worker = walk([
    [4, -6.2, 3.4],
    [13, -6.1, -5],
    [17, -4.2, -6.2],
    [19, -3.9, -6.3],
    [34, -3.9, -6.32],
    [37, -6.1, -8],
    [48, -6.2, -24],
  ]);
  return {
    camera: { eye: [-5.6, 4.6, 3.6], look: [0.8, 0.9, -8], fov: 78, k: 0.12 },
    solids,
    veils: [
      {
        at: [-8, 0, -3.2],
        normal: [0, 0, 1],
        u: [1, 0, 0],
        v: [0, 1, 0],
        width: 1.2,
        height: 2,
        cover: (u, v, m) => chainLink(u, v, m),
        shade: () => [0.12, 0.12, 0.12],
      },
    ],
    sky: nightSky,
    ambient: { sky: [0.045, 0.047, 0.058], ground: [0.02, 0.019, 0.017] },
    lights: [
      spot([-7.5, 6.5, 2], [0, 0.5, -7], [70, 64, 52], { inner: 24, outer: 52, casts: true }),
      spot([9, 6.8, 0], [1, 0, -9], [62, 57, 46], { inner: 22, outer: 50, casts: true }),
      lamp([8, 3.6, -14.4], [2.5, 2.2, 1.6]),
    ],
    haze: { colour: [0.02, 0.02, 0.024], density: 0.005 },
    film: { exposure: 1.3, vignette: 0.35 },
    moment: (t) => {
      const at = worker(t);
      const reading = at && at.speed < 0.1;
      const pose = {
        ...standing(),
        armRight: { shoulder: 1.1 + 0.15 * Math.sin(t * 1.5), elbow: 0.5 },
        armLeft: { shoulder: 0.5, elbow: 1.2 },
      };
      return {
        actors: [
          at
            ? person({
                ...at,
                heading: reading ? 1.7 : at.heading,
                wear: { ...clothes.worker, vest: plain(0.55, 0.3, 0.04) },
                pose: reading ? pose : gait(at.distance),
              })
            : [],
          [fan(t, -1.8, -7, 0), fan(t, -1.8, -7, Math.PI / 2)],
          [fan(t, 4.2, -8, 1), fan(t, 4.2, -8, 1 + Math.PI / 2)],
        ],
      };
    },
  };
}

function hazardSolids() {
  const white = worn(0.56, 0.56, 0.54, { size: 1.6, amount: 0.14 });
  const pipe = plain(0.42, 0.42, 0.4, { gloss: 0.2 });
  const yellow = plain(0.55, 0.42, 0.03);
  const apron = { ...tiles(0.3, 0.3, 0.28, { size: 3, joint: 0.03, vary: 0.05 }) };
  const solids = [
    ground(asphalt(0.12)),
    block(apron, -11, -0.1, -2.5, 11, 0.03, -20),
    ...[[-11, -2.5, 11, -2.7], [-11, -19.8, 11, -20], [-11, -2.5, -10.8, -20], [10.8, -2.5, 11, -20]].map(([a, b, c, d]) => block(worn(0.4, 0.39, 0.36, { size: 0.8 }), a, 0, b, c, 0.7, d)), // prettier-ignore
    block(worn(0.5, 0.48, 0.44, { size: 2, amount: 0.1 }), 12.5, 0, -6, 22, 4.6, -20),
    block(plain(0.5, 0.06, 0.04), 12.45, 3.4, -8, 12.5, 4.1, -16),
    block(ribbed(0.25, 0.28, 0.3), 12.44, 0, -9.5, 12.5, 3, -12.5),
    block(worn(0.34, 0.33, 0.31, { size: 2 }), -30, 0, -27, 30, 2.6, -27.3),
  ];
  for (const [x, z, r, h] of [
    [-6.5, -9, 2.1, 5.2],
    [-1.2, -9.4, 2.1, 5.2],
    [-6.5, -15.6, 2.1, 5.2],
    [-1.2, -15.8, 2.1, 5.2],
    [5.2, -10.5, 1.5, 4],
  ]) {
    // prettier-ignore
    solids.push(cylinder(white, [x, 0, z], [x, h, z], r), ellipsoid(white, [x, h, z], [r, r * 0.32, r]));
    for (const y of [1.4, 3.2])
      if (y < h)
        solids.push(cylinder(worn(0.48, 0.48, 0.46, { size: 1 }), [x, y, z], [x, y + 0.08, z], r + 0.03));
    solids.push(
      box(plain(0.5, 0.05, 0.04), [x + r * 0.5, 2.3, z + r * 0.87], [0.7, 0.7, 0.02], { yaw: 0.52 }),
    );
    // ladder and rail
    for (const dx of [-0.22, 0.22])
      solids.push(capsule(yellow, [x + dx, 0, z + r + 0.12], [x + dx, h + 0.9, z + r + 0.12], 0.025));
    for (let y = 0.3; y < h; y += 0.35)
      solids.push(capsule(yellow, [x - 0.22, y, z + r + 0.12], [x + 0.22, y, z + r + 0.12], 0.018));
  }
  for (const y of [0.5, 0.85]) solids.push(capsule(pipe, [-9, y, -5.6], [9.5, y, -5.6], 0.11));
  for (const x of [-8, -4, 0, 4, 8]) solids.push(box(grey(0.3), [x, 0.45, -5.6], [0.12, 0.9, 0.3]));
  for (const x of [-6.5, -1.2, 5.2]) solids.push(capsule(pipe, [x, 0.85, -5.6], [x, 0.85, -7.2], 0.09), cylinder(plain(0.55, 0.05, 0.04), [x, 1.1, -5.6], [x, 1.16, -5.6], 0.24)); // prettier-ignore
  for (const x of [-3.9, 2.3])
    solids.push(
      cylinder(grey(0.3), [x, 0, -4], [x, 1.5, -4], 0.04),
      box(plain(0.5, 0.4, 0.05), [x, 1.55, -4], [0.22, 0.3, 0.16]),
    );
  solids.push(
    cylinder(grey(0.3), [9.8, 0, -3.6], [9.8, 6, -3.6], 0.09),
    box(glowing(2.2, 2.1, 1.8), [9.5, 6, -3.8], [0.5, 0.14, 0.4]),
  );
  solids.push(
    box(
      striped([0.6, 0.45, 0.03], [0.03, 0.03, 0.03], { pitch: 0.22, slant: 1 }),
      [0, 0.35, -2.45],
      [22, 0.3, 0.02],
    ),
  );
  return solids;
}

function hazardScene(moment) {
  return {
    camera: { eye: [7.5, 5.6, 4.2], look: [-1.4, 1.0, -8], fov: 82, k: 0.12 },
    solids: hazardSolids(),
    sky: (_x, y) => [
      0.035 + 0.09 * Math.max(0, 0.3 - y),
      0.045 + 0.07 * Math.max(0, 0.3 - y),
      0.085 + 0.05 * Math.max(0, 0.3 - y),
    ],
    ambient: { sky: [0.085, 0.095, 0.13], ground: [0.035, 0.033, 0.03] },
    lights: [
      spot([9.5, 6, -3.6], [-1, 0, -9], [85, 80, 66], { inner: 35, outer: 62, casts: true }),
      spot([-10.5, 7, -2], [-2, 0, -12], [75, 70, 58], { inner: 30, outer: 58, casts: true }),
      spot([7.5, 7.5, 5], [0, 0, -6], [40, 38, 33], { inner: 30, outer: 60 }),
    ],
    haze: { colour: [0.035, 0.038, 0.05], density: 0.005 },
    film: { exposure: 1.15, vignette: 0.3 },
    moment,
  };
}

/** H-01: tank area of the hazardous store at dusk. */
export function hazard() {
  const at = walk([
    [2, 9.6, 2.5],
    [12, 2.2, -1.4],
    [14, 2.0, -1.6],
    [24, 2.0, -1.62],
    [32, -4.4, -1.5],
    [34, -4.4, -1.6],
    [44, -4.4, -1.62],
    [58, -17, -0.5],
  ]);
  return hazardScene((t) => {
    const p = at(t);
    if (!p) return {};
    const reading = p.speed < 0.1;
    return {
      actors: [
        person({
          ...p,
          heading: reading ? Math.PI : p.heading,
          wear: clothes.inspector,
          pose: reading ? { ...standing(), armRight: { shoulder: 1.1, elbow: 0.6 } } : gait(p.distance),
        }),
      ],
    };
  });
}

/** H-01 in the gas scenario: white vapour creeps from a flange, two men in suits come with a hose. */
export function hazardGas() {
  const suit = {
    top: plain(0.62, 0.5, 0.06),
    legs: plain(0.62, 0.5, 0.06),
    head: plain(0.62, 0.5, 0.06),
    skin: plain(0.1, 0.12, 0.14),
  };
  const first = walk([
    [12, 11, 3],
    [22, 4.4, -1.2],
    [26, 1.8, -1.8],
    [48, 1.6, -1.9],
    [57, 10, 3.4],
  ]);
  const second = walk([
    [14, 11.6, 3.2],
    [25, 5.4, -0.6],
    [29, 3.2, -1.3],
    [48, 3.1, -1.4],
    [58, 11, 3.6],
  ]);
  return hazardScene((t) => {
    const puffs = [];
    for (let i = 0; i < 34; i += 1) {
      const age = (t / 20 + i / 34) % 1;
      const spread = age ** 0.7;
      const angle = hash(i, 1) * 2.2 - 0.2;
      const at = [
        -1.2 + Math.cos(angle) * spread * 6.2 + age,
        0.35 + 0.25 * hash(i, 2) + age * 0.5,
        -5.6 + Math.sin(angle) * spread * 3.6,
      ];
      const k = 0.36 + 0.1 * hash(i, 3);
      puffs.push({
        at,
        r: 0.35 + 1.7 * spread,
        alpha: 0.5 * smooth(0, 0.08, age) * (1 - smooth(0.55, 1, age)),
        seed: i,
        colour: [k, k, k * 1.04],
      });
    }
    puffs.sort((a, b) => a.at[2] - b.at[2]);
    const held = {
      ...standing(),
      lean: 0.15,
      armLeft: { shoulder: 0.9, elbow: 0.5 },
      armRight: { shoulder: 0.8, elbow: 0.6 },
    };
    const man = (at) =>
      at
        ? person({
            ...at,
            heading: at.speed < 0.1 ? -2.6 : at.heading,
            wear: suit,
            tall: 1.02,
            pose: at.speed < 0.1 ? held : gait(at.distance),
          })
        : [];
    return { actors: [man(first(t)), man(second(t))], puffs };
  });
}
