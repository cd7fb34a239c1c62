import type { Device } from '#contract/site.ts';

export interface PointText {
  /** The value as text; null when it is a word of the locale, given in `word`. */
  text: string | null;
  word: 'yes' | 'no' | 'none';
  /** Below the point's low or above its high limit. */
  outside: boolean;
}

/** A reported value as shown: numbers with two decimals at the most and their unit, yes and no in words. */
export function pointText(
  value: number | boolean | string | null,
  point: Pick<Device['points'][number], 'unit' | 'low' | 'high'> | undefined,
): PointText {
  if (value === null) return { text: null, word: 'none', outside: false };
  if (typeof value === 'boolean') return { text: null, word: value ? 'yes' : 'no', outside: false };
  if (typeof value === 'string') return { text: value, word: 'none', outside: false };
  const outside = value < (point?.low ?? -Infinity) || value > (point?.high ?? Infinity);
  const number = String(Math.round(value * 100) / 100);
  return { text: point?.unit ? `${number} ${point.unit}` : number, word: 'none', outside };
}
