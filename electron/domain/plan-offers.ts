/** Which plans an alarm is offered, and what the run of one keeps of the alarm's surroundings. */
export interface OfferingPlan {
  id: string;
  level: 'I' | 'II' | 'III' | 'IV';
  offeredFor: { type: string; priority: number; placeId?: string }[];
}
export interface PlacedThing {
  id: string;
  placeId: string;
}
export interface PlaceNode {
  id: string;
  parentId?: string;
}

/** The place and those around it, innermost first. Stops at a loop in the data. */
export function placeChain(places: readonly PlaceNode[], placeId: string | null): string[] {
  const chain: string[] = [];
  for (let id = placeId; id !== null && !chain.includes(id);) {
    chain.push(id);
    id = places.find((place) => place.id === id)?.parentId ?? null;
  }
  return chain;
}

/**
 * Ids of the plans for an alarm, best first: an offer for the alarm's place before one for any
 * place (the nearer the better), a longer type code before a shorter, a higher response level
 * before a lower, then by id. A code matches whole dotted parts: `fire` is for `fire.smoke`, not
 * for `firewall.down`. Priorities: 1 is the highest, and an offer is for its priority or higher.
 */
export function plansFor(
  plans: readonly OfferingPlan[],
  alarm: { type: string; priority: number; placeId: string | null },
  places: readonly PlaceNode[],
): string[] {
  const chain = placeChain(places, alarm.placeId);
  const offers: Offer[] = [];
  for (const plan of plans) {
    const fitting = plan.offeredFor
      .filter(
        (offer) =>
          alarm.priority <= offer.priority &&
          (alarm.type === offer.type || alarm.type.startsWith(`${offer.type}.`)) &&
          (offer.placeId === undefined || chain.includes(offer.placeId)),
      )
      .map((offer) => ({
        id: plan.id,
        level: plan.level,
        nearness: offer.placeId === undefined ? chain.length : chain.indexOf(offer.placeId),
        length: offer.type.length,
      }))
      .sort(better);
    if (fitting[0]) offers.push(fitting[0]);
  }
  return offers.sort(better).map(({ id }) => id);
}

interface Offer {
  id: string;
  level: string;
  nearness: number;
  length: number;
}
const LEVELS = ['I', 'II', 'III', 'IV'];
const better = (a: Offer, b: Offer) =>
  a.nearness - b.nearness ||
  b.length - a.length ||
  LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
  (a.id < b.id ? -1 : 1);

/**
 * Broadcast zones for an alarm at a place. Its own place with everything inside it (a building's
 * alarm sounds on all its floors); where that has no zone, the nearest place around it: the zones
 * of that place itself, else everything inside it (GB 50116 4.8.6: all of a building at once). Of
 * the outermost place, the park, only its own zones: an alarm in one corner that has no zone of its
 * own must not evacuate every building.
 */
export function zonesAround(
  places: readonly PlaceNode[],
  zones: readonly PlacedThing[],
  placeId: string | null,
): string[] {
  const chain = placeChain(places, placeId);
  for (const [distance, around] of chain.entries()) {
    const own = zones.filter((zone) => zone.placeId === around);
    const inside = zones.filter((zone) => placeChain(places, zone.placeId).includes(around));
    const whole = distance === 0 || (own.length === 0 && distance < chain.length - 1);
    const found = whole ? inside : own;
    if (found.length > 0) return found.map(({ id }) => id);
  }
  return [];
}
