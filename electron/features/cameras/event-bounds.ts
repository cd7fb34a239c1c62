import type { StationPorts } from '#station/ports.ts';

/** Of names that a camera gives: more than any has, few enough for one that makes up new ones without end. */
const REMEMBERED = 200;

/** Sets it as the newest; the oldest one goes when there are too many. */
export function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) for (const oldest of map.keys()) return void map.delete(oldest);
}

/** What a camera may have written at once, and how long it takes to earn one record more. Alarms do not wait for what is merely seen. */
const AT_ONCE = 60;
const EARNED_EVERY_MS = 1_000;

/**
 * How much of a camera's talk becomes records: 60 at once and one a second, which no working camera reaches (a state that
 * lasts is told once, an occurrence each 10 s).
 * @param tooMuch told once each time that it is used up
 */
export function createAllowance(
  clock: Pick<StationPorts['clock'], 'monotonicMs'>,
  tooMuch: (id: string) => void,
): (id: string, of: 'seen' | 'alarm') => boolean {
  const left = new Map<string, { count: number; atMs: number; isTold: boolean }>();
  return (id, of) => {
    const key = `${id} ${of}`;
    const nowMs = clock.monotonicMs();
    const before = left.get(key) ?? { count: AT_ONCE, atMs: nowMs, isTold: false };
    const count = Math.min(AT_ONCE, before.count + (nowMs - before.atMs) / EARNED_EVERY_MS);
    const isAllowed = count >= 1;
    if (!isAllowed && !before.isTold) tooMuch(id);
    const isTold = count < AT_ONCE / 2 && (before.isTold || !isAllowed);
    left.set(key, { count: isAllowed ? count - 1 : count, atMs: nowMs, isTold });
    return isAllowed;
  };
}
