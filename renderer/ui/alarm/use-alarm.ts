import { watchThrottled } from '@vueuse/core';
import { computed, ref, shallowRef, toValue, watch } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Alarm, AlarmLogEntry } from '#contract/alarms.contract.ts';
import { useAlarms } from '#api/alarms.ts';
import { api } from '#api/client.ts';

/** One alarm with its record: live while it is open, as it was stored once it is closed. */
export function useAlarm(id: MaybeRefOrGetter<string | null>) {
  const alarms = useAlarms();
  const stored = shallowRef<(Alarm & { log: AlarmLogEntry[] }) | null>(null);
  const error = ref<unknown>(null);
  const wanted = computed(() => toValue(id));
  const live = computed(() => {
    const now = wanted.value;
    return now ? alarms.open.find((alarm) => alarm.id === now) : undefined;
  });

  async function load(): Promise<void> {
    const now = wanted.value;
    if (!now) {
      stored.value = null;
      return;
    }
    try {
      const answer = await api.alarms.get({ id: now });
      if (wanted.value === now) stored.value = answer;
      error.value = null;
    } catch (reason) {
      if (wanted.value === now) error.value = reason;
    }
  }
  watch(wanted, load, { immediate: true });
  // Each change of the alarm wrote a line of its record; a storm of them is fetched once a second.
  watchThrottled(live, (now, before) => now && before && now.id === before.id && load(), {
    throttle: 1000,
    leading: true,
    trailing: true,
  });

  const alarm = computed<Alarm | null>(() => {
    if (live.value) return live.value;
    return stored.value?.id === wanted.value ? stored.value : null;
  });
  const log = computed(() => (stored.value?.id === wanted.value ? stored.value.log : []));
  return { alarm, log, error, reload: load };
}
