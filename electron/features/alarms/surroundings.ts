import type { LocalText, LngLat } from '#contract/base.ts';
import { camerasSeeing, eyeOf, type Eye } from '#domain/field-of-view.ts';
import { MATRIX_TILES } from '#domain/matrix-tiles.ts';
import { prepareScene, type Scene } from '#domain/sight-scene.ts';
import type { SitePort } from '#station/ports.ts';
import type { AlarmSurroundings } from './alarm-row.ts';

interface Source {
  name: LocalText;
  placeId: string | null;
  position: LngLat | null;
}

/** Whatever the site knows under an id: a device, or a camera, zone or checkpoint that the station reports on. */
function sourceOf(site: SitePort, id: string): Source {
  const found =
    site.device(id) ??
    site.camera(id) ??
    site.checkpoint(id) ??
    site.perimeterZone(id) ??
    site.broadcastZone(id);
  if (!found) {
    // The station itself stands in the guard room; anything else is a device that nobody listed.
    const name = id === 'station' ? site.current().site.guardRoom : { zh: id, en: id };
    return { name, placeId: null, position: null };
  }
  const position = 'position' in found ? (found.position ?? null) : null;
  return { name: found.name, placeId: found.placeId, position };
}

interface Sight {
  revision: number;
  scene: Scene;
  eyes: Eye[];
}
/** Made once per state of the site: a burst of alarms asks a hundred times. */
const sights = new WeakMap<SitePort, Sight>();
function sightOf(site: SitePort): Sight {
  const revision = site.revision();
  const known = sights.get(site);
  if (known?.revision === revision) return known;
  const { places, cameras, site: info } = site.current();
  const scene = prepareScene(places, info.center);
  const made = { revision, scene, eyes: cameras.flatMap((camera) => eyeOf(camera, scene) ?? []) };
  sights.set(site, made);
  return made;
}
/** Cameras whose field of view contains the point, best first. */
function seeing(site: SitePort, position: LngLat, level: number | null): string[] {
  const { eyes, scene } = sightOf(site);
  return camerasSeeing(eyes, scene, position, level ?? 0).map(({ cameraId }) => cameraId);
}

/**
 * Cameras that show an alarm's place, best first: those linked to the device, those of its perimeter zones, those whose
 * field of view contains the place, those in the same place, those in the nearest place above that has any.
 */
function camerasFor(
  site: SitePort,
  deviceId: string,
  placeId: string | null,
  position: LngLat | null,
): string[] {
  const { cameras, perimeterZones } = site.current();
  const ids = new Set<string>();
  const add = (list: readonly string[]) => {
    for (const id of list) if (site.camera(id) && ids.size < MATRIX_TILES) ids.add(id);
  };
  if (site.camera(deviceId)) add([deviceId]);
  add(site.device(deviceId)?.cameraIds ?? []);
  for (const zone of perimeterZones)
    if (zone.id === deviceId || zone.deviceIds.includes(deviceId)) add(zone.cameraIds);
  if (position !== null) add(seeing(site, position, placeId === null ? null : site.levelOf(placeId)));
  if (placeId === null) return [...ids];
  for (const place of site.placeAndAbove(placeId)) {
    const here = cameras.filter((camera) => camera.placeId === place.id).map(({ id }) => id);
    // Cameras of the whole park say nothing about a room that has its own, or whose building has.
    if (place.id === placeId || ids.size === 0) add(here);
  }
  return [...ids];
}

/** Name, place and cameras of what an alarm is about, as they are now. `planIds` is left to the caller. */
export function surroundingsOf(site: SitePort, deviceId: string): Omit<AlarmSurroundings, 'planIds'> {
  const { name, placeId, position } = sourceOf(site, deviceId);
  return {
    deviceName: name,
    placeId,
    placeName: placeId === null ? null : (site.placeName(placeId) ?? null),
    position,
    level: placeId === null ? null : site.levelOf(placeId),
    cameraIds: camerasFor(site, deviceId, placeId, position),
  };
}
