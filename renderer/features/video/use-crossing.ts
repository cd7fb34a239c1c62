import { useIntervalFn } from '@vueuse/core';
import { computed, ref, shallowReactive, watch, type Ref } from 'vue';
import { frontOf, PATIENCE_MS } from './crossing.ts';

/**
 * The cameras whose tiles a place draws while one takes over from another.
 * @param wanted the one to be shown; null: none
 * @param coming the one after it: its picture is fetched now
 * @param isLost whether the station cannot get a camera's picture
 */
export function useCrossing(
  wanted: Ref<string | null>,
  coming: Ref<string | null>,
  isLost: (cameraId: string) => boolean,
) {
  const front = ref(wanted.value);
  /** Cameras whose tile here has had a picture. */
  const pictures = shallowReactive(new Set<string>());
  let wantedAtMs = 0;
  function look(): void {
    const waitedMs = performance.now() - wantedAtMs;
    front.value = frontOf(front.value, wanted.value, (id) => pictures.has(id), isLost, waitedMs);
    if (front.value === wanted.value) patience.pause();
  }
  const patience = useIntervalFn(look, PATIENCE_MS / 4, { immediate: false });
  watch(
    wanted,
    () => {
      wantedAtMs = performance.now();
      patience.resume();
      look();
    },
    { immediate: true },
  );
  watch([() => pictures.size, () => wanted.value !== null && isLost(wanted.value)], look);
  const layers = computed(() =>
    [...new Set([front.value, wanted.value, coming.value])].filter((id) => id !== null),
  );
  watch(layers, (ids) => {
    for (const id of pictures) if (!ids.includes(id)) pictures.delete(id);
  });
  return { front, layers, onPicture: (cameraId: string) => void pictures.add(cameraId) };
}
