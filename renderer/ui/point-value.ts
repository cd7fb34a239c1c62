import type { Device } from '#contract/site.ts';

export type Point = Device['points'][number];
type Value = number | boolean | string | null;
/** Points whose "yes" is never a normal state, whatever the device (the park messages' own keys, then common ones). */
const TROUBLE = ['alarm', 'tamper', 'fault', 'leak', 'trapped', 'isolated'];

/** True for a value outside its limits, and for a "yes" that means trouble. */
export function isAbnormal(point: Pick<Point, 'key' | 'low' | 'high'>, value: Value): boolean {
  if (typeof value === 'boolean') return value && TROUBLE.includes(point.key);
  if (typeof value !== 'number') return false;
  return value < (point.low ?? -Infinity) || value > (point.high ?? Infinity);
}

/** A value with its unit; numbers with two decimals at the most. Words are the caller's. */
export function pointText(
  point: Pick<Point, 'unit'>,
  value: Value,
  word: (kind: 'yes' | 'no' | 'none' | 'state', text: string) => string,
): string {
  if (value === null) return word('none', '');
  if (typeof value === 'boolean') return word(value ? 'yes' : 'no', '');
  if (typeof value === 'string') return word('state', value);
  const number = String(Math.round(value * 100) / 100);
  return point.unit ? `${number} ${point.unit}` : number;
}

/** `0.35 – 0.9 MPa`, `≤ 10 %LEL`, `≥ 40 %`; empty without limits. */
export function limitText({ low, high, unit }: Pick<Point, 'low' | 'high' | 'unit'>): string {
  const tail = unit ? ` ${unit}` : '';
  if (low !== undefined && high !== undefined) return `${low} – ${high}${tail}`;
  if (high !== undefined) return `≤ ${high}${tail}`;
  return low === undefined ? '' : `≥ ${low}${tail}`;
}
