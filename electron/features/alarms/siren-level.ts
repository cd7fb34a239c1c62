import type { Alarm } from '#contract/alarms.contract.ts';
import type { Priority } from '#contract/base.ts';
import { sirenLevel, type SirenMemory } from '#domain/alarm-sound.ts';
import type { LiveCollection } from '#station/live.ts';
import type { StationPorts } from '#station/ports.ts';

/**
 * Tells the station's own siren, which needs no console, what should sound. Alarms restored after a
 * restart sound again.
 * @param set called when the level changes; the siren repeats by itself
 * @returns stops it, into silence
 */
export function driveSiren(
  { bus, clock, log }: Pick<StationPorts, 'bus' | 'clock' | 'log'>,
  live: Pick<LiveCollection<Alarm>, 'values'>,
  set: (level: Priority | null) => void,
): () => void {
  let memory: SirenMemory = {};
  let said: Priority | null = null;
  let cancel: (() => void) | null = null;
  let isLooking = false;
  const look = () => {
    isLooking = false;
    cancel?.();
    cancel = null;
    const nowMs = clock.monotonicMs();
    const verdict = sirenLevel(live.values(), memory, nowMs);
    memory = verdict.memory;
    if (verdict.askAgainAtMs !== null) cancel = clock.after(verdict.askAgainAtMs - nowMs, look);
    if (verdict.level === said) return;
    said = verdict.level;
    try {
      set(said);
    } catch (error) {
      log.error('siren could not be set', { level: said, error: (error as Error).message });
    }
  };
  // A commit with a thousand alarms is one look.
  const stop = bus.on('alarm.changed', () => {
    if (isLooking) return;
    isLooking = true;
    queueMicrotask(look);
  });
  look();
  return () => {
    stop();
    isLooking = true;
    cancel?.();
    set(null);
  };
}
