import type { Alarm } from '#contract/alarms.contract.ts';
import type { Clock } from '#station/clock.ts';

/** Cameras of alarms, and until when they are recorded because of them. */
export function alarmTriggers(clock: Pick<Clock, 'monotonicMs'>, postMsOf: (cameraId: string) => number) {
  const seen = new Map<string, number>();
  const untilMs = new Map<string, number>();
  return {
    /** An occurrence, also one more of an alarm that is open already, starts the post-roll anew; handling it does not. */
    changed(alarm: Pick<Alarm, 'id' | 'count' | 'active' | 'workflow' | 'cameraIds'>): string[] {
      const isNews = alarm.active && alarm.count > (seen.get(alarm.id) ?? 0);
      if (alarm.workflow === 'closed') seen.delete(alarm.id);
      else seen.set(alarm.id, alarm.count);
      if (!isNews) return [];
      for (const id of alarm.cameraIds) untilMs.set(id, clock.monotonicMs() + postMsOf(id));
      return alarm.cameraIds;
    },
    isOn(cameraId: string): boolean {
      const until = untilMs.get(cameraId);
      if (until === undefined) return false;
      if (until > clock.monotonicMs()) return true;
      untilMs.delete(cameraId);
      return false;
    },
  };
}
