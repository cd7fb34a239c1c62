import { sun } from '../light.mjs';
import { asphalt, facade, grass, grey, plain, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { walk } from '../motion.mjs';
import { clothes, somebody } from '../people.mjs';
import { block, box, cylinder, ground } from '../shapes.mjs';
import { tree } from '../things.mjs';
import { car } from '../vehicles.mjs';
import { daySky } from './day-sky.mjs';

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
