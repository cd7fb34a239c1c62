import { Cron } from 'croner';
import type { TourRouteBody } from '#contract/tours.contract.ts';

/**
 * When a route is due next, strictly after a moment: wall time of the site's zone, so that a change of the clocks moves
 * it with them. Null for one that is begun by hand only.
 */
export function nextDueMs(
  route: Pick<TourRouteBody, 'times' | 'days' | 'enabled'>,
  timezone: string,
  afterMs: number,
): number | null {
  if (!route.enabled) return null;
  const days = route.days.map((day) => day % 7).join(',');
  const found = route.times.flatMap((time) => {
    const [hours = '0', minutes = '0'] = time.split(':');
    const cron = new Cron(`${Number(minutes)} ${Number(hours)} * * ${days}`, { timezone, paused: true });
    const next = cron.nextRun(new Date(afterMs));
    cron.stop();
    return next ? [next.getTime()] : [];
  });
  return found.length === 0 ? null : Math.min(...found);
}
