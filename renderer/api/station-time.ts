import { computed, ref } from 'vue';

/** Station time minus console time, for clocks on the screen. The station's clock is the one that records carry. */
const offsetMs = ref(0);
/** The same as well as it is known: a picture's delay is a few milliseconds, and {@link STEP_MS} would hide it. */
let finestMs = 0;
const tick = ref(Date.now());
/** A message that was quick to arrive says best how far the clocks are apart: the newest of these decide. */
const SAMPLES = 20;
/** Finer steps than this are the message's travel, and would make clocks on the screen tremble. */
const STEP_MS = 30;
const samples: number[] = [];

/** Takes a station's time as it arrives. */
export function noteStationTime(stationTimeMs: number): void {
  samples.push(stationTimeMs - Date.now());
  if (samples.length > SAMPLES) samples.shift();
  const least = Math.max(...samples);
  finestMs = least;
  if (Math.abs(least - offsetMs.value) > STEP_MS) offsetMs.value = least;
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
export const stationNowMs = () => Date.now() + finestMs;
