import { useEventListener, useIntervalFn } from '@vueuse/core';
import { ref, watch } from 'vue';
import { SILENCE, soundFor } from '#domain/alarm-sound.ts';
import { useAlarms } from '#api/alarms.ts';
import { useStation } from '#api/station.ts';
import { duckCameras } from '#ui/player/audio-duck.ts';
import { playTone, soundAvailability, unlockSound } from './player.ts';

const TICK_MS = 250;
/** The longest tone, and what the siren may be behind. */
const DUCK_MS = 1_800;
/** The console hears nothing of its station. */
const LOSS_REPEAT_MS = 10_000;
/** Set by the person at a lost station: nothing can be acknowledged then, so the sound may be ended here until it is back. */
export const lossSilenced = ref(false);

/**
 * Sounds waiting alarms where the station's siren cannot, and the loss of the station, until somebody
 * acts; by the same rule as the siren, which does not depend on any console.
 */
export function useAlarmSound(): void {
  const alarms = useAlarms();
  const station = useStation();
  let memory = SILENCE;
  let lossSoundedAtMs = 0;

  watch(
    () => station.fresh,
    (fresh) => {
      if (!fresh) return;
      lossSilenced.value = false;
      lossSoundedAtMs = 0;
    },
  );
  useIntervalFn(() => {
    const nowMs = performance.now();
    const lost = station.loaded && !station.fresh;
    if (lost && lossSilenced.value) return;
    // The browser holds the sound back: what is due stays due until it is let out.
    if (soundAvailability.value !== 'ready') return;
    const { play, state } = soundFor(alarms.unacknowledged, memory, nowMs);
    memory = state;
    // Whoever sounds the alarm, console or siren: it is not to be talked over by a camera.
    if (play) duckCameras(DUCK_MS);
    // Consoles run on the station's own machine: while its siren works, a second sound over it only blurs it.
    // The siren is silent about drills.
    const sirenSpeaks =
      station.fresh && station.health.some(({ id, level }) => id === 'sound' && level === 'ok');
    if (play && !(sirenSpeaks && play !== 'alarm-drill')) playTone(play);
    else if (lost && nowMs - lossSoundedAtMs >= LOSS_REPEAT_MS) {
      lossSoundedAtMs = nowMs;
      playTone('station-lost');
    }
  }, TICK_MS);

  void unlockSound();
  const unlock = () => {
    if (soundAvailability.value !== 'ready') void unlockSound();
  };
  for (const name of ['pointerdown', 'keydown'] as const) {
    useEventListener(document, name, unlock, { capture: true, passive: true });
  }
}
