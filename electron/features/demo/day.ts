/** The park's day: how busy it is and where the sun stands, by the clock on its wall. */

const HOUR_MS = 3_600_000;

/** Hour of the day, 0 to below 24 with fractions, in a time zone (IANA name; an unknown one counts as UTC). */
export function hourOfDay(atMs: number, timezone: string): number {
  return ((((atMs + offsetMs(atMs, timezone)) / HOUR_MS) % 24) + 24) % 24;
}

const offsets = new Map<string, number>();

/** Asked of Intl once an hour: formatting a date for each reading would be the dearest thing that the demo does. */
function offsetMs(atMs: number, timezone: string): number {
  const slot = Math.floor(atMs / HOUR_MS);
  const key = `${timezone} ${slot}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size > 100) offsets.clear();
  const offset = readOffset(slot * HOUR_MS, timezone);
  offsets.set(key, offset);
  return offset;
}

function readOffset(atMs: number, timezone: string): number {
  try {
    const options = { timeZone: timezone, timeZoneName: 'longOffset' } as const;
    const parts = new Intl.DateTimeFormat('en-GB', options).formatToParts(atMs);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
    if (!match) return 0;
    const minutes = Number(match[2]) * 60 + Number(match[3]);
    return (match[1] === '-' ? -1 : 1) * minutes * 60_000;
  } catch {
    return 0;
  }
}

const bump = (hour: number, at: number, width: number): number => Math.exp(-(((hour - at) / width) ** 2));

/** 0 (dead of night) to 1 (middle of the working day). */
export function activity(hour: number): number {
  const rise = 1 / (1 + Math.exp(-(hour - 8) * 2.2));
  const fall = 1 / (1 + Math.exp((hour - 18.2) * 1.6));
  return Math.max(0.04, rise * fall * (1 - 0.22 * bump(hour, 12.7, 0.7)));
}

/** Passes a minute at the gates relative to the busiest moment: shift starts, noon, going home. */
export function rush(hour: number): number {
  return 0.03 + 0.97 * Math.min(1, bump(hour, 8.4, 0.6) + 0.45 * bump(hour, 12.2, 0.5) + 0.9 * bump(hour, 17.9, 0.7) + 0.12 * activity(hour)); // prettier-ignore
}

/** 0 at night, 1 with the sun high. */
export function sunshine(hour: number): number {
  return Math.max(0, Math.sin(((hour - 6.4) / 12) * Math.PI));
}
