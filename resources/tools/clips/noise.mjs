/** Repeatable randomness: hashes and smooth noise. No state, so that a picture is the same every time. */

/** 0..1 from integers. */
export function hash(x, y = 0, z = 0) {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(z, 1274126177);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h = Math.imul(h ^ (h >>> 16), 2246822519);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}

const fade = (t) => t * t * (3 - 2 * t);

/** Smooth value noise in three dimensions, 0..1. */
export function noise(x, y, z) {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const zi = Math.floor(z);
  const u = fade(x - xi);
  const v = fade(y - yi);
  const w = fade(z - zi);
  const lerp = (a, b, t) => a + (b - a) * t;
  const edge = (j, k) => lerp(hash(xi, yi + j, zi + k), hash(xi + 1, yi + j, zi + k), u);
  return lerp(lerp(edge(0, 0), edge(1, 0), v), lerp(edge(0, 1), edge(1, 1), v), w);
}

/** Several octaves of noise, 0..1. */
export function fbm(x, y, z, octaves = 4) {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  for (let i = 0; i < octaves; i += 1) {
    sum += weight * noise(x, y, z);
    total += weight;
    weight /= 2;
    x *= 2.03;
    y *= 2.03;
    z *= 2.03;
  }
  return sum / total;
}
