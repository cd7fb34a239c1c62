import { sun } from '../light.mjs';
import { facade, grass, grey, tiles, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { walk } from '../motion.mjs';
import { clothes, gait, person, standing } from '../people.mjs';
import { block, box, capsule, cylinder, ellipsoid, ground } from '../shapes.mjs';
import { tree } from '../things.mjs';
import { daySky } from './day-sky.mjs';

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
