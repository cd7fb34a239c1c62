import { meet } from './shapes.mjs';

/** A tree of bounding boxes over the solids that never move. Endless solids are kept beside it. */
export function makeTree(solids) {
  const finite = solids.filter((s) => Number.isFinite(s.min[0]) && Number.isFinite(s.max[0]));
  return {
    endless: solids.filter((s) => !finite.includes(s)),
    root: finite.length > 0 ? node(finite) : undefined,
  };
}

function node(solids) {
  const min = [0, 1, 2].map((i) => Math.min(...solids.map((s) => s.min[i])));
  const max = [0, 1, 2].map((i) => Math.max(...solids.map((s) => s.max[i])));
  if (solids.length <= 3) return { min, max, solids, left: undefined, right: undefined };
  const axis = [0, 1, 2].reduce((best, i) => (max[i] - min[i] > max[best] - min[best] ? i : best), 0);
  const sorted = [...solids].sort((a, b) => a.min[axis] + a.max[axis] - b.min[axis] - b.max[axis]);
  const half = sorted.length >> 1;
  return { min, max, solids: undefined, left: node(sorted.slice(0, half)), right: node(sorted.slice(half)) };
}

/** Entry distance of a ray into bounds, or Infinity. `i*` are reciprocals of the direction. */
export function enter(b, ox, oy, oz, ix, iy, iz, limit) {
  let t0 = (b.min[0] - ox) * ix;
  let t1 = (b.max[0] - ox) * ix;
  let near = t0 < t1 ? t0 : t1;
  let far = t0 < t1 ? t1 : t0;
  t0 = (b.min[1] - oy) * iy;
  t1 = (b.max[1] - oy) * iy;
  near = Math.max(near, Math.min(t0, t1));
  far = Math.min(far, Math.max(t0, t1));
  t0 = (b.min[2] - oz) * iz;
  t1 = (b.max[2] - oz) * iz;
  near = Math.max(near, Math.min(t0, t1));
  far = Math.min(far, Math.max(t0, t1));
  return near <= far && far > 0 && near < limit ? near : Infinity;
}

const stack = new Array(128);

/** The last hit of `nearest`. */
export const hit = { t: Infinity, solid: undefined, face: 0 };

/** Finds the nearest solid along the ray within `limit`; the answer is in `hit`. */
export function nearest(tree, ox, oy, oz, dx, dy, dz, limit) {
  let best = limit;
  let solid;
  let face = 0;
  for (let i = 0; i < tree.endless.length; i += 1) {
    const t = meet(tree.endless[i], ox, oy, oz, dx, dy, dz);
    if (t < best) {
      best = t;
      solid = tree.endless[i];
    }
  }
  const ix = 1 / dx;
  const iy = 1 / dy;
  const iz = 1 / dz;
  let top = 0;
  if (tree.root) stack[top++] = tree.root;
  while (top > 0) {
    const n = stack[--top];
    if (enter(n, ox, oy, oz, ix, iy, iz, best) === Infinity) continue;
    if (n.solids) {
      for (let i = 0; i < n.solids.length; i += 1) {
        const s = n.solids[i];
        const t = meet(s, ox, oy, oz, dx, dy, dz);
        if (t < best) {
          best = t;
          solid = s;
          face = s.face;
        }
      }
    } else {
      stack[top++] = n.left;
      stack[top++] = n.right;
    }
  }
  if (solid) solid.face = face;
  hit.t = solid ? best : Infinity;
  hit.solid = solid;
  return hit;
}

/** True if anything that casts shadows stands in the ray's way before `limit`. */
export function blocked(tree, ox, oy, oz, dx, dy, dz, limit) {
  for (let i = 0; i < tree.endless.length; i += 1) {
    if (meet(tree.endless[i], ox, oy, oz, dx, dy, dz) < limit) return true;
  }
  const ix = 1 / dx;
  const iy = 1 / dy;
  const iz = 1 / dz;
  let top = 0;
  if (tree.root) stack[top++] = tree.root;
  while (top > 0) {
    const n = stack[--top];
    if (enter(n, ox, oy, oz, ix, iy, iz, limit) === Infinity) continue;
    if (n.solids) {
      for (let i = 0; i < n.solids.length; i += 1) {
        const s = n.solids[i];
        if (!s.material.shadowless && meet(s, ox, oy, oz, dx, dy, dz) < limit) return true;
      }
    } else {
      stack[top++] = n.left;
      stack[top++] = n.right;
    }
  }
  return false;
}
