/** What is added to UTC in a time zone at a time, milliseconds. */
export function utcOffsetMs(timezone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return local - Math.floor(atMs / 1000) * 1000;
}

/** ISO 8601 with the zone's distance from UTC: 2026-11-22T19:26:05.120+08:00. */
export function isoLocal(atMs: number, timezone: string): string {
  const offset = utcOffsetMs(timezone, atMs);
  const minutes = Math.abs(Math.round(offset / 60_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return new Date(atMs + offset).toISOString().replace('Z', zone);
}

/** For file names: 20261122-192605. */
export const fileStamp = (atMs: number, timezone: string): string =>
  isoLocal(atMs, timezone).slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
