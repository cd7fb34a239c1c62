import type { LocalText } from '#contract/base.ts';
import type { Place, Site } from '#contract/site.ts';

const byId = <T extends { id: string }>(list: readonly T[]) => new Map(list.map((one) => [one.id, one]));

/** A site with its objects by id, and the questions that everybody asks of places. */
export function indexSite(site: Site, revision: number) {
  const places = byId(site.places);
  const placeAndAbove = (id: string): Place[] => {
    const path: Place[] = [];
    for (let at = places.get(id); at; at = at.parentId === undefined ? undefined : places.get(at.parentId))
      path.push(at);
    return path;
  };
  return {
    site,
    revision,
    places,
    devices: byId(site.devices),
    cameras: byId(site.cameras),
    perimeterZones: byId(site.perimeterZones),
    broadcastZones: byId(site.broadcastZones),
    contacts: byId(site.contacts),
    checkpoints: byId(site.checkpoints),
    patrolRoutes: byId(site.patrolRoutes),
    placeAndAbove,
    /** With the places above it, the park itself left out: 3 号楼 2 层. */
    placeName(id: string): LocalText | undefined {
      const path = placeAndAbove(id);
      if (path.length === 0) return undefined;
      const shown = path.length > 1 ? path.filter((one) => one.kind !== 'park') : path;
      const names = shown.reverse().map((one) => one.name);
      return {
        zh: names.map((one) => one.zh).join(' '),
        en: names.map((one) => one.en || one.zh).join(', '),
      };
    },
    levelOf: (placeId: string): number | null =>
      placeAndAbove(placeId).find((one) => one.level !== undefined)?.level ?? null,
  };
}
