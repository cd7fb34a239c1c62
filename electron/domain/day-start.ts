/**
 * The last midnight in a time zone, as UTC milliseconds. Walks back by the local time of day, then
 * corrects for a change of the clocks in between.
 * @param timezone IANA name; one that the platform does not know is read as UTC
 */
export function startOfDayMs(nowMs: number, timezone: string): number {
  const format = formatFor(timezone);
  const sinceMidnight = (atMs: number) => {
    const part = Object.fromEntries(
      format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
    );
    return ((part.hour! * 60 + part.minute!) * 60 + part.second!) * 1000 + (((atMs % 1000) + 1000) % 1000);
  };
  const guess = nowMs - sinceMidnight(nowMs);
  const off = sinceMidnight(guess);
  // on a day whose clocks changed the guess lies an hour before or after midnight
  return off === 0 ? guess : off > 12 * 3_600_000 ? guess + (24 * 3_600_000 - off) : guess - off;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function formatFor(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (!format) {
    const options = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    try {
      format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: timezone });
    } catch {
      format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
    }
    formats.set(timezone, format);
  }
  return format;
}
