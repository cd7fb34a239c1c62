import { fbm, hash, noise } from './noise.mjs';
import { localPoint } from './shapes.mjs';

/** Surfaces. Colours are linear reflectances 0..1; a texture may change the `surface` record before it is lit. */

export const plain = (r, g, b, more = {}) => ({ colour: [r, g, b], ...more });
export const grey = (v, more = {}) => plain(v, v, v, more);
export const glowing = (r, g, b, more = {}) => ({
  colour: [0.1, 0.1, 0.1],
  emit: [r, g, b],
  shadowless: true,
  ...more,
});

const scale = (s, k) => {
  s.r *= k;
  s.g *= k;
  s.b *= k;
};

/** Blotchy wear over one or several octaves: plaster, concrete, painted metal. */
export const worn = (r, g, b, { size = 1.5, amount = 0.25, ...more } = {}) => ({
  colour: [r, g, b],
  ...more,
  texture: (s) => scale(s, 1 - amount / 2 + amount * fbm(s.x / size, s.y / size + 9, s.z / size, 4)),
});

/** Detail finer than a pixel becomes its average, so that far ground does not flicker or cost bits. */
const detail = (t, size) => Math.min(1, Math.max(0, (size * 420) / t - 0.35));

export const grass = (r, g, b, { patch = 3.5 } = {}) => ({
  colour: [r, g, b],
  texture: (s, _solid, t) => {
    const fine = detail(t, 0.05);
    const blades = fine > 0 ? (noise(s.x * 22, 0, s.z * 22) - 0.5) * 0.5 * fine : 0;
    scale(s, 0.72 + 0.56 * fbm(s.x / patch, 3, s.z / patch, 3) + blades);
  },
});

/** `paint(x, z)` returns 0..1 for road markings. */
export const asphalt = (v, { paint, size = 2.5, gloss = 0 } = {}) => ({
  colour: [v, v, v * 1.02],
  gloss,
  texture: (s, _solid, t) => {
    const speckle = (hash(Math.floor(s.x * 40), Math.floor(s.z * 40)) - 0.5) * 0.25 * detail(t, 0.03);
    scale(s, 0.8 + 0.4 * fbm(s.x / size, 5, s.z / size, 4) + speckle);
    const p = paint ? paint(s.x, s.z) : 0;
    if (p > 0) {
      const worn = p * (0.55 + 0.45 * fbm(s.x * 2, 1, s.z * 2, 3));
      s.r += (0.62 - s.r) * worn;
      s.g += (0.62 - s.g) * worn;
      s.b += (0.6 - s.b) * worn;
    }
  },
});

/** Square floor tiles with joints. */
export const tiles = (
  r,
  g,
  b,
  { size = 0.8, joint = 0.012, jointShade = 0.6, vary = 0.08, ...more } = {},
) => ({
  colour: [r, g, b],
  ...more,
  texture: (s, _solid, t) => {
    const fu = s.x / size;
    const fv = (Math.abs(s.ny) > 0.5 ? s.z : s.y) / size;
    scale(s, 1 - vary / 2 + vary * hash(Math.floor(fu), Math.floor(fv)));
    const du = Math.abs(fu - Math.round(fu)) * size;
    const dv = Math.abs(fv - Math.round(fv)) * size;
    const width = Math.max(joint, t * 0.0012);
    if (Math.min(du, dv) < width) scale(s, 1 - (1 - jointShade) * Math.min(1, joint / width + 0.25));
  },
});

/** Vertical ribs of sheet metal; the ribs run along y and repeat along x or z, whichever the wall has. */
export const ribbed = (r, g, b, { pitch = 0.25, depth = 0.35, ...more } = {}) => ({
  colour: [r, g, b],
  ...more,
  texture: (s, _solid, t) => {
    const along = Math.abs(s.nx) > 0.7 ? s.z : s.x;
    const fine = detail(t, pitch / 3);
    const wave = Math.sin((along / pitch) * 2 * Math.PI);
    scale(s, 1 + depth * wave * fine * 0.6 - 0.12 * fbm(s.x, s.y * 0.5, s.z, 3));
  },
});

export const bricks = (r, g, b, { length = 0.4, height = 0.18, ...more } = {}) => ({
  colour: [r, g, b],
  ...more,
  texture: (s, _solid, t) => {
    const row = Math.floor(s.y / height);
    const along = (Math.abs(s.nx) > 0.7 ? s.z : s.x) / length + (row % 2) * 0.5;
    const fine = detail(t, 0.05);
    scale(s, 1 + (hash(Math.floor(along), row) - 0.5) * 0.3 * fine - 0.2 * fbm(s.x / 2, s.y / 2, s.z / 2, 3));
    const edge = Math.min(
      Math.abs(along - Math.round(along)) * length,
      Math.abs(s.y / height - Math.round(s.y / height)) * height,
    );
    if (edge < 0.012) scale(s, 1 - 0.3 * fine);
  },
});

/** Stripes along a box's longest side, e.g. a barrier arm. `second` is the other colour. */
export const striped = (first, second, { pitch = 0.8, axis = 0, slant = 0, ...more } = {}) => ({
  colour: first,
  ...more,
  texture: (s, solid) => {
    const p = [0, 0, 0];
    localPoint(solid, s.x, s.y, s.z, p);
    const v = p[axis] + slant * p[(axis + 1) % 3];
    if (Math.floor(v / pitch) & 1) [s.r, s.g, s.b] = second;
  },
});

/**
 * A wall with windows on a box: panes of `cell` metres in a grid; some are lit.
 * @param options litShare 0..1 of the panes glow with `litColour`
 */
export const facade = (
  wall,
  {
    cell = [2.4, 3.2],
    pane = [0.62, 0.5],
    glass = [0.03, 0.035, 0.045],
    litShare = 0.1,
    litColour = [0.5, 0.42, 0.28],
    seed = 1,
    base = 0.3,
    mirror = 0,
  } = {},
) => ({
  colour: wall,
  texture: (s, solid) => {
    if (Math.abs(s.ny) > 0.5) return;
    const p = [0, 0, 0];
    localPoint(solid, s.x, s.y, s.z, p);
    const side = Math.abs(s.nx * solid.m[0] + s.ny * solid.m[1] + s.nz * solid.m[2]) > 0.5;
    const along = (side ? p[2] + solid.h[2] : p[0] + solid.h[0]) / cell[0];
    const up = (p[1] + solid.h[1] - base) / cell[1];
    const [iu, iv] = [Math.floor(along), Math.floor(up)];
    const [fu, fv] = [along - iu, up - iv];
    scale(s, 0.88 + 0.24 * fbm(s.x / 3, s.y / 3, s.z / 3, 3));
    const [mu, mv] = [(1 - pane[0]) / 2, (1 - pane[1]) / 2];
    if (up < 0 || fu < mu || fu > 1 - mu || fv < mv || fv > 1 - mv) return;
    [s.r, s.g, s.b] = glass;
    s.gloss = 0.4;
    s.mirror = mirror;
    const frame = Math.min(fu - mu, 1 - mu - fu) * cell[0] < 0.06 || Math.abs(fu - 0.5) * cell[0] < 0.03;
    if (frame) {
      [s.r, s.g, s.b] = wall.map((v) => v * 0.6);
      s.mirror = 0;
      return;
    }
    if (hash(iu, iv, seed + (side ? 7 : 0)) < litShare) {
      const k = 0.6 + 0.5 * hash(iu, iv, seed + 1);
      [s.er, s.eg, s.eb] = litColour.map((v) => v * k);
    }
  },
});

/** Diamond wire mesh for a veil: how much of a pixel of `metres` at (u, v) is wire. */
export function chainLink(u, v, metres, { mesh = 0.08, wire = 0.005 } = {}) {
  const mean = Math.min(0.5, (2.4 * wire) / mesh);
  const fine = Math.min(1, Math.max(0, (mesh * 0.55) / metres - 0.4));
  if (fine <= 0) return mean;
  const a = (u + v) / mesh;
  const b = (u - v) / mesh;
  const da = Math.abs(a - Math.round(a)) * mesh * 0.71;
  const db = Math.abs(b - Math.round(b)) * mesh * 0.71;
  const edge = Math.max(metres * 0.7, wire * 0.5);
  const k = Math.min(1, Math.max(0, 1.5 - Math.min(da, db) / edge)) * Math.min(1, (wire * 1.6) / edge + 0.1);
  return mean * (1 - fine) + k * fine;
}
