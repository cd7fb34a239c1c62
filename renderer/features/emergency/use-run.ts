import { watchThrottled } from '@vueuse/core';
import { computed, shallowRef, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Run, RunEvent } from '#contract/plans.contract.ts';
import { api } from '#api/client.ts';
import { toApiError } from '#api/errors.ts';
import type { ApiError } from '#api/errors.ts';
import { useLive } from '#api/live.ts';

/** One run with its log: live while it is followed, as it is stored once it has left the live list. */
export function useRun(id: MaybeRefOrGetter<string | null>) {
  const runs = useLive('runs.live');
  const stored = shallowRef<(Run & { log: RunEvent[] }) | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const wanted = computed(() => toValue(id));
  const live = computed(() => runs.list.value.find((run) => run.id === wanted.value));

  async function load(): Promise<void> {
    const now = wanted.value;
    if (now === null) return;
    try {
      const answer = await api.runs.get({ id: now });
      if (wanted.value === now) stored.value = answer;
      error.value = null;
    } catch (reason) {
      if (wanted.value === now) error.value = toApiError(reason);
    }
  }
  // Each change of the run wrote a line of its log.
  watchThrottled([wanted, live], load, { throttle: 700, leading: true, trailing: true, immediate: true });

  const kept = computed(() => (stored.value?.id === wanted.value ? stored.value : null));
  const run = computed<Run | null>(() => live.value ?? kept.value);
  const log = computed(() => kept.value?.log ?? []);
  return { run, log, error, reload: load };
}
