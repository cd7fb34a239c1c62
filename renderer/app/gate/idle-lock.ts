import { useEventListener, useIntervalFn } from '@vueuse/core';
import { api } from '#api/client.ts';
import { useSession } from '#api/session.ts';

/** The station hears of a busy person this often; well within the shortest sensible idle time. */
const TOUCH_EVERY_MS = 20_000;

/**
 * Locks actions when nobody has touched mouse or keyboard for the session's time; alarms go on. The
 * station locks by its own clock: while somebody is here it is told so.
 */
export function useIdleLock(): void {
  const session = useSession();
  let touchedAtMs = Date.now();
  let toldAtMs = Date.now();
  const touch = () => (touchedAtMs = Date.now());
  for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const) {
    useEventListener(document, name, touch, { passive: true, capture: true });
  }
  const quietly = (call: Promise<unknown>) =>
    call.catch(() => {
      // A lost link or a lock is shown by the frame; the station keeps its own clock in any case.
    });
  useIntervalFn(() => {
    const limitMs = session.session?.idleLockMs ?? 0;
    if (limitMs === 0 || session.locked) return;
    const nowMs = Date.now();
    if (nowMs - touchedAtMs >= limitMs) {
      void quietly(session.lock());
    } else if (touchedAtMs > toldAtMs && nowMs - toldAtMs >= Math.min(TOUCH_EVERY_MS, limitMs / 4)) {
      toldAtMs = nowMs;
      void quietly(api.auth.touch());
    }
  }, 1000);
}
