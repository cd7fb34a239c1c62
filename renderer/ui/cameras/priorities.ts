import { computed } from 'vue';
import { useAlarms } from '#api/alarms.ts';
import type { Priority } from '#contract/base.ts';

/** Highest priority of the alarms at each camera that are active or not yet acknowledged. */
export function useCameraPriorities() {
  const alarms = useAlarms();
  return computed<ReadonlyMap<string, Priority>>(() => {
    const byCamera = new Map<string, Priority>();
    // the most urgent is first in the list: it is to have the last word
    for (const alarm of alarms.open.toReversed())
      if (alarm.active || !alarm.acknowledged)
        for (const id of alarm.cameraIds) byCamera.set(id, alarm.priority);
    return byCamera;
  });
}
