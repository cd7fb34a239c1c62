import type { LocalTime } from './recording-rule.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Weekday and minute of a moment in a time zone (IANA name); of UTC if the zone is unknown. */
export function localTimes(): (atMs: number, zone: string) => LocalTime {
  const formats = new Map<string, Intl.DateTimeFormat>();
  function formatOf(zone: string): Intl.DateTimeFormat {
    let format = formats.get(zone);
    if (!format) {
      const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
      try {
        format = new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: zone });
      } catch {
        format = new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: 'UTC' });
      }
      formats.set(zone, format);
    }
    return format;
  }
  return (atMs, zone) => {
    const parts = new Map(
      formatOf(zone)
        .formatToParts(atMs)
        .map(({ type, value }) => [type, value]),
    );
    const minuteOfDay = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
    return { weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1, minuteOfDay };
  };
}
