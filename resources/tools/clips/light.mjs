/**
 * Lights: `sun` (direction towards it), `point` and `spot` (position; falls off with the square of the distance,
 * `colour` is what a white wall facing it one metre away shows). `soft` is the lamp's radius (or, for the sun, its
 * angular size), which blurs shadows.
 */

export const sun = (towards, colour, { soft = 0.03, casts = true } = {}) => {
  const l = Math.hypot(...towards);
  return { kind: 'sun', towards: towards.map((v) => v / l), colour, soft, casts };
};
export const lamp = (at, colour, { soft = 0.12, casts = false } = {}) => ({
  kind: 'point',
  at,
  colour,
  soft,
  casts,
});
/** `inner` and `outer` are half angles in degrees between which the light fades out. */
export const spot = (at, to, colour, { inner = 20, outer = 35, soft = 0.08, casts = false } = {}) => {
  const d = to.map((v, i) => v - at[i]);
  const l = Math.hypot(...d);
  return {
    kind: 'spot',
    at,
    axis: d.map((v) => v / l),
    colour,
    cosInner: Math.cos((inner * Math.PI) / 180),
    cosOuter: Math.cos((outer * Math.PI) / 180),
    soft,
    casts,
  };
};

/** Result of the last `towards`: unit direction to the (jittered) lamp, its distance, and what arrives before shadows. */
export const ray = { x: 0, y: 0, z: 0, distance: 0, strength: 0 };

/** Direction and strength of a light at a point; `jx..jz` in -1..1 move the lamp for soft shadows. */
export function towards(light, px, py, pz, jx, jy, jz) {
  if (light.kind === 'sun') {
    const x = light.towards[0] + jx * light.soft;
    const y = light.towards[1] + jy * light.soft;
    const z = light.towards[2] + jz * light.soft;
    const l = 1 / Math.sqrt(x * x + y * y + z * z);
    ray.x = x * l;
    ray.y = y * l;
    ray.z = z * l;
    ray.distance = 1e6;
    ray.strength = 1;
    return;
  }
  const x = light.at[0] + jx * light.soft - px;
  const y = light.at[1] + jy * light.soft - py;
  const z = light.at[2] + jz * light.soft - pz;
  const square = x * x + y * y + z * z;
  const d = Math.sqrt(square);
  ray.x = x / d;
  ray.y = y / d;
  ray.z = z / d;
  ray.distance = d;
  ray.strength = 1 / Math.max(0.04, square);
  if (light.kind === 'spot') {
    const c = -(ray.x * light.axis[0] + ray.y * light.axis[1] + ray.z * light.axis[2]);
    const f = Math.min(1, Math.max(0, (c - light.cosOuter) / (light.cosInner - light.cosOuter)));
    ray.strength *= f * f * (3 - 2 * f);
  }
}
