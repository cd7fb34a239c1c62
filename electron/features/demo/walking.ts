import type { PatrolRoute } from '#contract/site.ts';
import type { Clock } from '#station/clock.ts';
import type { Park } from './park.ts';
import type { Random } from './random.ts';

/** Who walks which route with which terminal; the routes of the site are dealt out in order. */
const GUARDS = ['王', '覃', '蓝', '农'];
const FIRST_SCAN_MS = 4000;
const REST_MS = 8 * 60_000;
const MINUTE_MS = 60_000;

/**
 * Guards on their rounds: a scan at each checkpoint, somewhat faster than the route allows, a rest, and again.
 * @returns a function that ends it
 */
export function startPatrols(
  park: Park,
  clock: Clock,
  random: Random,
  routes: readonly PatrolRoute[],
  pace: () => number,
): () => void {
  const terminals = park.devices().filter(({ kind }) => kind === 'patrol_terminal');
  const cancels = new Map<string, () => void>();
  routes.slice(0, terminals.length).forEach((route, i) => {
    const terminal = terminals[i]!.id;
    const guard = GUARDS[i % GUARDS.length]!;
    const say = (type: string, data: Record<string, string>) =>
      park.event({ deviceId: terminal, type, state: 'info', data: { guard, routeId: route.id, ...data } });
    const later = (ms: number, run: () => void) =>
      void cancels.set(route.id, clock.after(Math.round(ms), run));
    const scan = (leg: number) => {
      if (leg === 0) say('patrol.started', {});
      say('patrol.scan', { checkpointId: route.checkpointIds[leg]! });
      const isLast = leg === route.checkpointIds.length - 1;
      if (isLast) say('patrol.finished', {});
      const legMs = route.legMinutes * MINUTE_MS * (0.55 + 0.3 * random.next());
      later((isLast ? REST_MS : legMs) / Math.max(0.05, pace()), () => scan(isLast ? 0 : leg + 1));
    };
    // the second guard set out earlier: not everybody is at the gate
    later(FIRST_SCAN_MS * (i + 1), () => scan(0));
  });
  return () => cancels.forEach((cancel) => cancel());
}
