/** Shapes of a park on the map. */
import type { LngLat } from '#contract/base.ts';
import type { Site } from '#contract/site.ts';

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Centre of area of a ring; of a degenerate one the mean of its points. */
export function centroid(ring: readonly LngLat[]): LngLat {
  let area = 0;
  let x = 0;
  let y = 0;
  const [ox, oy] = ring[0] ?? [0, 0];
  ring.forEach(([ax, ay], index) => {
    const [bx, by] = ring[(index + 1) % ring.length] as LngLat;
    const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
    area += cross;
    x += (ax + bx - 2 * ox) * cross;
    y += (ay + by - 2 * oy) * cross;
  });
  if (Math.abs(area) < 1e-16) {
    const mean = (axis: 0 | 1) =>
      ring.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, ring.length);
    return [mean(0), mean(1)];
  }
  return [ox + x / (3 * area), oy + y / (3 * area)];
}

export type Bounds = [west: number, south: number, east: number, north: number];
/** Smallest box around the points; null without any. */
export function boundsOf(points: Iterable<LngLat>): Bounds | null {
  let box: Bounds | null = null;
  for (const [lng, lat] of points) {
    box = box
      ? [Math.min(box[0], lng), Math.min(box[1], lat), Math.max(box[2], lng), Math.max(box[3], lat)]
      : [lng, lat, lng, lat];
  }
  return box;
}

/** What of a park has to be on the screen: its outlines and fences, or where it has none its devices; null when it has nothing. */
export function parkBounds(
  site: Pick<Site, 'places' | 'perimeterZones' | 'devices' | 'cameras'>,
): Bounds | null {
  const outlines = site.places.flatMap((place) => place.outline ?? []);
  const things = [...site.devices, ...site.cameras].flatMap(({ position }) => (position ? [position] : []));
  const fences = site.perimeterZones.flatMap((zone) => zone.line);
  return boundsOf([...(outlines.length > 0 ? outlines : things), ...fences]);
}

/** Pixels of one metre at a zoom level, for MapLibre's tiles of 512 pixels. */
export function pixelsPerMetre(zoom: number, latDegrees: number): number {
  const EQUATOR_METRES = 40_075_016.686;
  return (512 * 2 ** zoom) / (EQUATOR_METRES * Math.cos(radians(latDegrees)));
}
