import { computed, shallowRef } from 'vue';
import { api } from '#api/client.ts';
import { toApiError } from '#api/errors.ts';
import type { ApiError } from '#api/errors.ts';
import { groupPlans } from './plan-groups.ts';

type Library = Awaited<ReturnType<typeof api.plans.list>>;
export type PlanProblem = Library['problems'][number];

/** The plans of the park by level, those offered for an alarm first; files that cannot be used beside them. */
export function useLibrary(offered: () => readonly string[]) {
  const library = shallowRef<Library | null>(null);
  const error = shallowRef<ApiError | null>(null);
  async function load(): Promise<void> {
    try {
      library.value = await api.plans.list();
      error.value = null;
    } catch (reason) {
      error.value = toApiError(reason);
    }
  }
  void load();
  const plans = computed(() => library.value?.plans ?? []);
  const groups = computed(() => groupPlans(plans.value, offered()));
  return {
    plans,
    groups,
    problems: computed(() => library.value?.problems ?? []),
    loaded: computed(() => library.value !== null),
    error,
    load,
  };
}
