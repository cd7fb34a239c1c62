import { plain } from './materials.mjs';
import { capsule, ellipsoid, sphere } from './shapes.mjs';

/** People and animals made of capsules on a simple skeleton. Headings: 0 looks along +z, positive turns to +x. */

const SKIN = plain(0.42, 0.27, 0.19);

/** Clothes: reflectances in visible light; under infrared most fabrics are light, which `ir` imitates. */
export const clothes = {
  guard: {
    top: plain(0.035, 0.045, 0.075),
    legs: plain(0.03, 0.035, 0.055),
    head: plain(0.02, 0.022, 0.03),
    vest: plain(0.5, 0.62, 0.08),
  },
  office: { top: plain(0.55, 0.57, 0.6), legs: plain(0.05, 0.05, 0.06), head: plain(0.02, 0.017, 0.015) },
  suit: { top: plain(0.06, 0.065, 0.08), legs: plain(0.05, 0.052, 0.065), head: plain(0.025, 0.02, 0.018) },
  red: { top: plain(0.42, 0.09, 0.08), legs: plain(0.08, 0.09, 0.13), head: plain(0.02, 0.016, 0.014) },
  blue: { top: plain(0.1, 0.19, 0.38), legs: plain(0.12, 0.11, 0.1), head: plain(0.03, 0.02, 0.015) },
  worker: { top: plain(0.11, 0.17, 0.3), legs: plain(0.09, 0.13, 0.23), head: plain(0.75, 0.6, 0.1) },
  inspector: {
    top: plain(0.11, 0.17, 0.3),
    legs: plain(0.09, 0.13, 0.23),
    head: plain(0.75, 0.6, 0.1),
    vest: plain(0.5, 0.62, 0.08),
  },
  cook: { top: plain(0.75, 0.75, 0.73), legs: plain(0.2, 0.2, 0.22), head: plain(0.8, 0.8, 0.78) },
  dark: { top: plain(0.05, 0.05, 0.05), legs: plain(0.06, 0.06, 0.065), head: plain(0.04, 0.04, 0.04) },
  irGuard: {
    top: plain(0.34, 0.34, 0.34),
    legs: plain(0.28, 0.28, 0.28),
    head: plain(0.2, 0.2, 0.2),
    vest: plain(0.95, 0.95, 0.95, { emit: [0.05, 0.05, 0.05] }),
  },
};

const along = (from, angle, length, frame, spread = 0) => {
  // angle 0 hangs down, positive swings forward
  const [f, u, s] = [
    Math.sin(angle) * length * Math.cos(spread),
    -Math.cos(angle) * length * Math.cos(spread),
    Math.sin(spread) * length,
  ];
  return [from[0] + f * frame.fx + s * frame.sx, from[1] + u, from[2] + f * frame.fz + s * frame.sz];
};

/** Joint angles of a walk at a distance walked; `pace` 1 walks, 2 runs. */
export function gait(distance, pace = 1) {
  const p = (distance / (0.72 + 0.55 * (pace - 1))) * Math.PI;
  const reach = 0.42 + 0.25 * (pace - 1);
  const leg = (phase) => ({
    hip: reach * Math.sin(phase),
    knee: 0.12 + (0.75 + 0.5 * (pace - 1)) * Math.max(0, Math.cos(phase)) ** 1.2,
  });
  const arm = (phase) => ({
    shoulder: -(0.4 + 0.35 * (pace - 1)) * Math.sin(phase),
    elbow: 0.3 + 1 * (pace - 1),
  });
  return {
    left: leg(p),
    right: leg(p + Math.PI),
    armLeft: arm(p),
    armRight: arm(p + Math.PI),
    lean: 0.05 * pace,
    drop: 0.035 * Math.abs(Math.sin(p)),
    twist: 0.1 * Math.sin(p),
  };
}

export const standing = (sway = 0) => ({
  left: { hip: 0.03, knee: 0.04 },
  right: { hip: -0.02, knee: 0.03 },
  armLeft: { shoulder: 0.05 + sway * 0.05, elbow: 0.2 },
  armRight: { shoulder: 0.02 - sway * 0.05, elbow: 0.25 },
  lean: 0.02 + sway * 0.02,
  drop: 0,
  twist: sway * 0.1,
});

export const sitting = (reach = 0.7) => ({
  left: { hip: 1.5, knee: 1.5 },
  right: { hip: 1.45, knee: 1.45 },
  armLeft: { shoulder: reach, elbow: 0.9 },
  armRight: { shoulder: reach + 0.1, elbow: 0.8 },
  lean: 0.12,
  drop: 0.42,
  twist: 0,
});

/** Somebody on a path: walking or standing; nobody outside the path's seconds. */
export const somebody = (at, wear, extra = {}) =>
  at ? person({ ...at, wear, pose: at.speed > 0.1 ? gait(at.distance) : standing(), ...extra }) : [];

/** One person. @param at x, z of the feet and `y` of the ground below; `pose` from `gait`, `standing`, ... */
export function person({
  x,
  z,
  y = 0,
  heading = 0,
  pose = standing(),
  wear = clothes.office,
  tall = 1,
  headTurn = 0,
}) {
  const frame = {
    fx: Math.sin(heading),
    fz: Math.cos(heading),
    sx: Math.cos(heading),
    sz: -Math.sin(heading),
  };
  const k = tall;
  const skin = wear.skin ?? SKIN;
  const hips = [x, y + (0.93 - pose.drop) * k, z];
  const put = (base, f, u, s) => [
    base[0] + f * frame.fx + s * frame.sx,
    base[1] + u,
    base[2] + f * frame.fz + s * frame.sz,
  ];
  const leanF = Math.sin(pose.lean);
  const chest = put(hips, leanF * 0.38 * k, 0.36 * k, 0);
  const neck = put(hips, leanF * 0.58 * k, 0.54 * k, 0);
  const head = put(neck, 0.03 + leanF * 0.12, 0.17 * k, 0);
  const solids = [];
  const leg = (side, { hip, knee }) => {
    const top = put(hips, 0, -0.03, side * 0.09 * k);
    const mid = along(top, hip, 0.43 * k, frame);
    const low = along(mid, hip - knee, 0.42 * k, frame);
    solids.push(capsule(wear.legs, top, mid, 0.082 * k), capsule(wear.legs, mid, low, 0.058 * k));
    solids.push(
      capsule(plain(0.03, 0.03, 0.03), put(low, -0.02, -0.02, 0), put(low, 0.14 * k, -0.045, 0), 0.042 * k),
    );
  };
  leg(1, pose.left);
  leg(-1, pose.right);
  const arm = (side, { shoulder, elbow, spread = 0.12 }) => {
    const top = put(neck, side * pose.twist * 0.4, -0.07 * k, side * 0.19 * k);
    const mid = along(top, shoulder, 0.29 * k, frame, side * spread);
    const low = along(mid, shoulder + elbow, 0.26 * k, frame, side * spread * 0.3);
    solids.push(
      capsule(wear.top, top, mid, 0.052 * k),
      capsule(wear.top, mid, low, 0.04 * k),
      sphere(skin, along(low, shoulder + elbow, 0.05 * k, frame), 0.045 * k),
    );
  };
  arm(1, pose.armLeft);
  arm(-1, pose.armRight);
  const body = { yaw: heading, pitch: pose.lean };
  solids.push(ellipsoid(wear.legs, put(hips, 0, 0.01, 0), [0.165 * k, 0.15 * k, 0.125 * k], body));
  solids.push(
    ellipsoid(wear.top, put(hips, leanF * 0.2 * k, 0.24 * k, 0), [0.175 * k, 0.28 * k, 0.125 * k], body),
  );
  solids.push(ellipsoid(wear.vest ?? wear.top, chest, [0.205 * k, 0.2 * k, 0.135 * k], body));
  if (wear.vest)
    solids.push(
      ellipsoid(wear.vest, put(hips, leanF * 0.2 * k, 0.22 * k, 0), [0.182 * k, 0.16 * k, 0.132 * k], body),
    );
  solids.push(capsule(skin, neck, put(neck, 0.02, 0.08 * k, 0), 0.055 * k));
  const look = heading + headTurn;
  solids.push(ellipsoid(skin, head, [0.082 * k, 0.118 * k, 0.1 * k], { yaw: look }));
  const back = [head[0] - Math.sin(look) * 0.02, head[1] + 0.035 * k, head[2] - Math.cos(look) * 0.02];
  solids.push(ellipsoid(wear.head, back, [0.094 * k, 0.1 * k, 0.108 * k], { yaw: look }));
  return solids;
}

/** A four-legged animal. `size` 1 is a dog of 0.55 m at the shoulder. */
export function animal({
  x,
  z,
  y = 0,
  heading = 0,
  distance = 0,
  size = 1,
  coat = plain(0.2, 0.2, 0.2),
  tail = 0.5,
  headUp = 0.16,
  moving = true,
}) {
  const frame = {
    fx: Math.sin(heading),
    fz: Math.cos(heading),
    sx: Math.cos(heading),
    sz: -Math.sin(heading),
  };
  const k = size;
  const put = (f, u, s) => [
    x + (f * frame.fx + s * frame.sx) * k,
    y + u * k,
    z + (f * frame.fz + s * frame.sz) * k,
  ];
  const bob = moving ? 0.02 * Math.sin((distance / k) * 11) : 0;
  const solids = [
    capsule(coat, put(-0.3, 0.5 + bob, 0), put(0.26, 0.5 - bob, 0), 0.125 * k),
    capsule(coat, put(0.2, 0.5 - bob, 0), put(0.44, 0.58 + headUp, 0), 0.085 * k),
    ellipsoid(coat, put(0.5, 0.62 + headUp, 0), [0.085 * k, 0.09 * k, 0.11 * k], { yaw: heading }),
    capsule(coat, put(0.56, 0.6 + headUp, 0), put(0.66, 0.57 + headUp, 0), 0.045 * k),
    capsule(coat, put(0.46, 0.68 + headUp, 0.05), put(0.45, 0.76 + headUp, 0.06), 0.025 * k),
    capsule(coat, put(0.46, 0.68 + headUp, -0.05), put(0.45, 0.76 + headUp, -0.06), 0.025 * k),
    capsule(coat, put(-0.38, 0.53, 0), put(-0.55, 0.53 + tail * 0.25, 0.03), 0.032 * k),
    capsule(coat, put(-0.55, 0.53 + tail * 0.25, 0.03), put(-0.66, 0.5 + tail * 0.65, 0), 0.026 * k),
  ];
  const phase = moving ? (distance / (0.85 * k)) * 2 * Math.PI : 0.4;
  const swing = moving ? 0.5 : 0.06;
  [
    [0.24, 0.07, 0],
    [0.24, -0.07, Math.PI],
    [-0.28, 0.07, Math.PI],
    [-0.28, -0.07, 0],
  ].forEach(([f, s, shift]) => {
    const hip = swing * Math.sin(phase + shift);
    const lift = Math.max(0, Math.cos(phase + shift)) * swing;
    const top = put(f, 0.45, s);
    const mid = along(top, hip, 0.23 * k, frame);
    const low = along(mid, hip - lift * 1.2, 0.2 * k, frame);
    solids.push(capsule(coat, top, mid, 0.052 * k), capsule(coat, mid, low, 0.033 * k));
  });
  return { solids, eyes: [put(0.58, 0.66 + headUp, 0.04), put(0.58, 0.66 + headUp, -0.04)] };
}
