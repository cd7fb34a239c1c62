import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { connection, session } from './client.ts';
import { useLive } from './live.ts';

/** A link that is open but silent for this long is half-open: drop it and connect anew. */
const HALF_OPEN_MS = 8000;

/** Whether the console hears its station, and what the station says about its own links. */
export const useStation = defineStore('station', () => {
  const live = useLive('system.health');
  const health = computed(() => live.list.value);
  /** What the screen shows is true now. Before anybody has signed in there is nothing to be stale. */
  const fresh = computed(() => connection.state.value === 'online' && (!session.value || live.fresh.value));
  /** Station's last sign of life, console time; null before the first. */
  const staleSinceMs = ref<number | null>(null);
  let halfOpen: ReturnType<typeof setTimeout> | undefined;
  watch(fresh, (isFresh) => {
    clearTimeout(halfOpen);
    staleSinceMs.value = isFresh || live.lastMessageAtMs === 0 ? null : live.lastMessageAtMs;
    if (!isFresh) halfOpen = setTimeout(() => connection.reconnect(), HALF_OPEN_MS);
  });
  return {
    health,
    fresh,
    loaded: live.loaded,
    staleSinceMs,
    link: connection.state,
    attempt: connection.attempt,
    retryAtMs: connection.retryAtMs,
    retryNow: () => connection.retryNow(),
  };
});
