import { enter } from './bvh.mjs';
import { corners } from './camera.mjs';
import { ray as toLight, towards } from './light.mjs';
import { fbm } from './noise.mjs';
import { meet } from './shapes.mjs';
import { ambient, hazeOf, lit, SUBS, surfaceAt } from './stage.mjs';
import { blocked } from './bvh.mjs';

/**
 * One moment of a scene: the still stage plus actors (with shadows and mirror images), beams of moving lamps,
 * puffs of smoke and glows. Only touched pixels are computed, all others are bit for bit those of the stage,
 * which is what makes the clips small.
 */

const SHADOW_REACH = 9;
/** The same for all pixels: the edge of a moving shadow becomes steps, which cost fewer bits than grain. */
const JITTER = [[0.6, 0.3, -0.5], [-0.7, 0.2, 0.4], [0.1, -0.8, 0.5], [0, 0.4, -0.2]]; // prettier-ignore
const SHADOW_RAYS = JITTER.length;
const d = [0, 0, 0];

/** Bounds of an actor's solids. */
function boundsOf(solids) {
  const min = [0, 1, 2].map((i) => Math.min(...solids.map((s) => s.min[i])));
  const max = [0, 1, 2].map((i) => Math.max(...solids.map((s) => s.max[i])));
  return { min, max };
}

const inside = (r, x, y) => r !== undefined && x >= r.x0 && x < r.x1 && y >= r.y0 && y < r.y1;

function prepareActor(stage, solids) {
  const bounds = boundsOf(solids);
  const body = corners(bounds);
  const middle = [0, 1, 2].map((i) => (bounds.min[i] + bounds.max[i]) / 2);
  const shadows = stage.casting.map((light) => {
    towards(light, ...middle, 0, 0, 0);
    if (toLight.strength * Math.max(...light.colour) < 0.004) return undefined;
    const thrown = body.map((p) => {
      towards(light, ...p, 0, 0, 0);
      const far = toLight.y > 0.02 ? Math.min(SHADOW_REACH, Math.max(0, p[1] / toLight.y)) : SHADOW_REACH;
      return [p[0] - toLight.x * far, p[1] - toLight.y * far, p[2] - toLight.z * far];
    });
    return stage.camera.rectangle([...body, ...thrown], 6);
  });
  const mirrored = stage.scene.mirrorFloor
    ? stage.camera.rectangle([...body, ...body.map(([x, y, z]) => [x, -y, z])])
    : undefined;
  return {
    solids,
    bounds,
    rect: stage.camera.rectangle(body),
    shadows,
    mirrored,
    foot: [middle[0], bounds.min[1], middle[2]],
    size: Math.max(0.25, Math.hypot(bounds.max[0] - bounds.min[0], bounds.max[2] - bounds.min[2]) / 2.4),
  };
}

const nearHit = { t: Infinity, solid: undefined };
function meetActor(actor, ox, oy, oz, dx, dy, dz, limit) {
  nearHit.t = limit;
  nearHit.solid = undefined;
  if (enter(actor.bounds, ox, oy, oz, 1 / dx, 1 / dy, 1 / dz, limit) === Infinity) return nearHit;
  let face = 0;
  for (const s of actor.solids) {
    const t = meet(s, ox, oy, oz, dx, dy, dz);
    if (t < nearHit.t) {
      nearHit.t = t;
      nearHit.solid = s;
      face = s.face;
    }
  }
  if (nearHit.solid) nearHit.solid.face = face;
  return nearHit;
}

function hides(actor, ox, oy, oz, dx, dy, dz, limit) {
  if (enter(actor.bounds, ox, oy, oz, 1 / dx, 1 / dy, 1 / dz, limit) === Infinity) return false;
  return actor.solids.some((s) => !s.material.shadowless && meet(s, ox, oy, oz, dx, dy, dz) < limit);
}

/** Everything that differs from the stage at one moment, with the rectangles that it touches. */
export function prepare(stage, moment) {
  const { camera } = stage;
  const ball = (at, r) => corners({ min: at.map((v) => v - r), max: at.map((v) => v + r) });
  return {
    actors: (moment.actors ?? [])
      .filter((solids) => solids.length > 0)
      .map((solids) => prepareActor(stage, solids)),
    beams: (moment.beams ?? []).map((beam) => ({
      ...beam,
      rect: camera.rectangle(ball(beam.centre, beam.reach)),
    })),
    puffs: (moment.puffs ?? []).map((puff) => ({
      ...puff,
      spot: camera.project(puff.at),
      rect: camera.rectangle(ball(puff.at, puff.r)),
    })),
    glows: (moment.glows ?? []).map((glow) => ({
      ...glow,
      spot: camera.project(glow.at),
      rect: camera.rectangle(ball(glow.at, glow.r)),
    })),
  };
}

/** All rectangles of a prepared moment. */
export function rectanglesOf(set) {
  const list = [];
  for (const a of set.actors) list.push(a.rect, a.mirrored, ...a.shadows);
  for (const group of [set.beams, set.puffs, set.glows]) for (const item of group) list.push(item.rect);
  return list.filter(Boolean);
}

const out = [0, 0, 0];

/** Linear colour of one pixel at a prepared moment. */
export function pixelAt(stage, set, x, y) {
  const pixel = y * stage.camera.width + x;
  still(stage, set, x, y, pixel);
  const covered = set.actors.length > 0 ? actorsOver(stage, set, x, y, pixel) : { share: 0, depth: Infinity };
  const veil = stage.veil[pixel];
  if (veil > 0) {
    const k = covered.share > 0 && covered.depth < stage.veilDepth[pixel] ? 1 - covered.share : 1;
    for (let c = 0; c < 3; c += 1) out[c] = out[c] * (1 - veil * k) + stage.veilColour[pixel * 3 + c] * k;
  }
  const depth = Math.min(covered.share > 0.5 ? covered.depth : Infinity, stage.depth[pixel * stage.samples]);
  for (const puff of set.puffs) if (puff.spot && inside(puff.rect, x, y)) blend(puff, x, y, depth);
  for (const glow of set.glows) if (glow.spot && inside(glow.rect, x, y)) shine(glow, x, y, depth);
  return out;
}

/** The stage's own colour with the shadows and mirror images that actors throw on it, and beams. */
function still(stage, set, x, y, pixel) {
  const at = pixel * 3;
  for (let c = 0; c < 3; c += 1) out[c] = stage.base[at + c];
  const solidThere = stage.depth[pixel * stage.samples] !== Infinity;
  const [px, py, pz] = [stage.position[at], stage.position[at + 1], stage.position[at + 2]];
  const [nx, ny, nz] = [stage.normal[at], stage.normal[at + 1], stage.normal[at + 2]];
  stage.casting.forEach((light, index) => {
    const share = stage.shares[index];
    let seen = 1;
    if (solidThere && share[at] + share[at + 1] + share[at + 2] > 1e-4) {
      for (const actor of set.actors) {
        if (!inside(actor.shadows[index], x, y)) continue;
        let free = 0;
        for (let i = 0; i < SHADOW_RAYS; i += 1) {
          towards(light, px, py, pz, ...JITTER[i]);
          if (
            !hides(
              actor,
              px + nx * 4e-3,
              py + ny * 4e-3,
              pz + nz * 4e-3,
              toLight.x,
              toLight.y,
              toLight.z,
              toLight.distance,
            )
          )
            free += 1;
        }
        seen *= free / SHADOW_RAYS;
      }
    }
    for (let c = 0; c < 3; c += 1) out[c] += share[at + c] * seen;
  });
  if (!solidThere) return;
  for (const actor of set.actors) {
    const reach = Math.hypot(px - actor.foot[0], (py - actor.foot[1]) * 2, pz - actor.foot[2]) / actor.size;
    if (reach < 1 && ny > 0.5) for (let c = 0; c < 3; c += 1) out[c] *= 1 - 0.4 * (1 - reach) ** 1.3;
  }
  for (const beam of set.beams) if (inside(beam.rect, x, y)) addBeam(stage, beam, pixel);
  if (stage.mirror[pixel] > 0) mirrorActors(stage, set, x, y, pixel);
}

function addBeam(stage, beam, pixel) {
  const at = pixel * 3;
  const s = {
    x: stage.position[at], y: stage.position[at + 1], z: stage.position[at + 2],
    nx: stage.normal[at], ny: stage.normal[at + 1], nz: stage.normal[at + 2],
    r: stage.albedo[at], g: stage.albedo[at + 1], b: stage.albedo[at + 2], gloss: 0,
  }; // prettier-ignore
  const v = lit(beam.light, s, 0, 0, 0, 0, 0, 0);
  if (!v) return;
  const add = [...v];
  if (
    blocked(
      stage.tree,
      s.x + s.nx * 4e-3,
      s.y + s.ny * 4e-3,
      s.z + s.nz * 4e-3,
      toLight.x,
      toLight.y,
      toLight.z,
      toLight.distance - 0.1,
    )
  )
    return;
  for (let c = 0; c < 3; c += 1) out[c] += add[c];
}

function mirrorActors(stage, set, x, y, pixel) {
  const at = pixel * 3;
  const [px, py, pz] = stage.position.subarray(at, at + 3);
  const [nx, ny, nz] = stage.normal.subarray(at, at + 3);
  stage.camera.ray(x + 0.5, y + 0.5, d);
  const facing = -(d[0] * nx + d[1] * ny + d[2] * nz);
  const r = [d[0] + 2 * facing * nx, d[1] + 2 * facing * ny, d[2] + 2 * facing * nz];
  for (const actor of set.actors) {
    if (!inside(actor.mirrored, x, y)) continue;
    const h = meetActor(actor, px, py, pz, ...r, 60);
    if (!h.solid) continue;
    const colour = shadeActor(stage, h.solid, px, py, pz, ...r, h.t);
    for (let c = 0; c < 3; c += 1) out[c] += stage.mirror[pixel] * (colour[c] - stage.mirrored[at + c]);
  }
}

const over = { share: 0, depth: Infinity };
function actorsOver(stage, set, x, y, pixel) {
  over.share = 0;
  over.depth = Infinity;
  const sum = [0, 0, 0];
  const [ox, oy, oz] = stage.camera.eye;
  for (let i = 0; i < SUBS.length; i += 1) {
    let limit = stage.depth[pixel * stage.samples + (stage.samples === 1 ? 0 : i)];
    let found;
    stage.camera.ray(x + SUBS[i][0], y + SUBS[i][1], d);
    for (const actor of set.actors) {
      if (!inside(actor.rect, x, y)) continue;
      const h = meetActor(actor, ox, oy, oz, d[0], d[1], d[2], limit);
      if (!h.solid) continue;
      limit = h.t;
      found = h.solid;
    }
    if (!found) continue;
    const colour = shadeActor(stage, found, ox, oy, oz, d[0], d[1], d[2], limit);
    const haze = hazeOf(stage.scene, limit);
    for (let c = 0; c < 3; c += 1)
      sum[c] += colour[c] * (1 - haze) + haze * (stage.scene.haze?.colour[c] ?? 0);
    over.share += 1 / SUBS.length;
    over.depth = Math.min(over.depth, limit);
  }
  for (let c = 0; c < 3; c += 1) out[c] = out[c] * (1 - over.share) + sum[c] / SUBS.length;
  return over;
}

/** An actor's point: hemisphere light, lamps with the stage's shadows, its own glow. */
function shadeActor(stage, solid, ox, oy, oz, dx, dy, dz, t) {
  const s = { ...surfaceAt(solid, ox, oy, oz, dx, dy, dz, t) };
  const low = Math.min(1, 0.55 + s.y * 0.5);
  const colour = [
    s.r * ambient(stage.scene, s.ny, 0) * low + s.er,
    s.g * ambient(stage.scene, s.ny, 1) * low + s.eg,
    s.b * ambient(stage.scene, s.ny, 2) * low + s.eb,
  ];
  for (const light of stage.scene.lights) {
    const v = lit(light, s, dx, dy, dz, 0, 0, 0);
    if (!v || Math.max(v[0], v[1], v[2]) < 1e-3) continue;
    const [r, g, b] = v;
    if (
      light.unshadowed !== true &&
      blocked(
        stage.tree,
        s.x + s.nx * 0.02,
        s.y + s.ny * 0.02,
        s.z + s.nz * 0.02,
        toLight.x,
        toLight.y,
        toLight.z,
        toLight.distance - 0.1,
      )
    )
      continue;
    colour[0] += r;
    colour[1] += g;
    colour[2] += b;
  }
  return colour;
}

/** A puff of smoke or vapour: soft disc, ragged by noise, in front of what is farther. */
function blend(puff, x, y, depth) {
  const r = puff.r * puff.spot.scale;
  const u = (x + 0.5 - puff.spot.x) / r;
  const v = (y + 0.5 - puff.spot.y) / r;
  const rr = u * u + v * v;
  if (rr >= 1) return;
  const ragged = 0.45 + 1.1 * fbm(u * 1.8 + puff.seed * 7, v * 1.8 - puff.seed * 3, puff.seed, 3);
  const ahead = Math.min(1, Math.max(0, (depth - puff.spot.depth) / puff.r + 0.5));
  const a = Math.min(1, puff.alpha * (1 - rr) ** 1.5 * ragged * ahead);
  for (let c = 0; c < 3; c += 1) out[c] = out[c] * (1 - a) + puff.colour[c] * a;
}

/** A lamp seen directly: bright core with a halo. */
function shine(glow, x, y, depth) {
  if (depth < glow.spot.depth - 0.3) return;
  const r = glow.r * glow.spot.scale;
  const rr = ((x + 0.5 - glow.spot.x) ** 2 + (y + 0.5 - glow.spot.y) ** 2) / (r * r);
  if (rr >= 1) return;
  const k = (1 - rr) ** 3;
  for (let c = 0; c < 3; c += 1) out[c] += glow.colour[c] * k;
}
