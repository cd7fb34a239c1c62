import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { Camera, Device, Place, Site } from '#contract/site.ts';
import { api } from './client.ts';
import { toApiError } from './errors.ts';
import type { ApiError } from './errors.ts';
import { useLive } from './live.ts';

const byId = <T extends { id: string }>(list: readonly T[] | undefined) =>
  new Map((list ?? []).map((item) => [item.id, item]));

/** The park as data, fetched again whenever it changes: names, places, cameras, zones by id. */
export const useSite = defineStore('site', () => {
  const site = shallowRef<Site | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const revisions = useLive('site.live');
  const revision = computed(() => revisions.list.value[0]?.revision ?? null);

  async function load(): Promise<void> {
    try {
      site.value = await api.site.get();
      error.value = null;
    } catch (reason) {
      error.value = toApiError(reason);
    }
  }
  watch(
    revision,
    (now) => {
      if (now !== null) void load();
    },
    { immediate: true },
  );

  const places = computed<Map<string, Place>>(() => byId(site.value?.places));
  const devices = computed<Map<string, Device>>(() => byId(site.value?.devices));
  const cameras = computed<Map<string, Camera>>(() => byId(site.value?.cameras));
  const zones = computed(() => byId(site.value?.perimeterZones));
  const broadcastZones = computed(() => byId(site.value?.broadcastZones));
  const checkpoints = computed(() => byId(site.value?.checkpoints));
  const routes = computed(() => byId(site.value?.patrolRoutes));

  /** The place and those above it, nearest first; ends at an unknown parent or a loop. */
  function placeChain(placeId: string | null | undefined): Place[] {
    const chain: Place[] = [];
    let place = placeId ? places.value.get(placeId) : undefined;
    while (place && !chain.includes(place)) {
      chain.push(place);
      place = place.parentId ? places.value.get(place.parentId) : undefined;
    }
    return chain;
  }
  return {
    site,
    error,
    load,
    places,
    devices,
    cameras,
    zones,
    broadcastZones,
    checkpoints,
    routes,
    placeChain,
  };
});
