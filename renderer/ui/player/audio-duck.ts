import { ref } from 'vue';

/** An alarm sounds: what a camera hears steps back. */
export const isDucked = ref(false);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Cameras are soft for so long from now on. */
export function duckCameras(forMs: number): void {
  clearTimeout(timer);
  isDucked.value = true;
  timer = setTimeout(() => (isDucked.value = false), forMs);
}
