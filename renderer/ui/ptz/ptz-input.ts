/** What hands do with mouse, keys and stick, as speeds of a camera: -1..1, right, up and near are positive. */
export interface PtzSpeed {
  pan: number;
  tilt: number;
  zoom: number;
}
export const REST: PtzSpeed = { pan: 0, tilt: 0, zoom: 0 };
/** Sticks that are let go seldom read zero. */
const DEAD = 0.15;
/** The middle of the ring in which nothing moves, as a part of its radius. */
const HUB = 0.25;

/** A pointer on the ring: direction from its middle, faster further out, full speed at its rim. */
export function ringSpeed(x: number, y: number, radius: number, speed: number): PtzSpeed {
  const far = Math.min(1, Math.hypot(x, y) / radius);
  if (far < HUB) return REST;
  const rate = ((far - HUB) / (1 - HUB)) * speed;
  const angle = Math.atan2(-y, x);
  return { pan: round(Math.cos(angle) * rate), tilt: round(Math.sin(angle) * rate), zoom: 0 };
}

const round = (value: number) => Math.round(value * 50) / 50 || 0;
/** Beyond the dead middle it begins at zero, and squared: fine at the beginning, fast at the end. */
function stick(value: number | undefined): number {
  const size = Math.abs(value ?? 0);
  if (!Number.isFinite(size) || size <= DEAD) return 0;
  return Math.sign(value ?? 0) * Math.min(1, (size - DEAD) / (1 - DEAD)) ** 2;
}

/**
 * A gamepad or joystick. Axes 0 and 1 steer; zoom is the second stick (axis 3, up is near) or, on a joystick with a
 * twist handle (three axes), axis 2.
 */
export function padSpeed(axes: readonly number[], speed: number): PtzSpeed {
  const zoom = axes.length >= 4 ? -stick(axes[3]) : stick(axes[2]);
  const of = (value: number) => round(value * speed);
  return { pan: of(stick(axes[0])), tilt: of(-stick(axes[1])), zoom: of(zoom) };
}

/**
 * A click on a picture that lies in its box with its own proportions (object-fit: contain), as halves of the picture
 * from its middle: x right, y up. Null beside the picture.
 */
export function pointIn(
  click: { x: number; y: number },
  box: { width: number; height: number },
  aspect: number,
): { x: number; y: number } | null {
  const width = Math.min(box.width, box.height * aspect);
  const x = (click.x - box.width / 2) / (width / 2);
  const y = -(click.y - box.height / 2) / (width / aspect / 2);
  return Math.abs(x) <= 1 && Math.abs(y) <= 1 ? { x, y } : null;
}
export const sameSpeed = (a: PtzSpeed, b: PtzSpeed): boolean =>
  a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom;

/** A box drawn over a picture: its middle as `pointIn`, and the larger of its sides as a part of the picture's. */
export function boxIn(
  drawn: { left: number; top: number; width: number; height: number },
  box: { left: number; top: number; width: number; height: number },
  aspect: number,
): { x: number; y: number; size: number } | null {
  const middle = {
    x: drawn.left + drawn.width / 2 - box.left,
    y: drawn.top + drawn.height / 2 - box.top,
  };
  const point = pointIn(middle, box, aspect);
  const width = Math.min(box.width, box.height * aspect);
  const size = Math.max(drawn.width / width, drawn.height / (width / aspect));
  return point && { ...point, size: Math.min(1, Math.max(0.02, size)) };
}

/** Buttons of a gamepad that went down since the last look. */
export const pressedSince = (before: readonly boolean[], now: readonly boolean[]): number[] =>
  now.flatMap((down, index) => (down && !before[index] ? [index] : []));
/** Which preset a button of a gamepad is, from 0: the four under the right thumb. */
export const PAD_PRESETS = [0, 1, 2, 3];
/** Select and start. */
export const PAD_HOME = [8, 9];
