import type { Broadcast, ZoneState } from '#contract/broadcast.contract.ts';
import type { Place } from '#contract/site.ts';
import { placeChain } from '#domain/plan-offers.ts';

export type Source = Broadcast['source'];
/** Classes that a person starts by hand. */
export const CLASSES = ['manual', 'emergency_recorded'] as const;
export type HandClass = (typeof CLASSES)[number];
export interface Draft {
  zoneIds: readonly string[];
  kind: Source['kind'];
  text: string;
  messageId: string | null;
  class: HandClass;
  repeat: number;
  chime: boolean;
}
/** What is still missing before a broadcast may start, worded as `broadcast.missing.<code>`. */
export type Missing = 'zones' | 'text' | 'message' | 'preview' | null;

/** What is to be heard; null while it is empty. */
export function sourceOf(draft: Pick<Draft, 'kind' | 'text' | 'messageId'>): Source | null {
  if (draft.kind === 'message')
    return draft.messageId === null ? null : { kind: 'message', messageId: draft.messageId };
  const text = draft.text.trim();
  return text === '' ? null : { kind: 'speech', text };
}
export const sameSource = (a: Source | null, b: Source | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/**
 * The first thing that is missing. What is spoken in an emergency must have been heard here first,
 * word for word: `heard` is what was played last.
 */
export function missingOf(draft: Draft, heard: Source | null): Missing {
  if (draft.zoneIds.length === 0) return 'zones';
  const source = sourceOf(draft);
  if (source === null) return draft.kind === 'speech' ? 'text' : 'message';
  const mustHear = draft.class !== 'manual' && source.kind === 'speech';
  return mustHear && !sameSource(source, heard) ? 'preview' : null;
}

/** Zones at a place and inside it. */
export function zonesInside(
  places: readonly Place[],
  zones: readonly { id: string; placeId: string }[],
  placeId: string,
): string[] {
  return zones.filter((zone) => placeChain(places, zone.placeId).includes(placeId)).map((zone) => zone.id);
}

/** Places that have zones, the park itself last: what the selection by place offers. */
export function placesWithZones(
  places: readonly Place[],
  zones: readonly { id: string; placeId: string }[],
): { place: Place; zoneIds: string[] }[] {
  return places
    .map((place) => ({ place, zoneIds: zonesInside(places, zones, place.id) }))
    .filter(({ place, zoneIds }) => zoneIds.length > 0 && place.kind !== 'park');
}

/** Nothing may start in a zone that the fire controller has. */
export const isSelectable = (state: ZoneState['state'] | undefined): boolean => state !== 'fire';

/** The zones with these toggled: off when all of them are on. */
export function toggled(selected: readonly string[], ids: readonly string[]): string[] {
  const all = ids.every((id) => selected.includes(id));
  return all ? selected.filter((id) => !ids.includes(id)) : [...new Set([...selected, ...ids])];
}

/** The newest broadcast that this person started and that still goes on. */
export function newestOwn(broadcasts: readonly Broadcast[], name: string | undefined): Broadcast | null {
  return (
    broadcasts
      .filter((one) => one.endedAtMs === null && one.startedBy === name)
      .sort((a, b) => b.requestedAtMs - a.requestedAtMs)[0] ?? null
  );
}

/** Receipts that still change: the zones of a broadcast that can be stopped. */
export const openZones = (broadcast: Broadcast): string[] =>
  broadcast.receipts
    .filter(({ rung }) => ['queued', 'accepted', 'started'].includes(rung))
    .map(({ zoneId }) => zoneId);

/** Broadcasts under way, the strongest class and then the newest first. */
export function underWay(broadcasts: readonly Broadcast[]): Broadcast[] {
  const rank = (one: Broadcast) =>
    ['fire', 'emergency_live', 'emergency_recorded', 'manual', 'scheduled', 'background'].indexOf(one.class);
  return broadcasts
    .filter((one) => one.endedAtMs === null)
    .sort((a, b) => rank(a) - rank(b) || b.requestedAtMs - a.requestedAtMs);
}
