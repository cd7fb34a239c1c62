import { grey, plain, worn } from '../materials.mjs';
import { between, smooth, walk } from '../motion.mjs';
import { animal, clothes, gait, person, standing } from '../people.mjs';
import { spot } from '../light.mjs';
import { block, box, cylinder } from '../shapes.mjs';
import { eyeGlow, fenceScene, PALE_COAT } from './fence.mjs';

/** The cameras of the perimeter. */

const CAT_PATH = [[4, 9, -6], [13, 3.2, -5.6], [17.5, 3.1, -5.65], [26, 0.6, -9], [30, 0.5, -16], [42, 0.5, -24], [50, 0.5, -34]]; // prettier-ignore

/** N-06: a cat crosses, stops, looks into the lamp, and follows the fence. */
export function northMiddle() {
  const cat = walk(CAT_PATH);
  return fenceScene({
    eye: [3.6, 3.4, 3],
    look: [1.5, 0.2, -10],
    seed: 3,
    moment: (t) => {
      const at = cat(t);
      if (!at) return {};
      const resting = at.speed < 0.1;
      const body = animal({
        ...at,
        heading: resting ? 0.2 : at.heading,
        size: 0.55,
        coat: PALE_COAT,
        tail: 0.9,
        headUp: resting ? 0.24 : 0.08,
        moving: !resting,
      });
      return { actors: [body.solids], glows: resting ? eyeGlow(body.eyes, 2) : [] };
    },
  });
}

const WEST = { eye: [3.8, 3.7, 4], look: [0.9, 0.3, -9], seed: 11, trees: 0.5 };
const shed = [
  block(worn(0.42, 0.42, 0.42, { size: 0.8 }), 9, 0, -13, 12.5, 2.7, -18),
  block(grey(0.2), 8.6, 2.7, -12.6, 12.9, 2.85, -18.4),
  block(grey(0.12), 8.97, 0, -14.2, 9.01, 2.1, -15.2),
];

/** N-07 at rest: a stray dog trots along outside the fence. */
export function northWest() {
  const dog = walk([
    [16, -1.1, -36],
    [30, -0.8, -14],
    [34, -0.8, -8],
    [38, -0.8, -7.9],
    [46, -1.2, 2],
  ]);
  return fenceScene({
    ...WEST,
    extra: shed,
    moment: (t) => {
      const at = dog(t);
      if (!at) return {};
      const resting = at.speed < 0.1;
      const body = animal({
        ...at,
        coat: grey(0.3),
        tail: resting ? 0.2 : 0.6,
        headUp: resting ? 0 : 0.12,
        moving: !resting,
      });
      return { actors: [body.solids] };
    },
  });
}

/** Arms and legs of somebody climbing with hands at the top; `high` 0..1 is how far up. */
function climbing(t, lean, high) {
  const a = Math.sin(t * 5);
  const reach = between(2.7, 0.9, high);
  return {
    left: { hip: 0.9 + 0.5 * a, knee: 1.5 + 0.3 * a },
    right: { hip: 0.9 - 0.5 * a, knee: 1.5 - 0.3 * a },
    armLeft: { shoulder: reach + 0.25 * a, elbow: 0.3, spread: 0.2 },
    armRight: { shoulder: reach - 0.25 * a, elbow: 0.3, spread: 0.2 },
    lean,
    drop: 0,
    twist: 0,
  };
}

const BEFORE = walk([
  [2, -3.6, -19],
  [8, -0.55, -6.4],
  [9.2, -0.5, -6],
]);
const AFTER = walk([[20.5, 0.75, -5.8], [22, 0.9, -5.9], [26, 4.0, -8], [30, 8.0, -12.2], [35, 7.9, -12.4], [38, 8.2, -18], [44, 8.2, -24], [52, 13, -40]]); // prettier-ignore
const THIEF = { top: grey(0.26), legs: grey(0.2), head: grey(0.22) };

/** Where the intruder is at second t: outside, up the mesh, over, down, then bent across the green to the shed. */
function intruderAt(t) {
  const outside = BEFORE(t);
  if (outside) return person({ ...outside, wear: THIEF, pose: gait(outside.distance) });
  if (t >= 9.2 && t < 20.5) {
    const up = smooth(9.2, 13.5, t);
    const over = smooth(13.2, 15.6, t);
    const down = smooth(16, 19.6, t);
    const y = 1.45 * up + 0.3 * Math.sin(over * Math.PI) - 1.45 * down;
    const crouch = smooth(19.4, 20.5, t);
    const lean = between(0.15, 0.6, Math.max(crouch, Math.sin(over * Math.PI)));
    const heading = between(Math.PI / 2, -Math.PI / 2, over);
    return person({
      x: between(-0.45, 0.5, over),
      z: -6,
      y: Math.max(0, y),
      heading,
      wear: THIEF,
      pose: climbing(t, lean, up - down),
    });
  }
  const inside = AFTER(t);
  if (!inside) return [];
  const pose =
    inside.speed < 0.1
      ? {
          ...standing(),
          lean: 0.5,
          drop: 0.25,
          left: { hip: 0.9, knee: 1.3 },
          right: { hip: 0.4, knee: 1.0 },
        }
      : { ...gait(inside.distance, 1.35), lean: 0.4, drop: 0.1 };
  return person({ ...inside, wear: THIEF, pose });
}

/** N-07 in the intrusion scenario: somebody climbs over and runs to the tool shed. */
export function northWestIntrusion() {
  return fenceScene({ ...WEST, extra: shed, moment: (t) => ({ actors: [intruderAt(t)] }) });
}

/** N-08: the patrol guard walks the inner path towards the camera, torch in hand. */
export function northEast() {
  const guard = walk([
    [3, 2.1, -42],
    [34, 2.1, -4],
    [39, 2.0, -3.8],
    [45, 2.6, 3.5],
  ]);
  return fenceScene({
    eye: [4.6, 3.5, 4.5],
    look: [1.2, 0.3, -10],
    seed: 23,
    trees: 0.7,
    extra: [
      cylinder(grey(0.45), [3.6, 0, -16], [3.6, 4.4, -16], 0.07),
      box(grey(0.5), [3.3, 4.4, -16], [0.7, 0.1, 0.25]),
    ],
    moment: (t) => {
      const at = guard(t);
      if (!at) return {};
      const still = at.speed < 0.1;
      const sweep = still ? Math.sin(t * 1.6) * 0.7 : Math.sin(t * 0.8) * 0.18;
      const turn = at.heading + sweep;
      const pose = still
        ? { ...standing(), armRight: { shoulder: 0.7, elbow: 0.8 } }
        : { ...gait(at.distance), armRight: { shoulder: 0.7, elbow: 0.8 } };
      const hand = [at.x + Math.sin(at.heading) * 0.42, 1.15, at.z + Math.cos(at.heading) * 0.42];
      const aim = [at.x + Math.sin(turn) * 5, 0, at.z + Math.cos(turn) * 5];
      const light = spot(hand, aim, [9, 9, 9], { inner: 5, outer: 17 });
      return {
        actors: [
          person({ ...at, heading: at.heading + (still ? sweep * 0.4 : 0), wear: clothes.irGuard, pose }),
        ],
        beams: [{ light, centre: aim, reach: 4.5 }],
        glows: [{ at: hand, r: 0.17, colour: [1.5, 1.5, 1.5] }],
      };
    },
  });
}

/** W-05: the west side is a brick wall with broken glass on top and a service road; a service car passes outside. */
export function west() {
  const fox = walk([
    [8, 7, -7],
    [16, 1.2, -14],
    [20, 1.1, -14],
    [27, 1.0, -30],
    [32, 1.2, -46],
  ]);
  return fenceScene({
    eye: [3.1, 3.2, 2.5],
    look: [1.8, 0.3, -12],
    seed: 41,
    trees: 0.15,
    fov: 66,
    extra: [
      box(grey(0.5), [5.2, 0.6, -12], [1.1, 1.2, 0.6]),
      box(plain(0.2, 0.2, 0.2), [5.2, 1.25, -12], [1.2, 0.08, 0.7]),
    ],
    moment: (t) => {
      const at = fox(t);
      if (!at) return {};
      const resting = at.speed < 0.1;
      const body = animal({
        ...at,
        size: 0.62,
        coat: grey(0.62),
        tail: 0.1,
        headUp: resting ? 0.2 : 0.02,
        moving: !resting,
      });
      return { actors: [body.solids], glows: resting ? eyeGlow(body.eyes, 1.5) : [] };
    },
  });
}
