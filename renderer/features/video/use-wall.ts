import { useLocalStorage } from '@vueuse/core';
import { computed, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useAlarms } from '#api/alarms.ts';
import { useSession } from '#api/session.ts';
import { useSite } from '#api/site.ts';
import type { Priority } from '#contract/base.ts';
import { bring, put, restore, turn, withLayout, type Layout, type Wall } from './wall.ts';

/** The wall of this person on this workstation, and the alarm that opened it. */
export function useWall() {
  const site = useSite();
  const session = useSession();
  const alarms = useAlarms();
  const route = useRoute();
  const router = useRouter();
  const cameraIds = computed(() => [...site.cameras.keys()]);
  const stored = useLocalStorage<unknown>(`guardroom.wall.${session.account?.username ?? ''}`, null, {
    serializer: { read: (text) => JSON.parse(text) as unknown, write: (value) => JSON.stringify(value) },
  });
  const wall = shallowRef<Wall>(restore(stored.value, cameraIds.value));
  const set = (next: Wall) => {
    wall.value = next;
    stored.value = next;
  };
  // the site comes after the screen on a cold start, and may change while it is open
  watch(
    cameraIds,
    (ids) => (wall.value = restore(wall.value.places.some(Boolean) ? wall.value : stored.value, ids)),
  );

  const alarm = computed(() =>
    typeof route.query['alarm'] === 'string' ? alarms.get(route.query['alarm']) : undefined,
  );
  watch(
    [() => alarm.value?.id, () => cameraIds.value.length],
    () => {
      if (alarm.value && cameraIds.value.length > 0)
        set(bring(wall.value, alarm.value.cameraIds, cameraIds.value));
    },
    { immediate: true },
  );
  const priorities = computed(() => {
    const byCamera = new Map<string, Priority>();
    for (const one of [...alarms.open].reverse())
      if (one.active || !one.acknowledged) for (const id of one.cameraIds) byCamera.set(id, one.priority);
    return byCamera;
  });
  return {
    wall,
    alarm,
    priorities,
    layout: (size: Layout) => set(withLayout(wall.value, size, cameraIds.value)),
    put: (cameraId: string, at = wall.value.selected) => set(put(wall.value, at, cameraId)),
    select: (at: number) =>
      set({ ...wall.value, selected: Math.min(Math.max(at, 0), wall.value.layout - 1) }),
    turn: (by: 1 | -1) => set(turn(wall.value, cameraIds.value, by)),
    leaveAlarm: () => router.replace({ query: {} }),
  };
}
