/** What stands in the way of a view: the outlines of a site's buildings and rooms, made ready once per site. */
import { isInside, toPlane, type LngLatPair, type Point } from './plane.ts';

/** The part of a site's place that matters here. */
export interface SightPlace {
  id: string;
  kind: 'park' | 'building' | 'floor' | 'area';
  parentId?: string | undefined;
  /** 0 ground and outdoors. */
  level?: number | undefined;
  heightMetres?: number | undefined;
  /** Ring, closed or not. */
  outline?: readonly LngLatPair[] | undefined;
}
export interface Building {
  id: string;
  ring: readonly Point[];
  /** Null: not known, higher than everything. */
  heightMetres: number | null;
  /** Its highest storey; what is above it is its roof, and outdoors. */
  topLevel: number;
}
export interface Scene {
  origin: LngLatPair;
  places: ReadonlyMap<string, SightPlace>;
  buildings: readonly Building[];
}

/** Ring of a place in the plane; null when it has none. */
export function ringOf(place: SightPlace | undefined, origin: LngLatPair): Point[] | null {
  const outline = place?.outline;
  if (!outline || outline.length < 3) return null;
  const ring = outline.map((at) => toPlane(at, origin));
  const [first, last] = [ring[0]!, ring.at(-1)!];
  return first.x === last.x && first.y === last.y ? ring.slice(0, -1) : ring;
}

/** @param origin any point of the park: distances are measured in the plane around it */
export function prepareScene(places: readonly SightPlace[], origin: LngLatPair): Scene {
  const tops = new Map<string, number>();
  for (const { kind, parentId, level } of places)
    if (kind === 'floor' && parentId !== undefined)
      tops.set(parentId, Math.max(tops.get(parentId) ?? 0, level ?? 0));
  const buildings = places.flatMap((place) => {
    const ring = place.kind === 'building' ? ringOf(place, origin) : null;
    if (!ring) return [];
    return [
      { id: place.id, ring, heightMetres: place.heightMetres ?? null, topLevel: tops.get(place.id) ?? 0 },
    ];
  });
  return { origin, places: new Map(places.map((place) => [place.id, place])), buildings };
}

/** The place itself and what it is in, from inside out. */
export function chainOf(scene: Pick<Scene, 'places'>, placeId: string | undefined): SightPlace[] {
  const chain: SightPlace[] = [];
  for (let id = placeId; id !== undefined;) {
    const place = scene.places.get(id);
    if (!place || chain.includes(place)) break;
    chain.push(place);
    id = place.parentId;
  }
  return chain;
}
/** Storey of a place: its own or that of the nearest place around it that has one. */
export const levelOf = (chain: readonly SightPlace[]): number =>
  chain.find((place) => place.level !== undefined)?.level ?? 0;

/** The building that a point of a storey is in; null outdoors, on roofs too. */
export const buildingAt = (scene: Scene, at: Point, level: number): Building | null =>
  scene.buildings.find((one) => level <= one.topLevel && isInside(at, one.ring)) ?? null;
