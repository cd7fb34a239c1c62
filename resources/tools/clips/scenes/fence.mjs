import { spot } from '../light.mjs';
import { chainLink, grass, grey, plain, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { block, box, capsule, cylinder, ground, leaves } from '../shapes.mjs';

/** The perimeter at night under infrared lamps: chain-link fence along the z axis at x = 0, the park to the right (+x). */

const HEIGHT = 2.3;
const STEEL = grey(0.5, { gloss: 0.2 });
const FOLIAGE = grey(0.36);

function posts(from, to, every = 3) {
  const solids = [];
  for (let z = from; z >= to; z -= every) {
    solids.push(cylinder(STEEL, [0, 0, z], [0, HEIGHT, z], 0.04));
    solids.push(capsule(STEEL, [0, HEIGHT, z], [-0.28, HEIGHT + 0.32, z], 0.025));
    solids.push(box(grey(0.42), [0, 0.06, z], [0.3, 0.12, 0.3]));
  }
  for (const [x, y] of [
    [-0.1, HEIGHT + 0.11],
    [-0.19, HEIGHT + 0.21],
    [-0.27, HEIGHT + 0.31],
  ]) {
    // prettier-ignore
    solids.push(capsule(grey(0.5), [x, y, from], [x, y, to], 0.008));
  }
  solids.push(capsule(STEEL, [0, HEIGHT, from], [0, HEIGHT, to], 0.02));
  // the vibration cable, tied at mid height
  solids.push(capsule(grey(0.08), [0.02, 1.2, from], [0.02, 1.2, to], 0.014));
  return solids;
}

/** Bushes and small trees at irregular places along a line. */
function planting({ x0, x1, from, to, every, low = 0.5, high = 1.1, seed = 1, trees = 0 }) {
  const solids = [];
  let i = 0;
  for (let z = from; z > to; z -= every * (0.6 + 0.8 * hash(i, seed, 1))) {
    i += 1;
    const x = x0 + (x1 - x0) * hash(i, seed, 2);
    const r = low + (high - low) * hash(i, seed, 3);
    const sizes = { leaf: 0.06 + 0.03 * hash(i, seed, 7), seed: i * 3.7 };
    solids.push(leaves(FOLIAGE, [x, r * 0.55, z], [r, r * 0.75, r * 0.9], sizes));
    solids.push(leaves(FOLIAGE, [x + r * 0.6, r * 0.4, z + r * 0.4], [r * 0.7, r * 0.5, r * 0.6], sizes));
    if (hash(i, seed, 4) >= trees || z > -5) continue;
    const h = 2.4 + 1.6 * hash(i, seed, 5);
    solids.push(cylinder(worn(0.25, 0.25, 0.25, { size: 0.3 }), [x, 0, z], [x + 0.2, h, z], 0.11));
    for (let k = 0; k < 6; k += 1) {
      const a = k * 1.05 + i;
      solids.push(
        leaves(
          FOLIAGE,
          [x + 0.8 * Math.cos(a), h + 0.5 + 0.7 * hash(i, k, 6), z + 0.8 * Math.sin(a)],
          [0.95, 0.8, 0.9],
          { leaf: 0.1, seed: i + k },
        ),
      );
    }
  }
  return solids;
}

/** The mesh as a veil between two z. */
function mesh(from, to) {
  const length = Math.abs(from - to);
  return {
    at: [0, 0, from],
    normal: [1, 0, 0],
    u: [0, 0, from > to ? -1 : 1],
    v: [0, 1, 0],
    width: length,
    height: HEIGHT,
    cover: (u, v, metres) => chainLink(u, v, metres),
    shade: (_world, t) => {
      const k = 0.34 / (1 + (t / 9) ** 2) + 0.01;
      return [k, k, k];
    },
  };
}

/**
 * @param options eye and look of the camera, seed for the planting, `extra` solids, `moment(t)`
 */
export function fenceScene({
  eye,
  look,
  fov = 74,
  seed = 1,
  extra = [],
  path = true,
  trees = 0.35,
  far = -75,
  power = 75,
  moment,
}) {
  const aim = look.map((v, i) => eye[i] + (v - eye[i]) * 1);
  const infrared = {
    ...spot(
      eye.map((v, i) => v + [0.1, 0.12, 0][i]),
      aim,
      [power, power, power],
      { inner: 16, outer: 52, casts: true, soft: 0.05 },
    ),
  };
  return {
    camera: { eye, look, fov, k: 0.12 },
    solids: [
      ground(grass(0.34, 0.34, 0.34)),
      ...(path ? [block(worn(0.3, 0.3, 0.3, { size: 1.2, amount: 0.3 }), 1.3, 0, 30, 2.9, 0.03, far)] : []),
      block(grey(0.4), 1.22, 0, 30, 1.3, 0.08, far),
      ...posts(24, far),
      ...planting({ x0: -4, x1: -1.6, from: 8, to: far, every: 2.6, seed, trees: 0.2 }),
      ...planting({
        x0: 5.4,
        x1: 8.5,
        from: 6,
        to: far,
        every: 4.2,
        seed: seed + 5,
        trees,
        low: 0.4,
        high: 0.9,
      }),
      block(worn(0.3, 0.3, 0.3), -14, 0, 20, -13.6, 2.2, far),
      ...extra,
    ],
    veils: [mesh(24, far)],
    sky: (x, y) => {
      const k = 0.006 + 0.014 * Math.max(0, 0.25 - y);
      return [k, k, k + x * 0];
    },
    ambient: { sky: [0.018, 0.018, 0.018], ground: [0.006, 0.006, 0.006] },
    lights: [infrared],
    haze: { colour: [0.014, 0.014, 0.014], density: 0.011 },
    film: { mode: 'ir', exposure: 1.9, vignette: 0.45, lift: 0.004, grain: 1.5 },
    moment,
  };
}

/** Two bright dots: eyes that look into an infrared lamp. */
export const eyeGlow = (eyes, strength = 1) =>
  eyes.map((at) => ({ at, r: 0.05, colour: [strength, strength, strength] }));
export const PALE_COAT = plain(0.5, 0.5, 0.5);
