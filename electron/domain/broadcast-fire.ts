/** A fire condition, as far as broadcasting is concerned. */
export interface FireCondition {
  /** Dotted alarm type. */
  type: string;
  active: boolean;
  drill: boolean;
  placeId: string | null;
}

export interface ZonePlace {
  id: string;
  placeId: string;
}

/** What the site knows of places. */
export interface PlaceTree {
  /** The place and all above it, nearest first; empty for an unknown place. */
  chain(placeId: string): readonly { id: string; kind: string }[];
}

/**
 * The type by which the fire controller says that a fire is confirmed: from here on it drives the emergency broadcast
 * (GB 50116 4.8.8). One smoke detector alone does not, so it takes no zone.
 */
const CONFIRMED = 'fire.confirmed';

function isConfirmed(type: string): boolean {
  return type === CONFIRMED || type.startsWith(`${CONFIRMED}.`);
}

/**
 * Zones that the fire controller has now: for each confirmed fire all zones of its building, because the whole building
 * is addressed at once (GB 50116 4.8.8); every zone where the fire is in no building or nobody knows where. A drill's
 * fire takes nothing.
 */
export function zonesOfFire(
  conditions: readonly FireCondition[],
  zones: readonly ZonePlace[],
  places: PlaceTree,
): string[] {
  const held = new Set<string>();
  for (const fire of conditions) {
    if (!fire.active || fire.drill || !isConfirmed(fire.type)) continue;
    const building = fire.placeId === null ? undefined : buildingOf(fire.placeId, places);
    for (const zone of zones) {
      if (building === undefined || buildingOf(zone.placeId, places) === building) held.add(zone.id);
    }
  }
  return [...held];
}

function buildingOf(placeId: string, places: PlaceTree): string | undefined {
  return places.chain(placeId).find(({ kind }) => kind === 'building')?.id;
}
