import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { Priority } from '#contract/base.ts';
import { byUrgency, hottest } from './alarm-order.ts';
import { api } from './client.ts';
import { useLive } from './live.ts';

export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];

/** Every alarm that is not closed, as the top bar, the map and the alarm desk all show it. */
export const useAlarms = defineStore('alarms', () => {
  const live = useLive('alarms.live');
  const open = computed<Alarm[]>(() => [...live.list.value].sort(byUrgency));
  const counts = computed(() => {
    const all: Record<Priority, number> = { 1: 0, 2: 0, 3: 0, 4: 0 };
    for (const alarm of live.list.value) all[alarm.priority] += 1;
    return all;
  });
  const unacknowledged = computed(() => open.value.filter((alarm) => !alarm.acknowledged));
  /** The newest of the highest priority that nobody has acknowledged. */
  const hot = computed(() => hottest(live.list.value));
  const get = (id: string): Alarm | undefined => live.items.value.get(id);

  /** @throws ApiError */
  async function acknowledge(ids: string[]): Promise<void> {
    if (ids.length > 0) await api.alarms.acknowledge({ ids });
  }
  return {
    open,
    counts,
    unacknowledged,
    hot,
    get,
    acknowledge,
    fresh: live.fresh,
    loaded: live.loaded,
    error: live.error,
  };
});
