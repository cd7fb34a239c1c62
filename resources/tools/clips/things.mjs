import { plain, worn } from './materials.mjs';
import { hash } from './noise.mjs';
import { cylinder, leaves } from './shapes.mjs';

/** Small things that several scenes have. */

/** A plant in a pot. */
export function plant(x, z, h = 1.4) {
  const solids = [cylinder(worn(0.5, 0.5, 0.48, { size: 0.3 }), [x, 0, z], [x, 0.5, z], 0.24)];
  for (let i = 0; i < 5; i += 1) solids.push(leaves(plain(0.05, 0.13, 0.04), [x + 0.2 * Math.cos(i * 1.3), 0.8 + (h - 0.9) * (i / 4), z + 0.2 * Math.sin(i * 1.3)], [0.42, 0.36, 0.42], { leaf: 0.09, seed: i })); // prettier-ignore
  return solids;
}

/** A broad-leaved tree; `seed` varies its crown. */
export function tree(x, z, h, seed, colour = plain(0.045, 0.1, 0.03)) {
  const solids = [cylinder(worn(0.1, 0.075, 0.05, { size: 0.3 }), [x, 0, z], [x + 0.1, h, z], 0.13)];
  for (let k = 0; k < 6; k += 1) {
    const a = k * 1.05 + seed;
    solids.push(
      leaves(colour, [x + Math.cos(a), h + 0.3 + 1.1 * hash(seed, k), z + Math.sin(a)], [1.35, 1.05, 1.35], {
        leaf: 0.16,
        seed: seed + k,
      }),
    );
  }
  return solids;
}
