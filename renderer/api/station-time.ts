import { computed, ref } from 'vue';

/** Station time minus console time. The station's clock is the one that records carry. */
const offsetMs = ref(0);
const tick = ref(Date.now());
/** Smaller differences are the message's travel, not a clock's. */
const NOTICEABLE_MS = 500;

/** Takes a station's time as it arrives. */
export function noteStationTime(stationTimeMs: number): void {
  const difference = stationTimeMs - Date.now();
  if (Math.abs(difference - offsetMs.value) > NOTICEABLE_MS) offsetMs.value = difference;
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** One tick for every clock and "ago" of the console, just after each full second. */
function schedule(): void {
  const wait = 1000 - ((Date.now() + offsetMs.value) % 1000);
  timer = setTimeout(() => {
    tick.value = Date.now();
    schedule();
  }, wait + 5);
}

/** The station's time, each second. */
export function useNow() {
  if (timer === undefined) schedule();
  return computed(() => tick.value + offsetMs.value);
}
/** The station's time at this moment. */
export const stationNowMs = () => Date.now() + offsetMs.value;
