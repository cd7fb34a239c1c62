import { lamp } from '../light.mjs';
import { glowing, grey, plain, ribbed, striped, worn } from '../materials.mjs';
import { fbm, hash } from '../noise.mjs';
import { smooth, walk } from '../motion.mjs';
import { clothes, gait, person, standing } from '../people.mjs';
import { block, box, capsule, cylinder, ground } from '../shapes.mjs';
import { forklift } from '../vehicles.mjs';

/** Large halls: the warehouse and the workshop. */

const sealed = (r, g, b, lines) => ({
  colour: [r, g, b],
  mirror: 0.05,
  texture: (s) => {
    const k = 0.86 + 0.28 * fbm(s.x / 2, 0, s.z / 2, 4);
    s.r *= k;
    s.g *= k;
    s.b *= k;
    if (lines(s.x, s.z)) [s.r, s.g, s.b] = [0.5 * k, 0.38 * k, 0.03];
  },
});

/** W-01: an aisle between pallet racks with a forklift at work. */
export function warehouse() {
  const post = plain(0.06, 0.12, 0.3);
  const beam = plain(0.55, 0.24, 0.03);
  const solids = [
    ground(sealed(0.3, 0.3, 0.29, (x) => Math.abs(Math.abs(x) - 1.75) < 0.05)),
    block(ribbed(0.42, 0.44, 0.45, { pitch: 0.5 }), -12, 0, -34, 12, 9, -34.3),
    block(grey(0.3), -12, 9, 6, 12, 9.2, -34),
    box(worn(0.3, 0.32, 0.34, { size: 1 }), [0, 2.1, -33.9], [3.8, 4.2, 0.1]),
    box(glowing(0.03, 0.6, 0.2), [2.8, 3.2, -33.9], [0.7, 0.3, 0.05]),
    ...[-4, -10, -16, -22, -28].map((z) => box(glowing(2.6, 2.6, 2.4), [0, 8.6, z], [0.5, 0.08, 2])),
    ...[-4, -10, -16, -22, -28].map((z) => box(grey(0.25), [0, 8.8, z], [12, 0.2, 0.2])),
  ];
  const goods = [
    worn(0.44, 0.31, 0.18, { size: 0.6, amount: 0.3 }),
    worn(0.38, 0.27, 0.16, { size: 0.6, amount: 0.3 }),
    worn(0.5, 0.5, 0.5, { size: 0.6, amount: 0.15 }),
    worn(0.12, 0.2, 0.32, { size: 0.6, amount: 0.2 }),
    worn(0.42, 0.38, 0.3, { size: 0.5, amount: 0.3 }),
  ];
  for (const side of [-1, 1]) {
    const x = side * 2.75;
    for (let bay = 0; bay < 10; bay += 1) {
      const z = 1.5 - bay * 2.9;
      for (const dx of [-0.5, 0.5]) solids.push(box(post, [x + dx, 2.9, z], [0.09, 5.8, 0.09]));
      for (let level = 0; level < 4; level += 1) {
        const y = level * 1.7 + 0.1;
        if (level > 0) solids.push(box(beam, [x - side * 0.52, y, z - 1.45], [0.05, 0.12, 2.8]));
        for (let k = 0; k < 2; k += 1) {
          if (hash(bay, level * 2 + k, side + 3) < 0.16) continue;
          const h = 0.75 + 0.55 * hash(bay, level, k + side * 3);
          const w = z - 0.75 - k * 1.4;
          solids.push(box(plain(0.3, 0.2, 0.1), [x, y + 0.12, w], [1.0, 0.12, 1.15]));
          solids.push(
            box(
              goods[Math.floor(hash(bay, level, k + side * 7) * 5)],
              [x, y + 0.18 + h / 2, w],
              [0.95, h, 1.05],
            ),
          );
        }
      }
    }
    solids.push(
      box(
        striped([0.55, 0.42, 0.03], [0.03, 0.03, 0.03], { pitch: 0.16, axis: 1, slant: 1 }),
        [side * 2.2, 0.25, 2.0],
        [0.3, 0.5, 0.3],
      ),
    );
  }
  const route = walk([
    [0, 0.2, -40],
    [9, 0.1, -15],
    [12, 0.0, -13.2],
    [26, 0.0, -13.2],
    [29, 0, -14],
    [44, 0.2, -46],
  ]);
  const clerk = walk([
    [14, 0.9, 5],
    [24, 1.1, -5.2],
    [26, 1.2, -5.6],
    [41, 1.2, -5.62],
    [50, 0.6, 5],
  ]);
  const late = walk([
    [47, -0.4, 5],
    [59, -0.2, -14],
  ]);
  return {
    camera: { eye: [0.9, 5.2, 5.2], look: [0, 1.2, -9], fov: 72, k: 0.12 },
    mirrorFloor: true,
    solids,
    sky: () => [0.1, 0.1, 0.1],
    ambient: { sky: [0.17, 0.17, 0.165], ground: [0.1, 0.095, 0.085] },
    lights: [-4, -10, -16, -22].map((z, i) => lamp([0, 8.4, z], [12, 12, 10.8], { soft: 0.7, casts: i < 3 })),
    haze: { colour: [0.2, 0.2, 0.19], density: 0.004 },
    film: { exposure: 1.15, vignette: 0.3 },
    moment: (t) => {
      const at = route(t);
      const working = t >= 12 && t < 29;
      // turns to the rack, lifts, comes back down without its load
      const turn = smooth(12.5, 15, t) - smooth(24, 26.5, t);
      const lift = 0.15 + 1.75 * (smooth(15, 18.5, t) - smooth(20.5, 23.5, t));
      const beacon = Math.sin(t * 7) > 0 ? 1 : 0.15;
      const truck = at
        ? forklift({
            x: at.x,
            z: at.z,
            heading: working ? turn * 1.45 : t > 28 ? Math.PI : at.heading,
            lift,
            load: t < 19.5,
            beacon,
          })
        : [];
      const c = clerk(t);
      const l = late(t);
      const writing = {
        ...standing(),
        armLeft: { shoulder: 0.6, elbow: 1.2 },
        armRight: { shoulder: 0.8, elbow: 1 },
      };
      return {
        actors: [
          truck,
          c
            ? person({
                ...c,
                heading: c.speed < 0.1 ? 1.4 : c.heading,
                wear: { ...clothes.worker, vest: plain(0.55, 0.3, 0.04) },
                pose: c.speed < 0.1 ? writing : gait(c.distance),
              })
            : [],
          l ? person({ ...l, wear: clothes.worker, pose: gait(l.distance) }) : [],
        ],
      };
    },
  };
}

/** A robot arm on its column; the angles swing with time. */
function robot(x, z, t, seed) {
  const orange = plain(0.6, 0.24, 0.02, { gloss: 0.3 });
  const turn = Math.sin(t * 0.42 + seed) * 1.1;
  const low = 0.35 + 0.28 * Math.sin(t * 0.84 + seed);
  const high = 1.5 + 0.35 * Math.sin(t * 0.84 + seed + 1);
  const step = (p, angle, length) => [
    p[0] + Math.sin(turn) * Math.sin(angle) * length,
    p[1] + Math.cos(angle) * length,
    p[2] + Math.cos(turn) * Math.sin(angle) * length,
  ];
  const a = [x, 0.75, z];
  const b = step(a, low, 0.95);
  const c = step(b, low + high, 0.85);
  return [cylinder(grey(0.15), [x, 0, z], [x, 0.4, z], 0.3), cylinder(orange, [x, 0.4, z], [x, 0.8, z], 0.22), capsule(orange, a, b, 0.13), capsule(orange, b, c, 0.095), capsule(grey(0.12), c, [c[0], c[1] - 0.28, c[2]], 0.06)]; // prettier-ignore
}

/** B5-01: the workshop with a conveyor and robot arms. */
export function workshop() {
  const machine = worn(0.34, 0.4, 0.4, { size: 1, amount: 0.12 });
  const solids = [
    ground(sealed(0.2, 0.3, 0.24, (x, z) => Math.abs(Math.abs(x + 1.6) - 1.3) < 0.05 && z < 3)),
    block(ribbed(0.45, 0.46, 0.46, { pitch: 0.5 }), -13, 0, -30, 13, 7, -30.3),
    block(worn(0.45, 0.45, 0.43, { size: 2, amount: 0.1 }), -9.2, 0, 6, -9, 7, -30),
    block(worn(0.45, 0.45, 0.43, { size: 2, amount: 0.1 }), 11, 0, 6, 11.2, 7, -30),
    block(grey(0.28), -13, 7, 6, 13, 7.2, -30),
    ...[-4, 3].flatMap((x) =>
      [-2, -9, -16, -23].map((z) => box(glowing(2.3, 2.35, 2.3), [x, 6.6, z], [0.4, 0.08, 1.8])),
    ),
    ...[-5, -12, -19, -26].map((z) => box(plain(0.5, 0.4, 0.03), [1, 6.2, z], [20, 0.4, 0.25])),
    // conveyor
    block(grey(0.25), 1.6, 0, 4, 2.9, 0.72, -26),
    block(plain(0.03, 0.03, 0.035), 1.7, 0.72, 4, 2.8, 0.78, -26),
    // machines on the left
    ...[-4, -10, -16, -22].flatMap((z, i) => [box(machine, [-6.4, 1.1, z], [3, 2.2, 3.4]), box(plain(0.05, 0.08, 0.1, { gloss: 0.5 }), [-4.88, 1.3, z + 0.4], [0.05, 1.1, 1.6]), box(plain(0.03, 0.05, 0.07, { emit: [0.05, 0.22, 0.3] }), [-4.86, 1.5, z - 1.1], [0.06, 0.4, 0.5]), cylinder(grey(0.3), [-5.2, 2.2, z - 1.3], [-5.2, 2.5, z - 1.3], 0.03), cylinder(i === 2 ? glowing(1.6, 0.8, 0.05) : glowing(0.1, 1.1, 0.25), [-5.2, 2.5, z - 1.3], [-5.2, 2.72, z - 1.3], 0.06)]), // prettier-ignore
    ...[-1, -6, -11, -16].flatMap((z) => [
      box(plain(0.5, 0.4, 0.03), [4.6, 0.55, z + 1.4], [0.06, 1.1, 0.06]),
      box(plain(0.5, 0.4, 0.03), [4.6, 1.05, z - 1.1], [0.05, 0.05, 5]),
    ]),
    block(worn(0.5, 0.5, 0.48, { size: 0.8 }), 8.6, 0, -3, 10.4, 1.5, -6),
    block(worn(0.4, 0.28, 0.16, { size: 0.6, amount: 0.3 }), 8.4, 0, -9, 10, 1.1, -11),
  ];
  const worker = walk([
    [1, -3.6, 3.6],
    [10, -3.7, -8.8],
    [12, -4.0, -9.1],
    [27, -4.0, -9.12],
    [34, -2.6, -20],
    [42, -2.4, -29],
  ]);
  const lead = walk([
    [24, 0.4, -29],
    [43, -0.6, -2],
    [46, 0.1, 3.8],
  ]);
  return {
    camera: { eye: [6.6, 4.8, 4.6], look: [-0.6, 0.7, -8], fov: 80, k: 0.12 },
    mirrorFloor: true,
    solids,
    sky: () => [0.1, 0.1, 0.1],
    ambient: { sky: [0.2, 0.205, 0.205], ground: [0.11, 0.115, 0.11] },
    lights: [
      ...[-2, -9, -16].map((z, i) => lamp([-4, 6.4, z], [6.5, 6.6, 6.5], { soft: 0.7, casts: i < 2 })),
      ...[-2, -9, -16].map((z, i) => lamp([3, 6.4, z], [6.5, 6.6, 6.5], { soft: 0.7, casts: i < 2 })),
    ],
    haze: { colour: [0.2, 0.21, 0.21], density: 0.004 },
    film: { exposure: 1.05, vignette: 0.3 },
    moment: (t) => {
      const parts = [];
      // the belt moves 0.4 m/s, one part each 3 m: 8 parts pass in 60 s, so the loop closes
      for (let i = 0; i < 10; i += 1) {
        const z = 3.4 - ((i * 3 + t * 0.4) % 30);
        if (z > -25)
          parts.push([
            box(plain(0.4, 0.42, 0.44, { gloss: 0.4 }), [2.25, 0.95, z], [0.7, 0.34, 0.6]),
            box(plain(0.1, 0.2, 0.4), [2.25, 1.13, z], [0.4, 0.04, 0.35]),
          ]);
      }
      const w = worker(t);
      const l = lead(t);
      const busy = {
        ...standing(),
        armRight: { shoulder: 1 + 0.25 * Math.sin(t * 2.2), elbow: 0.6 },
        armLeft: { shoulder: 0.8, elbow: 0.8 },
      };
      return {
        actors: [
          ...parts,
          robot(4.2, -4.5, t * 0.998, 0),
          robot(4.2, -10, t * 0.998, 2),
          w
            ? person({
                ...w,
                heading: w.speed < 0.1 ? -Math.PI / 2 : w.heading,
                wear: clothes.worker,
                pose: w.speed < 0.1 ? busy : gait(w.distance),
              })
            : [],
          l ? person({ ...l, wear: clothes.suit, pose: gait(l.distance) }) : [],
        ],
      };
    },
  };
}
