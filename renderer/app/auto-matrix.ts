import { useEventListener, useLocalStorage } from '@vueuse/core';
import { computed, watch } from 'vue';
import { useRoute } from 'vue-router';
import { MATRIX_RULES } from '#domain/alarm-matrix.ts';
import { useAlarms } from '#api/alarms.ts';
import { useSession } from '#api/session.ts';
import { useNow } from '#api/station-time.ts';
import { bareWindow } from './bare.ts';
import { useIntents } from './intents.ts';

/** 0: this window never goes to the matrix by itself; 1 to 4: for alarms of this priority or higher. */
export const AUTO_LEVELS = [0, 1, 2, 3, 4] as const;

/** The setting of this person on this workstation. */
export function useAutoLevel() {
  const session = useSession();
  const stored = useLocalStorage<number>(`guardroom.matrix.auto.${session.account?.username ?? ''}`, 0);
  return computed<number>({
    get: () => AUTO_LEVELS.find((level) => level === stored.value) ?? 0,
    set: (level) => (stored.value = level),
  });
}

/**
 * Takes this window to the matrix when a new alarm comes, if its person has chosen so and is not at work in it: nothing
 * was touched for a while and no dialog is open. Once for each alarm, and not after somebody has acknowledged it.
 */
export function useAutoMatrix(): void {
  const alarms = useAlarms();
  const session = useSession();
  const intents = useIntents();
  const route = useRoute();
  const level = useAutoLevel();
  const now = useNow();
  const seen = new Set<string>();
  // somebody has just signed in
  let touchedAtMs = performance.now();
  for (const name of ['pointerdown', 'keydown', 'wheel'] as const)
    useEventListener(document, name, () => (touchedAtMs = performance.now()), {
      passive: true,
      capture: true,
    });

  watch(
    [() => alarms.hot, now],
    ([hot]) => {
      if (!hot || seen.has(hot.id) || bareWindow.value) return;
      const isWanted = hot.priority <= level.value && !hot.drill && hot.cameraIds.length > 0;
      if (!isWanted || route.name === 'matrix') {
        seen.add(hot.id);
        return;
      }
      const isWorking = performance.now() < touchedAtMs + MATRIX_RULES.workMs;
      if (isWorking || session.locked || document.querySelector('[aria-modal=true]')) return;
      seen.add(hot.id);
      intents.go('matrix');
    },
    { immediate: true },
  );
}
