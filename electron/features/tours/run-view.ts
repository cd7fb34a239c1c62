import type { TourRouteBody, TourRun, TourShift } from '#contract/tours.contract.ts';
import { tourCounts, tourState, type TourPlan, type TourRecord } from '#domain/tour.ts';
import type { Shift } from '#domain/tour-shift.ts';
import type { StoredRun } from './tours.store.ts';

const MINUTE_MS = 60_000;
export const camerasOf = (route: Pick<TourRouteBody, 'groups'>): string[] => [
  ...new Set(route.groups.flatMap(({ cameraIds }) => cameraIds)),
];
/** The rules' view of a run. */
export function planOf({ route, dueAtMs }: Pick<StoredRun, 'route' | 'dueAtMs'>): TourPlan {
  return {
    dueAtMs,
    cameraIds: camerasOf(route),
    dwellMs: route.dwellSeconds * 1_000,
    confirmMs: route.confirmSeconds * 1_000,
    graceMs: route.graceMinutes * MINUTE_MS,
    limitMs: route.limitMinutes * MINUTE_MS,
  };
}

/** The consoles' view of a run. */
export function viewOf(run: StoredRun, records: readonly TourRecord[]): TourRun {
  const { route, dueAtMs, id, routeId } = run;
  const { shownAtMs, ...state } = tourState(planOf(run), records);
  const dwellMs = route.dwellSeconds * 1_000;
  const confirmFromMs = shownAtMs === null ? null : shownAtMs + dwellMs;
  return {
    id,
    routeId,
    name: route.name,
    guard: route.guard,
    dueAtMs,
    ...state,
    confirmFromMs,
    confirmUntilMs: confirmFromMs === null ? null : confirmFromMs + route.confirmSeconds * 1_000,
    groups: route.groups,
    reports: records
      .filter(({ kind }) => kind === 'reported')
      .map(({ seq, cameraId, params, by, atMs }) => ({
        seq,
        cameraId: cameraId ?? '',
        type: String(params['type']),
        note: String(params['note'] ?? ''),
        by,
        atMs,
      })),
  };
}

/** What was walked in a shift; a run belongs to the shift in which it was due. */
export function shiftOf({ fromMs, toMs }: Shift, runs: readonly TourRun[]): TourShift {
  const mine = runs.filter(({ dueAtMs }) => dueAtMs >= fromMs && dueAtMs < toMs);
  const { confirmed, skipped, unconfirmed } = tourCounts(mine.flatMap(({ cameras }) => cameras));
  return {
    fromMs,
    toMs,
    runs: mine.length,
    late: mine.filter(({ late }) => late).length,
    missed: mine.filter(({ phase }) => phase === 'missed').length,
    confirmed,
    skipped,
    unconfirmed,
    reports: mine.reduce((sum, { reports }) => sum + reports.length, 0),
  };
}
