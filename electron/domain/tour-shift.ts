import { startOfDayMs } from './day-start.ts';

const DAY_MS = 24 * 3_600_000;
export interface Shift {
  fromMs: number;
  toMs: number;
}

/** Minutes of the day from `08:00,20:00`; null when it does not read so. */
export function parseShiftStarts(text: string): number[] | null {
  const parts = text.split(/[,，\s]+/).filter((one) => one !== '');
  const minutes = parts.map((one) => /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(one));
  if (minutes.length === 0 || minutes.some((one) => one === null)) return null;
  return [...new Set(minutes.map((one) => Number(one![1]) * 60 + Number(one![2])))].sort((a, b) => a - b);
}

/** The running shift and those before it, newest first. `starts`: minutes of the day at which shifts begin. */
export function shiftsBefore(
  nowMs: number,
  timezone: string,
  starts: readonly number[],
  count: number,
): Shift[] {
  const bounds: number[] = [];
  const days = Math.ceil(count / starts.length) + 2;
  for (let back = -1; back < days; back += 1) {
    // noon of that day, so that a day of 23 or 25 hours is still that day
    const day = startOfDayMs(startOfDayMs(nowMs, timezone) + DAY_MS / 2 - back * DAY_MS, timezone);
    for (const minutes of [...starts].reverse()) bounds.push(day + minutes * 60_000);
  }
  const current = bounds.findIndex((atMs) => atMs <= nowMs);
  return Array.from({ length: count }, (_, at) => ({
    fromMs: bounds[current + at]!,
    toMs: bounds[current + at - 1]!,
  }));
}
