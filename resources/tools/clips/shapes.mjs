import { noise } from './noise.mjs';

/**
 * Solids of the demo scenes and where a ray meets them. Metres, y up, right-handed: x to the right, z towards
 * the viewer. A solid is a plain object with a `kind`, numbers, a material and its bounds; the tracer calls
 * `meet` millions of times, so nothing is allocated in there.
 */

const EPS = 1e-4;
const BOX = 0;
const HULL = 1;
const CAPSULE = 2;
const CYLINDER = 3;
const ELLIPSOID = 4;
const GROUND = 5;
const LEAVES = 6;

/** Rows of the matrix that turns world directions into the solid's own: yaw about y, then pitch about x, then roll about z. */
function turn(yaw = 0, pitch = 0, roll = 0) {
  const [cy, sy, cp, sp, cr, sr] = [yaw, pitch, roll].flatMap((a) => [Math.cos(a), Math.sin(a)]);
  const about = [
    [cy, 0, -sy],
    [sy * sp, cp, cy * sp],
    [sy * cp, -sp, cy * cp],
  ];
  return [
    ...about[0].map((v, i) => cr * v + sr * about[1][i]),
    ...about[0].map((v, i) => -sr * v + cr * about[1][i]),
    ...about[2],
  ];
}

function boundsOf(points, pad = 0) {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (const p of points) {
    for (let i = 0; i < 3; i += 1) {
      min[i] = Math.min(min[i], p[i] - pad);
      max[i] = Math.max(max[i], p[i] + pad);
    }
  }
  return { min, max };
}

/** Local to world. */
const out = (m, c, p) => [
  c[0] + m[0] * p[0] + m[3] * p[1] + m[6] * p[2],
  c[1] + m[1] * p[0] + m[4] * p[1] + m[7] * p[2],
  c[2] + m[2] * p[0] + m[5] * p[1] + m[8] * p[2],
];

/** A box by centre and full size; angles in radians. */
export function box(material, centre, size, { yaw = 0, pitch = 0, roll = 0 } = {}) {
  const m = turn(yaw, pitch, roll);
  const h = size.map((v) => v / 2);
  const corners = [];
  for (const x of [-1, 1])
    for (const y of [-1, 1])
      for (const z of [-1, 1]) corners.push(out(m, centre, [x * h[0], y * h[1], z * h[2]]));
  return { kind: BOX, material, c: centre, m, h, face: 0, ...boundsOf(corners) };
}

/** A box standing on the ground between two corners (x0, z0) and (x1, z1), from y0 to y1. */
export const block = (material, x0, y0, z0, x1, y1, z1) =>
  box(
    material,
    [(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2],
    [Math.abs(x1 - x0), Math.abs(y1 - y0), Math.abs(z1 - z0)],
  );

/** A convex solid: planes [nx, ny, nz, d] with n.p <= d in its own frame, inside a box of half size `reach`. */
export function hull(material, centre, planes, reach, angles = {}) {
  const m = turn(angles.yaw, angles.pitch, angles.roll);
  const corners = [];
  for (const x of [-1, 1])
    for (const y of [-1, 1])
      for (const z of [-1, 1]) corners.push(out(m, centre, [x * reach[0], y * reach[1], z * reach[2]]));
  const flat = planes.map(([x, y, z, d]) => {
    const l = Math.hypot(x, y, z);
    return [x / l, y / l, z / l, d / l];
  });
  return { kind: HULL, material, c: centre, m, planes: flat, face: 0, ...boundsOf(corners) };
}

export const capsule = (material, a, b, r) => ({ kind: CAPSULE, material, a, b, r, ...boundsOf([a, b], r) });
export const cylinder = (material, a, b, r) => ({
  kind: CYLINDER,
  material,
  a,
  b,
  r,
  ...boundsOf([a, b], r),
});
export const sphere = (material, c, r) => capsule(material, c, c, r);

export function ellipsoid(material, centre, radii, angles = {}) {
  const m = turn(angles.yaw, angles.pitch, angles.roll);
  const pad = Math.max(...radii);
  return { kind: ELLIPSOID, material, c: centre, m, radii, ...boundsOf([centre], pad) };
}

/** A bush or crown: shells of an ellipsoid with holes between leaves of about `leaf` metres. */
export const leaves = (material, centre, radii, { leaf = 0.12, seed = 0 } = {}) => ({
  ...ellipsoid(material, centre, radii),
  kind: LEAVES,
  leaf,
  seed,
});

/** The endless floor at height y. */
export const ground = (material, y = 0) => ({
  kind: GROUND,
  material,
  y,
  min: [-Infinity, y - EPS, -Infinity],
  max: [Infinity, y + EPS, Infinity],
});

/** Distance to the solid along the ray, or Infinity. */
export function meet(s, ox, oy, oz, dx, dy, dz) {
  switch (s.kind) {
    case BOX:
      return meetBox(s, ox, oy, oz, dx, dy, dz);
    case HULL:
      return meetHull(s, ox, oy, oz, dx, dy, dz);
    case CAPSULE:
      return meetCapsule(s, ox, oy, oz, dx, dy, dz);
    case CYLINDER:
      return meetCylinder(s, ox, oy, oz, dx, dy, dz);
    case ELLIPSOID:
      return meetEllipsoid(s, ox, oy, oz, dx, dy, dz, 1);
    case LEAVES:
      return meetLeaves(s, ox, oy, oz, dx, dy, dz);
    default: {
      const t = (s.y - oy) / dy;
      return t > EPS ? t : Infinity;
    }
  }
}

function meetBox(s, ox, oy, oz, dx, dy, dz) {
  const { c, m, h } = s;
  const px = ox - c[0];
  const py = oy - c[1];
  const pz = oz - c[2];
  let near = -Infinity;
  let far = Infinity;
  let face = 0;
  let exit = 0;
  for (let i = 0; i < 3; i += 1) {
    const p = m[3 * i] * px + m[3 * i + 1] * py + m[3 * i + 2] * pz;
    const d = m[3 * i] * dx + m[3 * i + 1] * dy + m[3 * i + 2] * dz;
    const inv = 1 / d;
    let t0 = (-h[i] - p) * inv;
    let t1 = (h[i] - p) * inv;
    let side = 0;
    if (t0 > t1) {
      const swap = t0;
      t0 = t1;
      t1 = swap;
      side = 1;
    }
    if (t0 > near) {
      near = t0;
      face = 2 * i + side;
    }
    if (t1 < far) {
      far = t1;
      exit = 2 * i + 1 - side;
    }
  }
  if (near > far || far < EPS) return Infinity;
  s.face = near > EPS ? face : exit;
  return near > EPS ? near : far;
}

function meetHull(s, ox, oy, oz, dx, dy, dz) {
  const { c, m, planes } = s;
  const wx = ox - c[0];
  const wy = oy - c[1];
  const wz = oz - c[2];
  const px = m[0] * wx + m[1] * wy + m[2] * wz;
  const py = m[3] * wx + m[4] * wy + m[5] * wz;
  const pz = m[6] * wx + m[7] * wy + m[8] * wz;
  const qx = m[0] * dx + m[1] * dy + m[2] * dz;
  const qy = m[3] * dx + m[4] * dy + m[5] * dz;
  const qz = m[6] * dx + m[7] * dy + m[8] * dz;
  let near = -Infinity;
  let far = Infinity;
  let face = 0;
  for (let i = 0; i < planes.length; i += 1) {
    const n = planes[i];
    const slope = n[0] * qx + n[1] * qy + n[2] * qz;
    const gap = n[3] - (n[0] * px + n[1] * py + n[2] * pz);
    if (slope > -1e-12 && slope < 1e-12) {
      if (gap < 0) return Infinity;
    } else {
      const t = gap / slope;
      if (slope < 0) {
        if (t > near) {
          near = t;
          face = i;
        }
      } else if (t < far) far = t;
    }
    if (near > far) return Infinity;
  }
  s.face = face;
  return near > EPS ? near : Infinity;
}

function meetCapsule(s, ox, oy, oz, dx, dy, dz) {
  const { a, b, r } = s;
  const bx = b[0] - a[0];
  const by = b[1] - a[1];
  const bz = b[2] - a[2];
  const px = ox - a[0];
  const py = oy - a[1];
  const pz = oz - a[2];
  const bb = bx * bx + by * by + bz * bz;
  const bd = bx * dx + by * dy + bz * dz;
  const bp = bx * px + by * py + bz * pz;
  const dp = dx * px + dy * py + dz * pz;
  const pp = px * px + py * py + pz * pz;
  const A = bb - bd * bd;
  if (bb > 1e-9 && A > 1e-9) {
    const B = bb * dp - bp * bd;
    const C = bb * pp - bp * bp - r * r * bb;
    const H = B * B - A * C;
    if (H < 0) return Infinity;
    const t = (-B - Math.sqrt(H)) / A;
    const y = bp + t * bd;
    if (y > 0 && y < bb) return t > EPS ? t : Infinity;
    return y <= 0 ? meetBall(px, py, pz, dx, dy, dz, r) : meetBall(px - bx, py - by, pz - bz, dx, dy, dz, r);
  }
  return meetBall(px, py, pz, dx, dy, dz, r);
}

function meetBall(px, py, pz, dx, dy, dz, r) {
  const b = px * dx + py * dy + pz * dz;
  const h = b * b - (px * px + py * py + pz * pz - r * r);
  if (h < 0) return Infinity;
  const t = -b - Math.sqrt(h);
  return t > EPS ? t : Infinity;
}

function meetCylinder(s, ox, oy, oz, dx, dy, dz) {
  const { a, b, r } = s;
  const bx = b[0] - a[0];
  const by = b[1] - a[1];
  const bz = b[2] - a[2];
  const px = ox - a[0];
  const py = oy - a[1];
  const pz = oz - a[2];
  const bb = bx * bx + by * by + bz * bz;
  const bd = bx * dx + by * dy + bz * dz;
  const bp = bx * px + by * py + bz * pz;
  const A = bb - bd * bd;
  const B = bb * (dx * px + dy * py + dz * pz) - bp * bd;
  const C = bb * (px * px + py * py + pz * pz) - bp * bp - r * r * bb;
  const H = B * B - A * C;
  if (H < 0) return Infinity;
  const root = Math.sqrt(H);
  if (A > 1e-9) {
    const t = (-B - root) / A;
    const y = bp + t * bd;
    if (y > 0 && y < bb && t > EPS) return t;
    const cap = ((y < 0 ? 0 : bb) - bp) / bd;
    return Math.abs(B + A * cap) < root && cap > EPS ? cap : Infinity;
  }
  const cap = ((bd > 0 ? 0 : bb) - bp) / bd;
  return cap > EPS ? cap : Infinity;
}

function meetEllipsoid(s, ox, oy, oz, dx, dy, dz, shrink) {
  const { c, m, radii } = s;
  const wx = ox - c[0];
  const wy = oy - c[1];
  const wz = oz - c[2];
  const px = (m[0] * wx + m[1] * wy + m[2] * wz) / radii[0];
  const py = (m[3] * wx + m[4] * wy + m[5] * wz) / radii[1];
  const pz = (m[6] * wx + m[7] * wy + m[8] * wz) / radii[2];
  const qx = (m[0] * dx + m[1] * dy + m[2] * dz) / radii[0];
  const qy = (m[3] * dx + m[4] * dy + m[5] * dz) / radii[1];
  const qz = (m[6] * dx + m[7] * dy + m[8] * dz) / radii[2];
  const A = qx * qx + qy * qy + qz * qz;
  const B = px * qx + py * qy + pz * qz;
  const H = B * B - A * (px * px + py * py + pz * pz - shrink * shrink);
  if (H < 0) return Infinity;
  const t = (-B - Math.sqrt(H)) / A;
  return t > EPS ? t : Infinity;
}

/** From the outermost shell inwards, the first point that is leaf and not gap. */
function meetLeaves(s, ox, oy, oz, dx, dy, dz) {
  for (let shell = 1; shell > 0.55; shell -= 0.09) {
    const t = meetEllipsoid(s, ox, oy, oz, dx, dy, dz, shell);
    if (t === Infinity) return Infinity;
    const k = 1 / s.leaf;
    const leaf = noise((ox + dx * t) * k + s.seed, (oy + dy * t) * k, (oz + dz * t) * k + shell * 9);
    if (leaf > 0.42 + (shell - 0.55) * 0.5) return t;
  }
  return Infinity;
}

/** Outward normal at a point that `meet` just found; written into `n`. */
export function normalAt(s, x, y, z, n) {
  if (s.kind === GROUND) {
    n[0] = 0;
    n[1] = 1;
    n[2] = 0;
  } else if (s.kind === BOX) {
    const row = s.face >> 1;
    const sign = s.face & 1 ? 1 : -1;
    for (let i = 0; i < 3; i += 1) n[i] = sign * s.m[3 * row + i];
  } else if (s.kind === HULL) {
    const p = s.planes[s.face];
    for (let i = 0; i < 3; i += 1) n[i] = s.m[i] * p[0] + s.m[3 + i] * p[1] + s.m[6 + i] * p[2];
  } else if (s.kind === ELLIPSOID || s.kind === LEAVES) {
    const { c, m, radii } = s;
    const w = [x - c[0], y - c[1], z - c[2]];
    const g = [0, 1, 2].map(
      (i) => (m[3 * i] * w[0] + m[3 * i + 1] * w[1] + m[3 * i + 2] * w[2]) / (radii[i] * radii[i]),
    );
    const v = [0, 1, 2].map((i) => m[i] * g[0] + m[3 + i] * g[1] + m[6 + i] * g[2]);
    const l = Math.hypot(...v);
    for (let i = 0; i < 3; i += 1) n[i] = v[i] / l;
    if (s.kind === LEAVES) ruffle(s, x, y, z, n);
  } else {
    roundNormal(s, x, y, z, n);
  }
}

/** Leaves face every way. */
function ruffle(s, x, y, z, n) {
  const k = 1.3 / s.leaf;
  for (let i = 0; i < 3; i += 1) n[i] += (noise(x * k + i * 17, y * k, z * k + s.seed) - 0.5) * 1.6;
  const l = Math.hypot(n[0], n[1], n[2]);
  for (let i = 0; i < 3; i += 1) n[i] /= l;
}

function roundNormal(s, x, y, z, n) {
  const { a, b, r } = s;
  const bx = b[0] - a[0];
  const by = b[1] - a[1];
  const bz = b[2] - a[2];
  const bb = bx * bx + by * by + bz * bz;
  const raw = bb > 1e-9 ? ((x - a[0]) * bx + (y - a[1]) * by + (z - a[2]) * bz) / bb : 0;
  const h = Math.min(1, Math.max(0, raw));
  n[0] = (x - a[0] - bx * h) / r;
  n[1] = (y - a[1] - by * h) / r;
  n[2] = (z - a[2] - bz * h) / r;
  if (s.kind === CYLINDER) {
    const l = Math.hypot(n[0], n[1], n[2]);
    if (l < 0.999) {
      const k = (raw > 0.5 ? 1 : -1) / Math.sqrt(bb);
      n[0] = bx * k;
      n[1] = by * k;
      n[2] = bz * k;
    }
  }
}

/** Coordinates of a world point in a box's or hull's own frame (for textures). */
export function localPoint(s, x, y, z, p) {
  const { c, m } = s;
  const wx = x - c[0];
  const wy = y - c[1];
  const wz = z - c[2];
  p[0] = m[0] * wx + m[1] * wy + m[2] * wz;
  p[1] = m[3] * wx + m[4] * wy + m[5] * wz;
  p[2] = m[6] * wx + m[7] * wy + m[8] * wz;
}
