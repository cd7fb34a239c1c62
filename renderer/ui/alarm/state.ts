import type { Alarm } from '#contract/alarms.contract.ts';

/** What an alarm's two bits mean together, worded as `alarms.state.<code>`. */
export type AlarmState =
  'unacknowledged' | 'returned_unacknowledged' | 'active' | 'returned' | 'held' | 'closed';

/** Unacknowledged comes before all else: it still asks for somebody. */
export function alarmState(alarm: Pick<Alarm, 'active' | 'acknowledged' | 'workflow'>): AlarmState {
  if (alarm.workflow === 'closed') return 'closed';
  if (!alarm.acknowledged) return alarm.active ? 'unacknowledged' : 'returned_unacknowledged';
  if (alarm.workflow === 'on_hold') return 'held';
  return alarm.active ? 'active' : 'returned';
}
