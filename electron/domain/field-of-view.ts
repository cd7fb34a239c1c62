/**
 * Which cameras see a point of the park, and what of the map a camera sees. Flat: walls are the outlines of buildings;
 * one that is lower than where the camera hangs does not block it. Outdoors no camera looks into a building or through
 * one; inside a building it sees its own room, or where that has no outline its storey.
 */
import { bearingTo, fromPlane, isInside, nearestOn, radians, toPlane, turnBetween, type LngLatPair, type Point } from './plane.ts'; // prettier-ignore
import { buildingAt, chainOf, levelOf, ringOf, type Scene } from './sight-scene.ts';

/** The part of a site's camera that matters here. */
export interface SightCamera {
  id: string;
  placeId: string;
  position?: LngLatPair | undefined;
  directionDegrees?: number | undefined;
  viewAngleDegrees?: number | undefined;
  reachMetres?: number | undefined;
  ptz: boolean;
  mount?: { heightMetres: number } | undefined;
}
interface Wall {
  a: Point;
  b: Point;
}
/** A camera as an eye in the plane, with the walls near it. */
export interface Eye {
  cameraId: string;
  at: Point;
  /** Middle of its view; what a PTZ camera shows until its position is known. */
  bearing: number;
  angleDegrees: number;
  reachMetres: number;
  /** A PTZ camera: sees a whole circle, when it is turned. */
  turns: boolean;
  /** The building and storey it is in; null outdoors. */
  indoors: { buildingId: string; level: number } | null;
  walls: readonly Wall[];
  /** The room or storey that it does not see out of; null outdoors. */
  room: readonly Point[] | null;
}
/** What of the whole circle it shows: where it looks now and how wide. */
export interface Heading {
  bearing: number;
  angleDegrees: number;
}
export interface Sighting {
  cameraId: string;
  metres: number;
  /** 0 in the middle of its view, 1 at its edge. */
  offCentre: number;
  turns: boolean;
  /** False: a PTZ camera that would have to be turned. */
  looking: boolean;
}

/** As the map draws a camera of which nobody entered more. */
export const DEFAULT_REACH_METRES = 30;
export const DEFAULT_ANGLE_DEGREES = 60;
/** A camera fixed to a wall is seldom drawn exactly outside of it. */
const ON_THE_WALL_METRES = 1.5;
const ROOF_EYE_METRES = 2;
/** Walls nearer than this to the eye do not block it: it hangs on them. */
const SELF_METRES = 0.02;

const wallsOf = (ring: readonly Point[]): Wall[] =>
  ring.map((a, index) => ({ a, b: ring[(index + 1) % ring.length]! }));
const isNear = (ring: readonly Point[], at: Point, reach: number) =>
  nearestOn(ring, at).metres <= reach || isInside(at, ring);

/** Null for a camera that is not on the map, or of which nobody knows where it looks. */
export function eyeOf(camera: SightCamera, scene: Scene): Eye | null {
  if (!camera.position || (camera.directionDegrees === undefined && !camera.ptz)) return null;
  const chain = chainOf(scene, camera.placeId);
  const level = levelOf(chain);
  const reachMetres = camera.reachMetres ?? DEFAULT_REACH_METRES;
  const drawn = toPlane(camera.position, scene.origin);
  const inside = scene.buildings.find((one) => isInside(drawn, one.ring)) ?? null;
  const isIndoors = inside !== null && level <= inside.topLevel && chain.some(({ id }) => id === inside.id);
  const eye = {
    cameraId: camera.id,
    bearing: camera.directionDegrees ?? 0,
    angleDegrees: camera.viewAngleDegrees ?? DEFAULT_ANGLE_DEGREES,
    reachMetres,
    turns: camera.ptz,
  };
  if (isIndoors) {
    const rings = chain.map((place) => ringOf(place, scene.origin));
    const room = rings.find((ring) => ring !== null && isInside(drawn, ring)) ?? inside.ring;
    const indoors = { buildingId: inside.id, level };
    return { ...eye, at: drawn, indoors, walls: wallsOf(room), room };
  }
  // outdoors, and drawn within a building: fixed to its wall, or on its roof
  const onWall = inside && level <= inside.topLevel ? nearestOn(inside.ring, drawn) : null;
  const at = onWall && onWall.metres <= ON_THE_WALL_METRES ? beyond(drawn, onWall.at) : drawn;
  const stood = inside !== null && at === drawn ? inside : null;
  const height = camera.mount?.heightMetres ?? (stood?.heightMetres != null ? stood.heightMetres + ROOF_EYE_METRES : null); // prettier-ignore
  const blocking = scene.buildings.filter(
    (one) =>
      one !== stood &&
      (height === null || one.heightMetres === null || one.heightMetres >= height) &&
      isNear(one.ring, at, reachMetres),
  );
  return { ...eye, at, indoors: null, walls: blocking.flatMap(({ ring }) => wallsOf(ring)), room: null };
}
/** A little further than `line` on the way from `from`. */
function beyond(from: Point, line: Point): Point {
  const far = Math.hypot(line.x - from.x, line.y - from.y);
  if (far === 0) return from;
  const k = (far + 0.1) / far;
  return { x: from.x + (line.x - from.x) * k, y: from.y + (line.y - from.y) * k };
}

/** Metres from the eye along a unit direction to a wall; Infinity when it does not meet it. */
function reachOf(from: Point, dx: number, dy: number, { a, b }: Wall): number {
  const [ex, ey] = [b.x - a.x, b.y - a.y];
  const cross = dx * ey - dy * ex;
  if (Math.abs(cross) < 1e-12) return Infinity;
  const [px, py] = [a.x - from.x, a.y - from.y];
  const along = (px * ey - py * ex) / cross;
  const on = (px * dy - py * dx) / cross;
  return along > SELF_METRES && on >= -1e-9 && on <= 1 + 1e-9 ? along : Infinity;
}
/** Metres that the eye sees in a bearing: to the first wall, or its reach. */
function cast(eye: Eye, bearing: number): number {
  const [dx, dy] = [Math.sin(radians(bearing)), Math.cos(radians(bearing))];
  let nearest = eye.reachMetres;
  for (const wall of eye.walls) nearest = Math.min(nearest, reachOf(eye.at, dx, dy, wall));
  return nearest;
}

/**
 * Whether a camera sees a point, and how well; null when it does not.
 * @param level storey that was pointed at: within a building's outline it tells which floor
 * @param heading where a PTZ camera looks now, if that is known
 */
export function sightOf(
  eye: Eye,
  scene: Scene,
  at: LngLatPair,
  level: number,
  heading?: Heading,
): Sighting | null {
  const point = toPlane(at, scene.origin);
  const metres = Math.hypot(point.x - eye.at.x, point.y - eye.at.y);
  if (metres > eye.reachMetres) return null;
  const building = buildingAt(scene, point, level);
  if (eye.indoors) {
    if (building?.id !== eye.indoors.buildingId || level !== eye.indoors.level) return null;
    if (eye.room && !isInside(point, eye.room)) return null;
  } else if (building) return null;
  const now = heading ?? { bearing: eye.bearing, angleDegrees: eye.angleDegrees };
  const bearing = bearingTo(eye.at, point);
  const away = metres < 0.5 ? 0 : Math.abs(turnBetween(now.bearing, bearing));
  const looking = away <= now.angleDegrees / 2;
  if (!looking && !eye.turns) return null;
  if (cast(eye, bearing) < metres - 1e-6) return null;
  const offCentre = looking ? away / (now.angleDegrees / 2) : 0;
  return { cameraId: eye.cameraId, metres, offCentre, turns: eye.turns, looking };
}

/** Every camera that sees a point, the best first: near, and in the middle of the picture. */
export function camerasSeeing(
  eyes: readonly Eye[],
  scene: Scene,
  at: LngLatPair,
  level: number,
  headings: ReadonlyMap<string, Heading> = new Map(),
): Sighting[] {
  const scored = eyes.flatMap((eye) => {
    const sight = sightOf(eye, scene, at, level, headings.get(eye.cameraId));
    if (!sight) return [];
    // a camera that turns brings the point into the middle
    const off = sight.turns ? 0 : sight.offCentre;
    return [{ sight, score: 0.5 * off + 0.5 * (sight.metres / eye.reachMetres) }];
  });
  scored.sort((a, b) => a.score - b.score || (a.sight.cameraId < b.sight.cameraId ? -1 : 1));
  return scored.map(({ sight }) => sight);
}

const ARC_STEP_DEGREES = 3;
/** Just beside a corner, on either side of it. */
const BESIDE_DEGREES = 1e-4;

/**
 * What a camera sees of the ground as a ring (not closed): its sector cut at the walls.
 * @param heading what of it to draw; absent: its own view, of a PTZ camera the whole circle
 */
export function viewRing(eye: Eye, scene: Scene, heading?: Heading): [number, number][] {
  const whole = !heading && eye.turns;
  const { bearing, angleDegrees } = heading ?? eye;
  const angle = whole ? 360 : Math.min(360, angleDegrees);
  const first = bearing - angle / 2;
  const steps = Math.max(2, Math.ceil(angle / ARC_STEP_DEGREES));
  const turns = Array.from({ length: steps + 1 }, (_, step) => (angle * step) / steps);
  for (const { a } of eye.walls) {
    const turn = (((bearingTo(eye.at, a) - first) % 360) + 360) % 360;
    for (const beside of [turn - BESIDE_DEGREES, turn, turn + BESIDE_DEGREES])
      if (beside > 0 && beside < angle) turns.push(beside);
  }
  turns.sort((a, b) => a - b);
  const edge = turns.map((turn) => {
    const metres = cast(eye, first + turn);
    const [dx, dy] = [Math.sin(radians(first + turn)), Math.cos(radians(first + turn))];
    return fromPlane({ x: eye.at.x + dx * metres, y: eye.at.y + dy * metres }, scene.origin);
  });
  // a whole circle has no corner at the camera
  return angle >= 360 ? edge.slice(0, -1) : [fromPlane(eye.at, scene.origin), ...edge];
}
