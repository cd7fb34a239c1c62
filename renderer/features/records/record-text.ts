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
/** What stands elsewhere in the row, or says nothing to a person. */
const HIDDEN = new Set([
  'alarmId',
  'priority',
  'unit',
  'runId',
  'broadcastId',
  'commandId',
  'eventId',
  'pictureId',
  'file',
  'sha256',
  'mime',
  'sizeBytes',
  'takenAtMs',
  'shown',
  'area',
  'was',
  'tourRunId',
  'dueAtMs',
  'of',
  'rule',
  'object',
  'topic',
]);

/** The first few fields of a record's data on one line: a measured value with its unit first. */
export function dataLine(data: JsonObject, { alarmValue, worded }: Text): string {
  const measured = alarmValue(data);
  const rest = Object.entries(data)
    .filter(
      ([key, value]) =>
        !HIDDEN.has(key) && !(key === 'value' && measured) && value !== null && typeof value !== 'object',
    )
    .slice(0, 4)
    .map(
      ([key, value]) => `${worded('records.field', key) ?? key} ${valueText(key, value as string, worded)}`,
    );
  return [measured, ...rest].filter(Boolean).join(' · ');
}
/** Reasons are codes; everything else is as the device said it. */
function valueText(key: string, value: string | number | boolean, worded: Text['worded']): string {
  if (key !== 'reason') return String(value);
  return worded('video.reason', String(value)) ?? worded('error', String(value)) ?? String(value);
}
