import type { Alarm } from '#contract/alarms.contract.ts';
import type { Clock } from '#station/clock.ts';

/** Cameras of alarms, and since when: each of their streams is recorded because of them for as long as its own rule says. */
export function alarmTriggers(clock: Pick<Clock, 'monotonicMs'>) {
  const seen = new Map<string, number>();
  const sinceMs = new Map<string, number>();
  return {
    /** An occurrence, also one more of an alarm that is open already, starts the post-roll anew; handling it does not. */
    changed(alarm: Pick<Alarm, 'id' | 'count' | 'active' | 'workflow' | 'cameraIds'>): string[] {
      const isNews = alarm.active && alarm.count > (seen.get(alarm.id) ?? 0);
      if (alarm.workflow === 'closed') seen.delete(alarm.id);
      else seen.set(alarm.id, alarm.count);
      if (!isNews) return [];
      for (const id of alarm.cameraIds) sinceMs.set(id, clock.monotonicMs());
      return alarm.cameraIds;
    },
    /** Whether the last occurrence was less than the post-roll ago. */
    isOn: (cameraId: string, postMs: number): boolean =>
      clock.monotonicMs() < (sinceMs.get(cameraId) ?? -Infinity) + postMs,
  };
}
