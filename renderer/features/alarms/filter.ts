import type { Alarm } from '#contract/alarms.contract.ts';
import type { Priority } from '#contract/base.ts';

export interface AlarmFilter {
  priority: Priority | null;
  category: Alarm['category'] | null;
  /** Only those that nobody has acknowledged. */
  waiting: boolean;
  text: string;
  /** History only: how far back, in days; null is everything. */
  days: number | null;
}
export const NO_FILTER: AlarmFilter = { priority: null, category: null, waiting: false, text: '', days: 7 };

/**
 * True when an open alarm passes; all words of the text must occur.
 * @param textOf everything of the alarm that a person can read in the list
 */
export function matches(alarm: Alarm, filter: AlarmFilter, textOf: (alarm: Alarm) => string): boolean {
  if (filter.priority !== null && alarm.priority !== filter.priority) return false;
  if (filter.category !== null && alarm.category !== filter.category) return false;
  if (filter.waiting && alarm.acknowledged) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = textOf(alarm).toLowerCase();
  return words.every((word) => text.includes(word));
}
