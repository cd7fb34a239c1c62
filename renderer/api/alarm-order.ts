import type { Alarm } from '#contract/alarms.contract.ts';

/** Tabs of the alarm list: nobody has taken it, somebody is at it, put aside. */
export const ALARM_GROUPS = ['unhandled', 'handling', 'held'] as const;
export type AlarmGroup = (typeof ALARM_GROUPS)[number];

/** Where an open alarm belongs in the list. */
export function groupOf(alarm: Pick<Alarm, 'workflow'>): AlarmGroup {
  if (alarm.workflow === 'on_hold') return 'held';
  return alarm.workflow === 'new' ? 'unhandled' : 'handling';
}

/** Most urgent first: priority, then not acknowledged before acknowledged, then newest. */
export function byUrgency(a: Alarm, b: Alarm): number {
  return (
    a.priority - b.priority ||
    Number(a.acknowledged) - Number(b.acknowledged) ||
    b.lastOccurredAtMs - a.lastOccurredAtMs ||
    (a.id < b.id ? 1 : -1)
  );
}

/** Newest first, whatever the priority. */
export function byTime(a: Alarm, b: Alarm): number {
  return b.lastOccurredAtMs - a.lastOccurredAtMs || (a.id < b.id ? 1 : -1);
}

/** The alarm that Space acknowledges: highest priority, newest, not acknowledged. A drill's comes after every real one. */
export function hottest(alarms: readonly Alarm[]): Alarm | null {
  const waiting = alarms.filter((alarm) => !alarm.acknowledged);
  const real = waiting.filter((alarm) => !alarm.drill);
  return [...(real.length > 0 ? real : waiting)].sort(byUrgency)[0] ?? null;
}
