/** What a camera's recording rule wants at a moment. Pure: the clock and the alarms are given. */
import type { RecordingCause, RecordingMode } from './recording-types.ts';

export interface RecordingWindow {
  /** 1 Monday to 7 Sunday: the day on which it begins. */
  days: readonly number[];
  /** HH:MM; a `to` that is not after `from` is of the next day. */
  from: string;
  to: string;
}
export interface RuleInput {
  mode: RecordingMode;
  schedule: readonly RecordingWindow[];
}
export interface LocalTime {
  /** 1 Monday to 7 Sunday. */
  weekday: number;
  minuteOfDay: number;
}

export interface Wanted {
  /** The stream has to be pulled: for the recording itself or for its pre-roll. */
  pull: boolean;
  /** Why it is recorded, null if it is not. */
  cause: RecordingCause | null;
  /** Why it is not recorded, null if it is. */
  reason: 'off' | 'not_scheduled' | 'no_alarm' | null;
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const DAY = 24 * 60;

/** Whether a window of the schedule is open; windows over midnight belong to the day on which they begin. */
export function isScheduled(
  schedule: readonly RecordingWindow[],
  { weekday, minuteOfDay }: LocalTime,
): boolean {
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return schedule.some(({ days, from, to }) => {
    const begin = minutes(from);
    const end = minutes(to) <= begin ? minutes(to) + DAY : minutes(to);
    const today = days.includes(weekday) && minuteOfDay >= begin && minuteOfDay < end;
    return today || (days.includes(yesterday) && minuteOfDay + DAY >= begin && minuteOfDay + DAY < end);
  });
}

/**
 * An alarm is recorded in every mode but `off`; before it (pre-roll) only where the stream is pulled anyway.
 * @param hasAlarm an alarm of this camera was less than its post-roll ago
 */
export function wantedOf(rule: RuleInput, now: LocalTime, hasAlarm: boolean): Wanted {
  if (rule.mode === 'off') return { pull: false, cause: null, reason: 'off' };
  if (rule.mode === 'continuous') return { pull: true, cause: 'continuous', reason: null };
  if (rule.mode === 'schedule' && isScheduled(rule.schedule, now))
    return { pull: true, cause: 'schedule', reason: null };
  if (hasAlarm) return { pull: true, cause: 'alarm', reason: null };
  return rule.mode === 'alarm'
    ? { pull: true, cause: null, reason: 'no_alarm' }
    : { pull: false, cause: null, reason: 'not_scheduled' };
}
