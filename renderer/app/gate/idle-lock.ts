import { useEventListener, useIntervalFn } from '@vueuse/core';
import { useSession } from '#api/session.ts';

/** Locks actions when nobody has touched mouse or keyboard for the session's time; alarms go on. */
export function useIdleLock(): void {
  const session = useSession();
  let touchedAtMs = Date.now();
  const touch = () => (touchedAtMs = Date.now());
  for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const) {
    useEventListener(document, name, touch, { passive: true, capture: true });
  }
  useIntervalFn(() => {
    const limit = session.session?.idleLockMs ?? 0;
    if (limit > 0 && !session.locked && Date.now() - touchedAtMs >= limit) {
      session.lock().catch(() => {
        // Locked here already; the station locks by its own clock.
      });
    }
  }, 1000);
}
