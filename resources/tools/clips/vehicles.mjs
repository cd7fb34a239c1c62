import { glowing, plain, striped, worn } from './materials.mjs';
import { box, cylinder, hull } from './shapes.mjs';

/** Vehicles. Heading 0 drives along +z. */

const TYRE = plain(0.02, 0.02, 0.02);
const RIM = plain(0.3, 0.3, 0.31, { gloss: 0.3 });
const GLASS = plain(0.02, 0.025, 0.03, { gloss: 0.8, mirror: 0 });
const PLATE = plain(0.08, 0.2, 0.5);
const CHROME = plain(0.35, 0.35, 0.36, { gloss: 0.6 });

function placer({ x, z, y = 0, heading }) {
  const [s, c] = [Math.sin(heading), Math.cos(heading)];
  return (side, up, forward) => [x + c * side + s * forward, y + up, z - s * side + c * forward];
}

const wheels = (at, list, radius, width) =>
  list.flatMap(([side, forward]) => {
    const a = at(side - width / 2, radius, forward);
    const b = at(side + width / 2, radius, forward);
    const mid = (k) => a.map((v, i) => v + (b[i] - v) * k);
    return [cylinder(TYRE, a, b, radius), cylinder(RIM, mid(-0.03), mid(1.03), radius * 0.6)];
  });

/** Lamps of a car for `glows`: white in front, red behind. */
export function carLamps({ x, z, heading, length = 4.5, braking = false }) {
  const at = placer({ x, z, heading });
  return {
    front: [at(0.62, 0.68, length / 2), at(-0.62, 0.68, length / 2)],
    back: [at(0.65, 0.8, -length / 2), at(-0.65, 0.8, -length / 2)],
    ahead: at(0, 0.1, length / 2 + 9),
    nose: at(0, 0.7, length / 2),
    brake: braking ? 1 : 0.35,
  };
}

/** A saloon car, 4.6 x 1.82 x 1.46 m. `lit` switches its lamps on. */
export function car({
  x,
  z,
  heading = 0,
  paint = plain(0.5, 0.5, 0.52, { gloss: 0.5 }),
  lit = 0,
  brake = 0,
}) {
  const at = placer({ x, z, heading });
  const angle = { yaw: heading };
  const body = hull(paint, at(0, 0.55, 0), [[0, -1, 0, 0.33], [0, 1, 0.035, 0.36], [0, 1, -0.05, 0.39], [1, 0.14, 0, 0.91], [-1, 0.14, 0, 0.91], [0.25, 0, 1, 2.42], [-0.25, 0, 1, 2.42], [0.18, 0.1, -1, 2.38], [-0.18, 0.1, -1, 2.38], [0, 0.25, 1, 2.32], [0, -0.5, 1, 2.34]], [0.95, 0.45, 2.4], angle); // prettier-ignore
  const cabin = hull(GLASS, at(0, 1.08, -0.2), [[0, -1, 0, 0.25], [0, 1, 0, 0.34], [1, 0.38, 0, 0.78], [-1, 0.38, 0, 0.78], [0, 0.62, 1, 1.16], [0, 0.75, -1, 1.3]], [0.95, 0.36, 1.6], angle); // prettier-ignore
  const roof = hull(paint, at(0, 1.4, -0.28), [[0, -1, 0, 0.03], [0, 1, 0, 0.045], [1, 0.4, 0, 0.66], [-1, 0.4, 0, 0.66], [0, 0.6, 1, 0.82], [0, 0.7, -1, 0.92]], [0.7, 0.06, 1.1], angle); // prettier-ignore
  const pillars = [[0.69, -0.12], [-0.69, -0.12]].map(([side, f]) => box(paint, at(side, 1.15, f), [0.05, 0.44, 0.1], { yaw: heading, roll: side > 0 ? -0.36 : 0.36 })); // prettier-ignore
  const lampMaterial = lit > 0 ? glowing(3 * lit, 2.8 * lit, 2.4 * lit) : CHROME;
  const rear = glowing(0.12 + 1.6 * brake + 0.5 * lit, 0.01, 0.01);
  return [
    body,
    cabin,
    roof,
    ...pillars,
    box(TYRE, at(0, 0.3, 0), [1.7, 0.18, 4.4], angle),
    ...[0.66, -0.66].map((s) => box(lampMaterial, at(s, 0.68, 2.2), [0.34, 0.12, 0.12], angle)),
    ...[0.68, -0.68].map((s) => box(rear, at(s, 0.82, -2.26), [0.3, 0.13, 0.08], angle)),
    box(TYRE, at(0, 0.5, 2.31), [0.8, 0.16, 0.06], angle),
    box(PLATE, at(0, 0.42, 2.35), [0.44, 0.14, 0.03], angle),
    box(PLATE, at(0, 0.6, -2.36), [0.44, 0.14, 0.03], angle),
    ...[0.96, -0.96].map((s) => box(paint, at(s, 1.0, 0.62), [0.16, 0.12, 0.1], angle)),
    ...wheels(
      at,
      [
        [0.79, 1.42],
        [-0.79, 1.42],
        [0.79, -1.36],
        [-0.79, -1.36],
      ],
      0.32,
      0.2,
    ),
  ];
}

/** A box van or small truck, 6 x 2.1 x 2.7 m. */
export function truck({
  x,
  z,
  heading = 0,
  paint = worn(0.62, 0.62, 0.6),
  cab = plain(0.12, 0.25, 0.5, { gloss: 0.4 }),
  lit = 0,
  brake = 0,
}) {
  const at = placer({ x, z, heading });
  const angle = { yaw: heading };
  const lampMaterial = lit > 0 ? glowing(3 * lit, 2.8 * lit, 2.4 * lit) : CHROME;
  return [
    box(paint, at(0, 1.65, -0.9), [2.15, 2.1, 4.0], angle),
    hull(cab, at(0, 1.25, 2.05), [[0, -1, 0, 0.85], [0, 1, 0, 0.95], [1, 0.05, 0, 1.0], [-1, 0.05, 0, 1.0], [0, 0.22, 1, 0.95], [0, 0, -1, 0.95]], [1.1, 1, 1.1], angle), // prettier-ignore
    box(GLASS, at(0, 1.72, 2.86), [1.7, 0.62, 0.1], { yaw: heading, pitch: -0.22 }),
    ...[1.0, -1.0].map((s) => box(GLASS, at(s * 0.99, 1.7, 2.05), [0.06, 0.55, 0.9], angle)),
    box(TYRE, at(0, 0.55, -0.2), [1.5, 0.25, 5.6], angle),
    ...[0.75, -0.75].map((s) => box(lampMaterial, at(s, 0.75, 3.0), [0.32, 0.16, 0.1], angle)),
    ...[0.9, -0.9].map((s) =>
      box(glowing(0.15 + 1.6 * brake, 0.01, 0.01), at(s, 0.72, -2.93), [0.24, 0.14, 0.06], angle),
    ),
    box(PLATE, at(0, 0.5, 3.05), [0.46, 0.15, 0.04], angle),
    ...wheels(
      at,
      [
        [0.88, 1.95],
        [-0.88, 1.95],
        [0.88, -1.6],
        [-0.88, -1.6],
      ],
      0.42,
      0.26,
    ),
  ];
}

/** A counterbalance forklift with its load at `lift` metres. */
export function forklift({ x, z, heading = 0, lift = 0.15, load = true, beacon = 0 }) {
  const at = placer({ x, z, heading });
  const angle = { yaw: heading };
  const yellow = worn(0.62, 0.36, 0.03, { size: 0.5, amount: 0.2 });
  const dark = plain(0.03, 0.03, 0.035);
  const solids = [
    hull(yellow, at(0, 0.62, -0.55), [[0, -1, 0, 0.4], [0, 1, 0.12, 0.5], [1, 0.08, 0, 0.55], [-1, 0.08, 0, 0.55], [0, 0, 1, 0.95], [0, 0.3, -1, 0.8]], [0.6, 0.55, 1], angle), // prettier-ignore
    box(dark, at(0, 1.18, -0.35), [0.5, 0.08, 0.5], angle),
    box(dark, at(0, 1.45, -0.62), [0.5, 0.5, 0.08], { ...angle, pitch: -0.15 }),
    ...[
      [0.5, 0.35],
      [-0.5, 0.35],
      [0.5, -0.95],
      [-0.5, -0.95],
    ].map(([s, f]) => box(dark, at(s, 1.55, f), [0.07, 1.2, 0.07], angle)),
    box(dark, at(0, 2.14, -0.3), [1.08, 0.06, 1.4], angle),
    ...[0.32, -0.32].map((s) =>
      box(plain(0.08, 0.08, 0.085, { gloss: 0.3 }), at(s, 1.25, 0.62), [0.1, 2.3, 0.14], angle),
    ),
    box(dark, at(0, 0.3 + lift, 0.74), [0.9, 0.5, 0.06], angle),
    ...[0.25, -0.25].map((s) => box(dark, at(s, 0.1 + lift, 1.3), [0.12, 0.05, 1.1], angle)),
    ...wheels(
      at,
      [
        [0.5, 0.3],
        [-0.5, 0.3],
      ],
      0.33,
      0.2,
    ),
    ...wheels(
      at,
      [
        [0.45, -1.1],
        [-0.45, -1.1],
      ],
      0.26,
      0.18,
    ),
    box(
      beacon > 0 ? glowing(2 * beacon, 1.1 * beacon, 0.1) : plain(0.4, 0.2, 0.02),
      at(0.35, 2.24, -0.85),
      [0.12, 0.14, 0.12],
      angle,
    ),
  ];
  if (load) {
    const card = worn(0.42, 0.3, 0.18, { size: 0.4, amount: 0.3 });
    solids.push(box(plain(0.35, 0.25, 0.13), at(0, 0.18 + lift, 1.35), [1.1, 0.12, 1.0], angle));
    solids.push(
      box(card, at(-0.27, 0.6 + lift, 1.35), [0.5, 0.7, 0.9], angle),
      box(card, at(0.27, 0.52 + lift, 1.35), [0.5, 0.56, 0.9], angle),
    );
  }
  return solids;
}

/** Barrier with its housing; `open` 0 (down) to 1 (up). The arm points along +x, or -x with `flip`. */
export function barrierArm({ x, z, open, length = 3.6, flip = false }) {
  const angle = open * 1.45;
  const sign = flip ? -1 : 1;
  const half = length / 2;
  const centre = [x + sign * Math.cos(angle) * half, 1.0 + Math.sin(angle) * half, z];
  const material = striped([0.75, 0.75, 0.73], [0.6, 0.06, 0.05], { pitch: 0.5 });
  return [box(material, centre, [length, 0.11, 0.05], { roll: sign * angle })];
}
