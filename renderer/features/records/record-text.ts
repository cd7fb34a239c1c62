import type { JsonObject } from '#contract/base.ts';
import type { ParkRecord } from '#contract/records.contract.ts';
import type { useSite } from '#api/site.ts';
import type { useText } from '#ui/text.ts';

type Site = ReturnType<typeof useSite>;
type Text = ReturnType<typeof useText>;

/** What and where first: the thing's name as it is called now (or was then), and what happened. */
export function whatOf(row: ParkRecord, site: Site, { lt, alarmType, worded }: Text): string {
  const id = row.deviceId ?? '';
  const named = site.devices.get(id) ?? site.cameras.get(id) ?? site.broadcastZones.get(id);
  const name = named ? lt(named.name) : (row.deviceName ?? id);
  const type = worded('records.type', row.type) ?? alarmType(row.type);
  return [name, type].filter(Boolean).join(' ');
}
export function placeOf(row: ParkRecord, site: Site, { lt }: Text): string {
  const chain = site.placeChain(row.placeId);
  return (chain.length > 1 ? chain.filter((place) => place.kind !== 'park') : chain)
    .reverse()
    .map((place) => lt(place.name))
    .join(' ');
}
/** The first few fields of a record's data on one line. */
export function dataLine(data: JsonObject): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .slice(0, 4)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(' · ');
}
