/** Plane geometry on a park's scale: errors of the flat approximation stay below a centimetre over a kilometre. */

/** Longitude and latitude in degrees, WGS 84. */
export type LngLatPair = readonly [longitude: number, latitude: number];
/** Metres to the east and to the north of an origin. */
export interface Point {
  x: number;
  y: number;
}

/** Metres of one degree of latitude; WGS 84 mean. */
const METRES_PER_DEGREE = 111_320;
export const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const degrees = (angle: number) => (angle * 180) / Math.PI;

/** The point `metres` away from `from` in a bearing (degrees clockwise from north). */
export function offset(from: LngLatPair, bearingDegrees: number, metres: number): [number, number] {
  const east = Math.sin(radians(bearingDegrees)) * metres;
  const north = Math.cos(radians(bearingDegrees)) * metres;
  return fromPlane({ x: east, y: north }, from);
}

/** A point as metres from an origin that is at most some kilometres away. */
export function toPlane([lng, lat]: LngLatPair, origin: LngLatPair): Point {
  return {
    x: (lng - origin[0]) * METRES_PER_DEGREE * Math.cos(radians(origin[1])),
    y: (lat - origin[1]) * METRES_PER_DEGREE,
  };
}
export function fromPlane({ x, y }: Point, [lng, lat]: LngLatPair): [number, number] {
  return [lng + x / (METRES_PER_DEGREE * Math.cos(radians(lat))), lat + y / METRES_PER_DEGREE];
}

/** Metres between two points of a park. */
export function distanceMetres(a: LngLatPair, b: LngLatPair): number {
  const east = (b[0] - a[0]) * METRES_PER_DEGREE * Math.cos(radians((a[1] + b[1]) / 2));
  return Math.hypot(east, (b[1] - a[1]) * METRES_PER_DEGREE);
}

/** Bearing of `to` seen from `from`: degrees clockwise from north, 0 to 360. */
export const bearingTo = (from: Point, to: Point): number =>
  (degrees(Math.atan2(to.x - from.x, to.y - from.y)) + 360) % 360;

/** The turn from bearing `from` to bearing `to` by the shorter way: -180 (exclusive) to 180 degrees, clockwise positive. */
export function turnBetween(from: number, to: number): number {
  const turn = (((to - from) % 360) + 360) % 360;
  return turn > 180 ? turn - 360 : turn;
}

/** True when the point lies within the ring (even-odd; on the line either). */
export function isInside({ x, y }: Point, ring: readonly Point[]): boolean {
  let inside = false;
  ring.forEach((a, index) => {
    const b = ring[(index + 1) % ring.length]!;
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  });
  return inside;
}

/** The point of the ring's line that is nearest, and how far it is. */
export function nearestOn(ring: readonly Point[], to: Point): { at: Point; metres: number } {
  let best = { at: ring[0] ?? to, metres: Infinity };
  ring.forEach((a, index) => {
    const b = ring[(index + 1) % ring.length]!;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length = dx * dx + dy * dy;
    const k = length === 0 ? 0 : Math.min(1, Math.max(0, ((to.x - a.x) * dx + (to.y - a.y) * dy) / length));
    const at = { x: a.x + k * dx, y: a.y + k * dy };
    const metres = Math.hypot(to.x - at.x, to.y - at.y);
    if (metres < best.metres) best = { at, metres };
  });
  return best;
}
