import { useRouter } from 'vue-router';
import type { Alarm } from '#contract/alarms.contract.ts';
import { useScreens } from './screens.ts';

/**
 * Ways from anywhere to what an alarm needs. Screens meet only through their routes: each takes
 * `?alarm=<id>` and shows what it has for that alarm.
 */
export function useIntents() {
  const router = useRouter();
  const screens = useScreens();
  /** True when there is such a screen and the person may open it. */
  const has = (id: string) => screens.value.some((screen) => screen.id === id);
  const go = (id: string, query: Record<string, string> = {}) => {
    if (has(id)) void router.push({ name: id, query });
  };
  const forAlarm = (id: string) => (alarm: Pick<Alarm, 'id'>) => go(id, { alarm: alarm.id });
  return {
    has,
    go,
    /** Its cameras live, in the alarm matrix: the wall is the guard's own. */
    picture: forAlarm('matrix'),
    /** Its place on the map, selected. */
    map: forAlarm('overview'),
    /** Its entry in the alarm desk. */
    desk: forAlarm('alarms'),
    /** The plans offered for it, or its run. */
    plan: forAlarm('emergency'),
    broadcast: (alarm?: Pick<Alarm, 'id'>) => go('broadcast', alarm ? { alarm: alarm.id } : {}),
  };
}
