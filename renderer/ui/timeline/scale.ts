/** What of time a timeline shows. Pure: milliseconds and pixels in, milliseconds and pixels out. */

export interface TimeSpan {
  fromMs: number;
  toMs: number;
}
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Narrowest and widest view. */
export const VIEW_MS = { least: MINUTE, most: 30 * DAY } as const;
/** Distances of the marks: the first that leaves room for a label is taken. */
const STEPS = [
  ...[1, 5, 10, 30].map((seconds) => seconds * 1000),
  ...[1, 5, 10, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10].map((days) => days * DAY),
];
const LABEL_PX = 86;

export const widthOf = ({ fromMs, toMs }: TimeSpan): number => toMs - fromMs;
export const xOf = (view: TimeSpan, widthPx: number, atMs: number): number =>
  ((atMs - view.fromMs) / widthOf(view)) * widthPx;
export const timeAt = (view: TimeSpan, widthPx: number, x: number): number =>
  Math.round(view.fromMs + (x / Math.max(1, widthPx)) * widthOf(view));

/** The view made `factor` times as wide; the moment `atMs` stays where it is. */
export function zoom(view: TimeSpan, factor: number, atMs: number): TimeSpan {
  const now = widthOf(view);
  const next = Math.min(VIEW_MS.most, Math.max(VIEW_MS.least, now * factor));
  const fromMs = Math.round(atMs - ((atMs - view.fromMs) / now) * next);
  return { fromMs, toMs: Math.round(fromMs + next) };
}
export const pan = (view: TimeSpan, byMs: number): TimeSpan => ({
  fromMs: Math.round(view.fromMs + byMs),
  toMs: Math.round(view.toMs + byMs),
});
/** The view moved so that the moment is in it: pages like a book while it plays, centres after a jump far away. */
export function follow(view: TimeSpan, atMs: number): TimeSpan {
  const width = widthOf(view);
  if (atMs >= view.fromMs && atMs <= view.fromMs + width * 0.95) return view;
  const isNext = atMs > view.toMs - width * 0.05 && atMs < view.toMs + width;
  return pan(view, atMs - (isNext ? width * 0.1 : width / 2) - view.fromMs);
}

/** Places of the marks with labels. @param offsetMs of the park's time from UTC, so that days begin at midnight there */
export function ticks(view: TimeSpan, widthPx: number, offsetMs: number): { atMs: number; isDay: boolean }[] {
  const most = Math.max(1, Math.floor(widthPx / LABEL_PX));
  const step = STEPS.find((one) => widthOf(view) / one <= most) ?? (STEPS.at(-1) as number);
  const first = Math.ceil((view.fromMs + offsetMs) / step) * step - offsetMs;
  const marks: { atMs: number; isDay: boolean }[] = [];
  for (let atMs = first; atMs <= view.toMs; atMs += step)
    marks.push({ atMs, isDay: (atMs + offsetMs) % DAY === 0 });
  return marks;
}

/** A bar of a row, pixels. */
export type Bar<T> = { x: number; width: number; of: T };

/**
 * Spans as bars inside of the view, at least a pixel wide; neighbours of one kind that touch on the screen become one, so
 * that a month of short recordings is drawn as fast as an hour.
 */
export function bars<T extends TimeSpan>(
  spans: readonly T[],
  view: TimeSpan,
  widthPx: number,
  same: (a: T, b: T) => boolean = () => true,
): Bar<T>[] {
  const out: Bar<T>[] = [];
  for (const span of spans) {
    if (span.toMs <= view.fromMs || span.fromMs >= view.toMs) continue;
    const x = Math.max(0, xOf(view, widthPx, span.fromMs));
    const end = Math.max(x + 1, Math.min(widthPx, xOf(view, widthPx, span.toMs)));
    const last = out.at(-1);
    if (last && x >= last.x && x - (last.x + last.width) < 1 && same(last.of, span))
      last.width = Math.max(last.width, end - last.x);
    else out.push({ x, width: end - x, of: span });
  }
  return out;
}
