/** Wording of times and spans; the only place that knows formats. */
export interface TimeFormats {
  /** 03:17:42 */
  clock(atMs: number): string;
  /** 11-22 */
  day(atMs: number): string;
  /** 2026-11-22 03:17:42 */
  dateTime(atMs: number): string;
  /** 03:17:42 today, 11-22 03:17 on another day. */
  short(atMs: number, nowMs: number): string;
}
const cache = new Map<string, TimeFormats>();

/** Formats for a zone (IANA name; an unknown one falls back to the machine's) and language. */
export function formatsOf(timeZone: string, locale: string): TimeFormats {
  const key = `${timeZone} ${locale}`;
  const found = cache.get(key);
  if (found) return found;
  const parts = partsOf(timeZone);
  const two = (value: string | undefined) => (value ?? '').padStart(2, '0');
  const clock = (at: number) => {
    const p = parts(at);
    return `${two(p.hour)}:${two(p.minute)}:${two(p.second)}`;
  };
  const day = (at: number) => {
    const p = parts(at);
    return `${two(p.month)}-${two(p.day)}`;
  };
  const date = (at: number) => `${parts(at).year ?? ''}-${day(at)}`;
  const formats: TimeFormats = {
    clock,
    day,
    dateTime: (at) => `${date(at)} ${clock(at)}`,
    short: (at, now) => (date(at) === date(now) ? clock(at) : `${day(at)} ${clock(at).slice(0, 5)}`),
  };
  cache.set(key, formats);
  return formats;
}

function partsOf(timeZone: string): (atMs: number) => Partial<Record<Intl.DateTimeFormatPartTypes, string>> {
  const options: Intl.DateTimeFormatOptions = {
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  } catch {
    format = new Intl.DateTimeFormat('en-GB', options);
  }
  return (atMs) => Object.fromEntries(format.formatToParts(atMs).map((part) => [part.type, part.value]));
}

/** A span as a clock: 0:42, 12:05, 1:03:20; hours go on past 24. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${rest}` : rest;
}

/** 1536 -> 1.5 KB (1024 steps, as the disk's owner counts). */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? 'B'}`;
}
