/** The park and what is true in it as GeoJSON for the map's sources. Pure. */
import type { Alarm } from '#contract/alarms.contract.ts';
import type { LngLat, LocalText } from '#contract/base.ts';
import type { DeviceState } from '#contract/devices.contract.ts';
import type { Patrol, PerimeterZoneState } from '#contract/patrol.contract.ts';
import type { Place, Site } from '#contract/site.ts';
import { distanceMetres } from '#domain/plane.ts';
import type { Heading } from '#domain/field-of-view.ts';
import { centroid } from './geometry.ts';
import { layerOf } from './layers.ts';
import { levelOfPlace } from './levels.ts';
import { ringOfView, type Sights } from './views.ts';

interface Feature {
  type: 'Feature';
  properties: Properties;
  geometry:
    | { type: 'Point'; coordinates: LngLat }
    | { type: 'LineString'; coordinates: LngLat[] }
    | { type: 'Polygon'; coordinates: LngLat[][] };
}
/** The part of GeoJSON (RFC 7946) that the map needs. */
export interface Collection {
  type: 'FeatureCollection';
  features: Feature[];
}
type Name = (text: LocalText) => string;
type Properties = Record<string, string | number | boolean>;

export const collection = (features: Feature[]): Collection => ({ type: 'FeatureCollection', features });
const point = (at: LngLat, properties: Properties): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: at },
});
const polygon = (ring: readonly LngLat[], properties: Properties): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Polygon', coordinates: [[...ring, ring[0] as LngLat]] },
});
const line = (points: readonly LngLat[], properties: Properties): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'LineString', coordinates: [...points] },
});
const isClosed = (ring: readonly LngLat[]): boolean => {
  const [a, b] = [ring[0], ring.at(-1)];
  return a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];
};
const opened = (ring: readonly LngLat[]) => (isClosed(ring) ? ring.slice(0, -1) : ring);
const byId = (site: Pick<Site, 'places'>) => new Map(site.places.map((place) => [place.id, place]));

/** Outlines of places with the names that belong on them; on a storey, the floors of that storey. */
export function placeShapes(
  site: Pick<Site, 'places'>,
  level: number,
  name: Name,
): { shapes: Collection; names: Collection } {
  const shapes: Feature[] = [];
  const names: Feature[] = [];
  const floorsHere = new Set(
    site.places
      .filter((place) => place.kind === 'floor' && place.level === level)
      .map((place) => place.parentId),
  );
  for (const place of site.places) {
    if (!place.outline) continue;
    if (place.kind === 'floor' && place.level !== level) continue;
    if (place.kind === 'floor' && level === 0) continue;
    if (place.kind === 'area' && (place.level ?? 0) !== level) continue;
    const ring = opened(place.outline);
    const absent = place.kind === 'building' && level !== 0 && !floorsHere.has(place.id);
    shapes.push(polygon(ring, { id: place.id, kind: place.kind, height: place.heightMetres ?? 6, absent }));
    if (place.kind === 'building' || place.kind === 'area')
      names.push(point(centroid(ring), { name: name(place.name), kind: place.kind, absent }));
  }
  return { shapes: collection(shapes), names: collection(names) };
}

/**
 * Cameras of a storey and what they see, cut by walls. Those that are shown are drawn strongly, on every storey; of a PTZ
 * camera what it shows now, and where it is shown all that it could.
 */
export function cameraPoints(
  site: Site,
  level: number,
  name: Name,
  shown: ReadonlySet<string>,
  sights: Sights,
  headings: ReadonlyMap<string, Heading> = new Map(),
): { points: Collection; views: Collection } {
  const places = byId(site);
  const points: Feature[] = [];
  const views: Feature[] = [];
  for (const camera of site.cameras) {
    if (!camera.position) continue;
    const here = levelOfPlace(places, camera.placeId) === level;
    const lit = shown.has(camera.id);
    if (!here && !lit) continue;
    const heading = camera.ptz ? headings.get(camera.id) : undefined;
    const direction = heading?.bearing ?? camera.directionDegrees ?? 0;
    points.push(point(camera.position, { id: camera.id, kind: 'camera', name: name(camera.name), direction, lit, turns: camera.ptz })); // prettier-ignore
    const eye = sights.byCamera.get(camera.id);
    if (!eye || (!heading && (camera.directionDegrees === undefined || !camera.viewAngleDegrees))) continue;
    const now = heading ?? { bearing: eye.bearing, angleDegrees: eye.angleDegrees };
    views.push(polygon(ringOfView(eye, sights.scene, eye.turns ? now : undefined), { id: camera.id, lit, whole: false })); // prettier-ignore
    if (eye.turns && lit)
      views.push(polygon(ringOfView(eye, sights.scene), { id: camera.id, lit, whole: true }));
  }
  return { points: collection(points), views: collection(views) };
}

/** The point that is looked at, and lines from the cameras that see it. */
export function lookShapes(
  at: LngLat | null,
  cameras: readonly { position?: LngLat | undefined }[],
): Collection {
  if (!at) return collection([]);
  const lines = cameras.flatMap(({ position }) =>
    position ? [line([position, at], { kind: 'look-line' })] : [],
  );
  return collection([...lines, point(at, { kind: 'look' })]);
}

/** Devices of a storey with the layer they belong to and whether they are heard. */
export function devicePoints(
  site: Site,
  level: number,
  states: ReadonlyMap<string, DeviceState>,
  name: Name,
): Collection {
  const places = byId(site);
  return collection(
    site.devices.flatMap((device) => {
      if (!device.position || levelOfPlace(places, device.placeId) !== level) return [];
      const availability = states.get(device.id)?.availability ?? 'unknown';
      return [
        point(device.position, {
          id: device.id,
          kind: 'device',
          layer: layerOf(device),
          name: name(device.name),
          availability,
        }),
      ];
    }),
  );
}

/** Perimeter zones with their condition; one that nothing is known of counts as offline. */
export function zoneLines(
  site: Pick<Site, 'perimeterZones'>,
  states: ReadonlyMap<string, PerimeterZoneState>,
): Collection {
  return collection(
    site.perimeterZones.map((zone) =>
      line(zone.line, { id: zone.id, kind: 'zone', condition: states.get(zone.id)?.condition ?? 'offline' }),
    ),
  );
}

/** Walking guards, their checkpoints, and the way walked and to walk. */
export function patrolShapes(
  site: Pick<Site, 'checkpoints' | 'patrolRoutes'>,
  patrols: readonly Patrol[],
  label: (patrol: Patrol) => string,
): { points: Collection; ways: Collection } {
  const positions = new Map(site.checkpoints.map((checkpoint) => [checkpoint.id, checkpoint.position]));
  const scanned = new Set(patrols.flatMap((patrol) => patrol.scannedIds));
  const points = site.checkpoints.map((checkpoint) =>
    point(checkpoint.position, {
      id: checkpoint.id,
      kind: 'checkpoint',
      scanned: scanned.has(checkpoint.id),
    }),
  );
  const ways: Feature[] = [];
  for (const patrol of patrols) {
    points.push(point(patrol.position, { id: patrol.id, kind: 'patrol', name: label(patrol) }));
    const route = site.patrolRoutes.find((one) => one.id === patrol.routeId);
    const along = (ids: readonly string[]) =>
      ids.map((id) => positions.get(id)).filter((at) => at !== undefined);
    const walked = along(patrol.scannedIds);
    const done = new Set(patrol.scannedIds);
    const ahead = [patrol.position, ...along(route?.checkpointIds.filter((id) => !done.has(id)) ?? [])];
    if (walked.length > 1) ways.push(line(walked, { walked: true }));
    if (ahead.length > 1) ways.push(line(ahead, { walked: false }));
  }
  return { points: collection(points), ways: collection(ways) };
}

/** Where an alarm is drawn: its own position, or the middle of the nearest place that has an outline. */
export function alarmPosition(
  alarm: Pick<Alarm, 'position' | 'placeId'>,
  places: ReadonlyMap<string, Place>,
): LngLat | null {
  if (alarm.position) return alarm.position;
  const seen = new Set<string>();
  for (let id = alarm.placeId ?? undefined; id && !seen.has(id);) {
    seen.add(id);
    const place = places.get(id);
    if (place?.outline) return centroid(opened(place.outline));
    id = place?.parentId;
  }
  return null;
}

export interface MarkOptions {
  level: number;
  selectedId: string | null;
  levelName: (level: number) => string;
  /** Alarms nearer than this to a more urgent one share its mark: marks that overlap cannot be read or clicked. */
  mergeMetres: number;
}

/**
 * One mark per spot: the most urgent alarm there and how many more. Alarms are on every storey's map;
 * those of another storey say which.
 * @param alarms most urgent first
 */
export function alarmMarks(
  alarms: readonly Alarm[],
  places: ReadonlyMap<string, Place>,
  options: MarkOptions,
): Collection {
  const spots: { at: LngLat; alarms: Alarm[] }[] = [];
  for (const alarm of alarms) {
    const at = alarmPosition(alarm, places);
    if (!at) continue;
    const near = spots.find((spot) => distanceMetres(spot.at, at) <= options.mergeMetres);
    if (near) near.alarms.push(alarm);
    else spots.push({ at, alarms: [alarm] });
  }
  return collection(
    spots.map(({ at, alarms: here }) => {
      const shown = here.find((alarm) => alarm.id === options.selectedId) ?? (here[0] as Alarm);
      const level = shown.level ?? 0;
      const elsewhere = level !== options.level ? options.levelName(level) : '';
      const more = here.length > 1 ? `+${here.length - 1}` : '';
      return point(at, {
        id: shown.id,
        kind: 'alarm',
        priority: shown.priority,
        acknowledged: shown.acknowledged,
        selected: shown.id === options.selectedId,
        urgent: here.some((alarm) => alarm.priority === 1 && !alarm.acknowledged),
        image: `priority-${shown.priority}${shown.acknowledged ? '-seen' : ''}`,
        note: [more, elsewhere].filter(Boolean).join(' '),
        order: -shown.priority,
      });
    }),
  );
}
