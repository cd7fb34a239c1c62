import type { Place, Site } from '#contract/site.ts';

/** Storey of a place: its own, or that of the nearest place above it that has one; 0 is outdoors and ground. */
export function levelOfPlace(places: ReadonlyMap<string, Place>, placeId: string | null | undefined): number {
  const seen = new Set<string>();
  let id = placeId ?? undefined;
  while (id && !seen.has(id)) {
    seen.add(id);
    const place = places.get(id);
    if (place?.level !== undefined) return place.level;
    id = place?.parentId;
  }
  return 0;
}

/** Storeys that the park has, highest first; always with 0. */
export function levelsOf(site: Pick<Site, 'places'>): number[] {
  const levels = new Set<number>([0]);
  for (const { level } of site.places) if (level !== undefined) levels.add(level);
  return [...levels].sort((a, b) => b - a);
}

/** Number as people count storeys: 1 is shown as 2F, -1 as B1; 0 has a word of its own. */
export const levelNumber = (level: number): string => (level > 0 ? `${level + 1}F` : `B${-level}`);
