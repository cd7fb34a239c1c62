import { hit, makeTree, nearest } from './bvh.mjs';
import { makeCamera, makeRoundCamera } from './camera.mjs';
import { ray as toLight, towards } from './light.mjs';
import { normalAt } from './shapes.mjs';
import { gatherVisibility } from './visibility.mjs';

/**
 * The part of a picture that never moves, rendered once per scene with everything kept that moving things need:
 * depth, position, normal, the share of each shadow-casting light, mirrors, and a see-through layer (fences).
 */

/** Sub-pixel positions (rotated grid). */
export const SUBS = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
];
const n = [0, 0, 0];
const surface = {
  r: 0,
  g: 0,
  b: 0,
  er: 0,
  eg: 0,
  eb: 0,
  gloss: 0,
  mirror: 0,
  x: 0,
  y: 0,
  z: 0,
  nx: 0,
  ny: 0,
  nz: 0,
};

/** Fills `surface` with colour and normal of what `hit` found. */
export function surfaceAt(solid, ox, oy, oz, dx, dy, dz, t) {
  const s = surface;
  const m = solid.material;
  s.x = ox + dx * t;
  s.y = oy + dy * t;
  s.z = oz + dz * t;
  normalAt(solid, s.x, s.y, s.z, n);
  if (n[0] * dx + n[1] * dy + n[2] * dz > 0) for (let i = 0; i < 3; i += 1) n[i] = -n[i];
  [s.nx, s.ny, s.nz] = n;
  [s.r, s.g, s.b] = m.colour;
  [s.er, s.eg, s.eb] = m.emit ?? [0, 0, 0];
  s.gloss = m.gloss ?? 0;
  s.mirror = m.mirror ?? 0;
  m.texture?.(s, solid, t);
  return s;
}

const light3 = [0, 0, 0];
/** Light that `surface` sends to the eye from one lamp, without shadow, into `light3`. */
export function lit(light, s, dx, dy, dz, jx, jy, jz) {
  towards(light, s.x, s.y, s.z, jx, jy, jz);
  const facing = s.nx * toLight.x + s.ny * toLight.y + s.nz * toLight.z;
  if (facing <= 0 || toLight.strength <= 0) return undefined;
  const k = facing * toLight.strength;
  let shine = 0;
  if (s.gloss > 0) {
    const hx = toLight.x - dx;
    const hy = toLight.y - dy;
    const hz = toLight.z - dz;
    const l = Math.hypot(hx, hy, hz);
    const c = Math.max(0, (hx * s.nx + hy * s.ny + hz * s.nz) / l);
    shine = s.gloss * c ** 40 * toLight.strength;
  }
  light3[0] = light.colour[0] * (s.r * k + shine);
  light3[1] = light.colour[1] * (s.g * k + shine);
  light3[2] = light.colour[2] * (s.b * k + shine);
  return light3;
}

/** Hemisphere light: sky from above, ground from below. */
export function ambient(scene, ny, channel) {
  const f = ny * 0.5 + 0.5;
  return scene.ambient.ground[channel] * (1 - f) + scene.ambient.sky[channel] * f;
}

/** How much of the view is lost in haze over a distance. */
export const hazeOf = (scene, t) => (scene.haze ? 1 - Math.exp(-t * scene.haze.density) : 0);

/** Renders the still part of a scene. Arrays are indexed pixel * channels. */
export function buildStage(scene, { samples = SUBS.length, width, height } = {}) {
  const make = scene.camera.bearings ? makeRoundCamera : makeCamera;
  const camera = make({ ...scene.camera, ...(width ? { width, height } : {}) });
  const tree = makeTree(scene.solids);
  const count = camera.width * camera.height;
  const f3 = () => new Float32Array(count * 3);
  const casting = scene.lights.filter((light) => light.casts);
  const stage = {
    scene,
    camera,
    tree,
    casting,
    samples,
    base: f3(),
    shares: casting.map(f3),
    position: f3(),
    normal: f3(),
    albedo: f3(),
    depth: new Float32Array(count * samples),
    mirror: new Float32Array(count),
    mirrored: f3(),
    veil: new Float32Array(count),
    veilDepth: new Float32Array(count).fill(Infinity),
    veilColour: f3(),
  };
  const seen = gatherVisibility(scene, camera, tree, samples);
  for (let y = 0; y < camera.height; y += 1)
    for (let x = 0; x < camera.width; x += 1) renderPixel(stage, seen, x, y);
  return stage;
}

const d = [0, 0, 0];

function renderPixel(stage, seen, x, y) {
  const { scene, camera, samples } = stage;
  const pixel = y * camera.width + x;
  const share = 1 / samples;
  for (let i = 0; i < samples; i += 1) {
    const [sx, sy] = samples === 1 ? [0.5, 0.5] : SUBS[i];
    camera.ray(x + sx, y + sy, d);
    const [ox, oy, oz] = camera.eye;
    nearest(stage.tree, ox, oy, oz, d[0], d[1], d[2], Infinity);
    const t = hit.t;
    stage.depth[pixel * samples + i] = t;
    if (scene.veils) renderVeil(stage, pixel, d, t, share);
    if (t === Infinity) {
      const sky = scene.sky(d[0], d[1], d[2]);
      for (let c = 0; c < 3; c += 1) stage.base[pixel * 3 + c] += sky[c] * share;
      continue;
    }
    const s = surfaceAt(hit.solid, ox, oy, oz, d[0], d[1], d[2], t);
    shadeStill(stage, seen, s, pixel, i, t, share);
  }
}

function shadeStill(stage, seen, s, pixel, sample, t, share) {
  const { scene } = stage;
  const haze = hazeOf(scene, t);
  const clear = (1 - haze) * share;
  const at = pixel * 3;
  if (sample === 0) {
    stage.position.set([s.x, s.y, s.z], at);
    stage.normal.set([s.nx, s.ny, s.nz], at);
    stage.albedo.set([s.r * (1 - haze), s.g * (1 - haze), s.b * (1 - haze)], at);
  }
  const shade = 0.25 + 0.75 * seen.value(0, pixel, sample);
  const body = [s.r, s.g, s.b];
  const glow = [s.er, s.eg, s.eb];
  for (let c = 0; c < 3; c += 1) {
    stage.base[at + c] +=
      (body[c] * ambient(scene, s.ny, c) * shade + glow[c]) * clear +
      haze * share * (scene.haze?.colour[c] ?? 0);
  }
  const [dx, dy, dz] = d;
  let cast = 0;
  scene.lights.forEach((light, index) => {
    const into = light.casts ? stage.shares[cast++] : stage.base;
    const v = lit(light, s, dx, dy, dz, 0, 0, 0);
    if (!v) return;
    const k = seen.value(index + 1, pixel, sample) * clear;
    for (let c = 0; c < 3; c += 1) into[at + c] += v[c] * k;
  });
  if (s.mirror > 0) reflect(stage, s, pixel, share, dx, dy, dz, sample === 0);
}

/** One bounce off a polished floor or a window, simply lit. */
function reflect(stage, s, pixel, share, dx, dy, dz, first) {
  const { scene } = stage;
  const facing = -(dx * s.nx + dy * s.ny + dz * s.nz);
  const k = s.mirror + (1 - s.mirror) * (1 - facing) ** 5 * Math.min(1, s.mirror * 6);
  const rx = dx + 2 * facing * s.nx;
  const ry = dy + 2 * facing * s.ny;
  const rz = dz + 2 * facing * s.nz;
  const [px, py, pz] = [s.x + s.nx * 2e-3, s.y + s.ny * 2e-3, s.z + s.nz * 2e-3];
  nearest(stage.tree, px, py, pz, rx, ry, rz, Infinity);
  let colour;
  if (hit.t === Infinity) colour = scene.sky(rx, ry, rz);
  else {
    const q = { ...surfaceAt(hit.solid, px, py, pz, rx, ry, rz, hit.t) };
    colour = [
      q.r * ambient(scene, q.ny, 0) * 0.8 + q.er,
      q.g * ambient(scene, q.ny, 1) * 0.8 + q.eg,
      q.b * ambient(scene, q.ny, 2) * 0.8 + q.eb,
    ];
    for (const light of scene.lights) {
      const v = lit(light, q, rx, ry, rz, 0, 0, 0);
      if (v) for (let c = 0; c < 3; c += 1) colour[c] += v[c] * 0.8;
    }
  }
  if (first) stage.mirror[pixel] = k;
  for (let c = 0; c < 3; c += 1) {
    stage.base[pixel * 3 + c] += colour[c] * k * share;
    stage.mirrored[pixel * 3 + c] += colour[c] * share;
  }
}

/** A veil is a flat see-through thing (chain link): { at, u, v, width, height, cover(u, v, pixelMetres), colour }. */
function renderVeil(stage, pixel, dir, limit, share) {
  const { eye } = stage.camera;
  for (const veil of stage.scene.veils) {
    const [nx, ny, nz] = veil.normal;
    const slope = nx * dir[0] + ny * dir[1] + nz * dir[2];
    const t = (nx * (veil.at[0] - eye[0]) + ny * (veil.at[1] - eye[1]) + nz * (veil.at[2] - eye[2])) / slope;
    if (!(t > 0.05 && t < limit)) continue;
    const p = [0, 1, 2].map((i) => eye[i] + dir[i] * t - veil.at[i]);
    const u = p[0] * veil.u[0] + p[1] * veil.u[1] + p[2] * veil.u[2];
    const v = p[0] * veil.v[0] + p[1] * veil.v[1] + p[2] * veil.v[2];
    if (u < 0 || v < 0 || u > veil.width || v > veil.height) continue;
    const metres = (t * 1.7) / stage.camera.width / Math.max(0.06, Math.abs(slope));
    const cover = veil.cover(u, v, metres) * share;
    const world = [0, 1, 2].map((i) => eye[i] + dir[i] * t);
    const colour = veil.shade(world, t);
    const haze = hazeOf(stage.scene, t);
    for (let c = 0; c < 3; c += 1) {
      stage.veilColour[pixel * 3 + c] +=
        cover * (colour[c] * (1 - haze) + haze * (stage.scene.haze?.colour[c] ?? 0));
    }
    stage.veil[pixel] = Math.min(1, stage.veil[pixel] + cover);
    stage.veilDepth[pixel] = Math.min(stage.veilDepth[pixel], t);
  }
}
