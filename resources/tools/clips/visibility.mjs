import { blocked, hit, nearest } from './bvh.mjs';
import { ray as toLight, towards } from './light.mjs';
import { hash } from './noise.mjs';
import { SUBS, surfaceAt } from './stage.mjs';

/**
 * How open every visible point is to the sky (layer 0) and to each lamp (layer 1 and on), 0..1. Few rays a
 * sample make this grainy; a blur that stops at edges makes it smooth, which looks right and costs no bits.
 */

const AO_RAYS = 5;
const AO_REACH = 2.2;
const SKY_BLUR = 7;
const d = [0, 0, 0];

function openness(tree, s, seed) {
  let open = 0;
  for (let i = 0; i < AO_RAYS; i += 1) {
    const a = 2 * Math.PI * hash(seed, i, 1);
    const z = 1 - 2 * hash(seed, i, 2);
    const r = Math.sqrt(1 - z * z);
    let x = s.nx + r * Math.cos(a) * 0.98;
    let y = s.ny + z * 0.98;
    let w = s.nz + r * Math.sin(a) * 0.98;
    const l = 1 / Math.hypot(x, y, w);
    x *= l;
    y *= l;
    w *= l;
    const free = !blocked(tree, s.x + s.nx * 2e-3, s.y + s.ny * 2e-3, s.z + s.nz * 2e-3, x, y, w, AO_REACH);
    open += free ? 1 : 0;
  }
  return open / AO_RAYS;
}

function lampSeen(tree, light, s, seed, index) {
  towards(
    light,
    s.x,
    s.y,
    s.z,
    hash(seed, index, 3) * 2 - 1,
    hash(seed, index, 4) * 2 - 1,
    hash(seed, index, 5) * 2 - 1,
  );
  if (toLight.strength <= 0 || s.nx * toLight.x + s.ny * toLight.y + s.nz * toLight.z <= 0) return 0;
  const far = toLight.distance - 0.02;
  return blocked(
    tree,
    s.x + s.nx * 3e-3,
    s.y + s.ny * 3e-3,
    s.z + s.nz * 3e-3,
    toLight.x,
    toLight.y,
    toLight.z,
    far,
  )
    ? 0
    : 1;
}

/** Blur of one layer; neighbours count as far as they lie on the same surface. */
function blur(layer, guide, width, height, radius) {
  const result = new Float32Array(layer.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      let sum = 0;
      let weights = 0;
      for (let j = Math.max(0, y - radius); j <= Math.min(height - 1, y + radius); j += 1) {
        for (let i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i += 1) {
          const to = j * width + i;
          if (!guide.same(at, to)) continue;
          const w = 1 - ((i - x) ** 2 + (j - y) ** 2) / (2 * radius * radius + 1);
          sum += layer[to] * w;
          weights += w;
        }
      }
      result[at] = weights > 0 ? sum / weights : layer[at];
    }
  }
  return result;
}

/** @returns value(layer, pixel, sample) */
export function gatherVisibility(scene, camera, tree, samples) {
  const { width, height } = camera;
  const count = width * height;
  const layers = scene.lights.length + 1;
  const raw = Array.from({ length: layers }, () => new Float32Array(count * samples));
  const surfaces = new Float32Array(count * samples * 4);
  for (let pixel = 0; pixel < count; pixel += 1) {
    for (let i = 0; i < samples; i += 1) {
      const [sx, sy] = samples === 1 ? [0.5, 0.5] : SUBS[i];
      camera.ray((pixel % width) + sx, Math.floor(pixel / width) + sy, d);
      nearest(tree, ...camera.eye, d[0], d[1], d[2], Infinity);
      const at = pixel * samples + i;
      if (!hit.solid) continue;
      const s = surfaceAt(hit.solid, ...camera.eye, d[0], d[1], d[2], hit.t);
      // normal and plane distance identify the surface
      surfaces.set([s.nx, s.ny, s.nz, s.nx * s.x + s.ny * s.y + s.nz * s.z], at * 4);
      raw[0][at] = openness(tree, s, at);
      scene.lights.forEach((light, index) => {
        raw[index + 1][at] = light.unshadowed ? 1 : lampSeen(tree, light, s, at, index);
      });
    }
  }
  const alike = (a, b) => {
    const [i, j] = [a * 4, b * 4];
    const facing =
      surfaces[i] * surfaces[j] + surfaces[i + 1] * surfaces[j + 1] + surfaces[i + 2] * surfaces[j + 2];
    return facing > 0.94 && Math.abs(surfaces[i + 3] - surfaces[j + 3]) < 0.12;
  };
  const guide = { same: (a, b) => alike(a * samples, b * samples) };
  const smooth = raw.map((layer, index) => {
    const mean = new Float32Array(count);
    for (let pixel = 0; pixel < count; pixel += 1) {
      let sum = 0;
      let n = 0;
      for (let i = 0; i < samples; i += 1) {
        if (i > 0 && !alike(pixel * samples, pixel * samples + i)) continue;
        sum += layer[pixel * samples + i];
        n += 1;
      }
      mean[pixel] = sum / n;
    }
    const soft = index === 0 ? SKY_BLUR : (scene.lights[index - 1].soft ?? 0) >= 0.3 ? 5 : 1;
    return blur(mean, guide, width, height, soft);
  });
  return {
    value: (layer, pixel, sample) =>
      sample === 0 || alike(pixel * samples, pixel * samples + sample)
        ? smooth[layer][pixel]
        : raw[layer][pixel * samples + sample],
  };
}
