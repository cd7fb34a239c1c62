import { useDocumentVisibility, useIntervalFn } from '@vueuse/core';
import { computed, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { comingCameras, NOTHING_LEFT, passTime, takesTurns } from './carousel.ts';
import { pageOf, step, turn, type Wall } from './wall.ts';

const TICK_MS = 250;
/** After a longer pause (a machine that slept) turns do not rush. */
const MOST_MS = 1_000;

/** Lets the wall's places take turns. */
export function useCarousel(input: {
  wall: ShallowRef<Wall | null>;
  pool: ComputedRef<string[]>;
  set(next: Wall): void;
  /** Whether the guard works in a place now. */
  isBusy(at: number): boolean;
}) {
  const { wall, pool, set, isBusy } = input;
  const left = shallowRef(NOTHING_LEFT);
  /** The guard stopped it. */
  const isPaused = ref(false);
  /** The guard works in a place that is due to change. */
  const isWaiting = ref(false);
  const turns = computed(() => wall.value !== null && takesTurns(wall.value));
  const visibility = useDocumentVisibility();
  let lastMs = performance.now();

  useIntervalFn(() => {
    const nowMs = performance.now();
    const elapsedMs = Math.min(MOST_MS, nowMs - lastMs);
    lastMs = nowMs;
    const now = wall.value;
    if (!now || !turns.value || isPaused.value || visibility.value === 'hidden') return;
    isWaiting.value = now.places.some((place, at) => (now.carousel || place.list) && isBusy(at));
    const next = passTime(now, pool.value, left.value, elapsedMs, isBusy);
    left.value = next.left;
    if (next.wall !== now) set(next.wall);
  }, TICK_MS);
  // another view begins its turns anew
  watch(
    () => [wall.value?.viewId, wall.value?.carousel?.dwellSeconds, turns.value],
    () => {
      left.value = NOTHING_LEFT;
      isPaused.value = false;
    },
  );

  /** By hand: the selected place's own list, else the wall's page. */
  function go(by: 1 | -1): void {
    const now = wall.value;
    if (!now) return;
    const own = now.places[now.selected];
    const key = own?.list ? own.key : 'wall';
    left.value = new Map([...left.value].filter(([one]) => one !== key));
    set(own?.list ? step(now, now.selected, by) : turn(now, pool.value, by));
  }
  return {
    turns,
    isPaused,
    isWaiting,
    /** Seconds until the wall's next page; null where it turns none. */
    secondsLeft: computed(() => {
      const ms = left.value.get('wall');
      return ms === undefined ? null : Math.ceil(ms / 1_000);
    }),
    coming: computed(() => (wall.value ? comingCameras(wall.value, pool.value, left.value) : [])),
    page: computed(() => (wall.value ? pageOf(wall.value, pool.value) : { page: 0, pages: 1 })),
    go,
    toggle: () => void (isPaused.value = !isPaused.value),
  };
}
