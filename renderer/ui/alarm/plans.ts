import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Plan } from '#contract/plan.ts';
import { api } from '#api/client.ts';

/** Names of the plans, fetched when first asked for. */
export const usePlans = defineStore('plans', () => {
  const list = shallowRef<Plan[]>([]);
  let asked = false;
  async function load(): Promise<void> {
    try {
      list.value = (await api.plans.list()).plans;
    } catch {
      // Asked again with the next alarm; the buttons show the ids meanwhile.
      asked = false;
    }
  }
  const byId = computed(() => new Map(list.value.map((plan) => [plan.id, plan])));
  function get(id: string): Plan | undefined {
    if (!asked) {
      asked = true;
      void load();
    }
    return byId.value.get(id);
  }
  return { get, load };
});
