import { sun } from '../light.mjs';
import { facade, grass, grey, plain, tiles, worn } from '../materials.mjs';
import { walk } from '../motion.mjs';
import { clothes, gait, person, somebody, standing } from '../people.mjs';
import { block, box, capsule, cylinder, ellipsoid, ground, leaves } from '../shapes.mjs';
import { tree } from '../things.mjs';
import { daySky } from './day-sky.mjs';

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
