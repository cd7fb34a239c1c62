/** Paths of moving things over the 60 seconds of a loop. */

export const LOOP_SECONDS = 60;
const clamp = (v, lo = 0, hi = 1) => Math.min(hi, Math.max(lo, v));
export const smooth = (a, b, t) => {
  const k = clamp((t - a) / (b - a));
  return k * k * (3 - 2 * k);
};
export const between = (a, b, k) => a + (b - a) * k;

/**
 * A walk through points [second, x, z]; between them at even speed with rounded corners. Standing is two points
 * at the same place. Outside its seconds the walker is not there.
 * @returns function of t: undefined, or { x, z, heading, distance, speed }
 */
export function walk(points) {
  const total = [0];
  for (let i = 1; i < points.length; i += 1) {
    total.push(total[i - 1] + Math.hypot(points[i][1] - points[i - 1][1], points[i][2] - points[i - 1][2]));
  }
  const place = (t) => {
    let i = 1;
    while (i < points.length - 1 && points[i][0] < t) i += 1;
    const [t0, x0, z0] = points[i - 1];
    const [t1, x1, z1] = points[i];
    const k = clamp((t - t0) / (t1 - t0));
    return {
      x: between(x0, x1, k),
      z: between(z0, z1, k),
      distance: between(total[i - 1], total[i], k),
      still: total[i] - total[i - 1] < 0.05,
    };
  };
  /** Direction averaged around t, so that corners are turns and not jumps. */
  const heading = (t) => {
    for (const reach of [0.25, 0.8, 3, 12]) {
      const a = place(Math.max(points[0][0], t - reach));
      const b = place(Math.min(points[points.length - 1][0], t + reach));
      if (Math.hypot(b.x - a.x, b.z - a.z) > 0.06) return Math.atan2(b.x - a.x, b.z - a.z);
    }
    return 0;
  };
  return (t) => {
    if (t < points[0][0] || t >= points[points.length - 1][0]) return undefined;
    const p = place(t);
    const later = place(t + 0.1);
    return { ...p, heading: heading(t), speed: p.still ? 0 : Math.hypot(later.x - p.x, later.z - p.z) / 0.1 };
  };
}
