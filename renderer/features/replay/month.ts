/** A month of the park's calendar, for choosing a day. */

export interface MonthDay {
  /** Local midnight, UTC milliseconds. */
  startMs: number;
  day: number;
}

/** Local midnights of a month and the one after its last day. @param month 0 to 11 @param offsetMs from UTC at a time */
export function monthStarts(year: number, month: number, offsetMs: (atMs: number) => number): number[] {
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Array.from({ length: days + 1 }, (_, day) => {
    const midnight = Date.UTC(year, month, day + 1);
    // The offset of the time itself: it may differ from that of the same clock time in UTC.
    const guess = midnight - offsetMs(midnight);
    return midnight - offsetMs(guess);
  });
}

/** Weeks of a month, Monday first; null before its first and after its last day. */
export function weeksOf(year: number, month: number, starts: readonly number[]): (MonthDay | null)[][] {
  const before = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const cells: (MonthDay | null)[] = Array.from({ length: before }, () => null);
  for (const [index, startMs] of starts.slice(0, -1).entries()) cells.push({ startMs, day: index + 1 });
  while (cells.length % 7 > 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** What is added to UTC in a zone at a time, milliseconds; 0 for an unknown zone. */
export function zoneOffset(timeZone: string): (atMs: number) => number {
  const fields = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields });
  } catch {
    return () => 0;
  }
  return (atMs) => {
    const parts = Object.fromEntries(
      format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(atMs / 60_000) * 60_000;
  };
}
