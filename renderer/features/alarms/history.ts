import { watchDebounced } from '@vueuse/core';
import { computed, ref, shallowRef } from 'vue';
import type { Ref } from 'vue';
import type { Alarm } from '#contract/alarms.contract.ts';
import { api } from '#api/client.ts';
import { stationNowMs } from '#api/station-time.ts';
import type { AlarmFilter } from './filter.ts';

const PAGE = 100;
const DAY_MS = 86_400_000;

/** Closed alarms, newest first, a page at a time; starts over when the filter changes. */
export function useHistory(filter: Ref<AlarmFilter>, active: () => boolean) {
  const rows = shallowRef<Alarm[]>([]);
  const cursor = ref<string | null>(null);
  const loading = ref(false);
  const error = ref<unknown>(null);
  // Answers to an earlier question are dropped.
  let question = 0;

  async function fetchPage(from: string | null): Promise<void> {
    const asked = (question += 1);
    const { priority, days } = filter.value;
    loading.value = true;
    try {
      const page = await api.alarms.list({
        open: false,
        limit: PAGE,
        ...(from ? { cursor: from } : {}),
        ...(priority ? { priority } : {}),
        ...(days ? { fromMs: stationNowMs() - days * DAY_MS } : {}),
      });
      if (asked !== question) return;
      rows.value = from ? [...rows.value, ...page.items] : page.items;
      cursor.value = page.nextCursor;
      error.value = null;
    } catch (reason) {
      if (asked === question) error.value = reason;
    } finally {
      if (asked === question) loading.value = false;
    }
  }
  const restart = () => fetchPage(null);
  const next = () => (cursor.value && !loading.value ? fetchPage(cursor.value) : undefined);
  watchDebounced(
    [active, () => filter.value.priority, () => filter.value.days],
    () => {
      if (active()) void restart();
    },
    { debounce: 150 },
  );
  return { rows, loading, error, more: computed(() => cursor.value !== null), restart, next };
}
