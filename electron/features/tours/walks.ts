import type { JsonObject } from '#contract/base.ts';
import type { TourRun } from '#contract/tours.contract.ts';
import { nextTourStep, tourCounts, tourState, type TourKind, type TourRecord } from '#domain/tour.ts';
import { fail } from '#station/errors.ts';
import type { Actor, EventsPort, StationPorts, Tx } from '#station/ports.ts';
import { planOf, viewOf } from './run-view.ts';
import * as store from './tours.store.ts';

const DAY_MS = 24 * 3_600_000;

export interface Walk {
  run: store.StoredRun;
  records: TourRecord[];
}
export type Walks = ReturnType<typeof createWalks>;
type Ports = Pick<StationPorts, 'clock' | 'db' | 'write' | 'liveCollection'>;

/** Runs that are announced, due, under way or ended within a day: what is recorded of them, and what falls due by itself. */
export function createWalks({ clock, db, write, liveCollection }: Ports, events: EventsPort) {
  const live = liveCollection<TourRun>();
  const walks = new Map<string, Walk>();
  const stateOf = ({ run, records }: Walk) => tourState(planOf(run), records);
  const view = ({ run, records }: Walk) => viewOf(run, records);
  const known = [
    ...store.runsBetween(db, clock.nowMs() - DAY_MS, clock.nowMs() + DAY_MS),
    ...store.openRuns(db),
  ];
  for (const run of known) walks.set(run.id, { run, records: store.recordsOf(db, run.id) });
  live.upsert(...[...walks.values()].map(view));

  /** Appends to a run; memory follows after the commit of `tx`. */
  function append(
    tx: Tx,
    walk: Walk,
    kind: TourKind,
    cameraId: string | null,
    by: Actor | null,
    params: JsonObject = {},
  ): TourRecord {
    const record = store.insertRecord(tx.db, { runId: walk.run.id, kind, cameraId, by, atMs: tx.nowMs, params }); // prettier-ignore
    walk.records = [...walk.records, record];
    raiseFor(tx, walk, kind);
    return record;
  }
  /** Changes a run in one transaction; when that fails the run is as it was. */
  function change(walk: Walk, run: (tx: Tx, next: Walk) => void): TourRun {
    const next: Walk = { ...walk };
    write((tx) => {
      run(tx, next);
      advance(tx, next);
      tx.afterCommit(() => {
        walks.set(next.run.id, next);
        live.upsert(view(next));
      });
    });
    return view(next);
  }
  /** Records whatever falls due without a person. */
  function advance(tx: Tx, walk: Walk): void {
    const plan = planOf(walk.run);
    for (;;) {
      const step = nextTourStep(plan, stateOf(walk));
      if (!step || step.atMs > tx.nowMs) return;
      append(tx, walk, step.kind, step.cameraId, null, { dueAtMs: step.atMs });
    }
  }
  /** Late is a condition that ends with the beginning; what was left out is an occurrence. */
  function raiseFor(tx: Tx, walk: Walk, kind: TourKind): void {
    const { id, routeId: deviceId, dueAtMs, route } = walk.run;
    const data: JsonObject = { tourRunId: id, dueAtMs, guard: route.guard };
    const event = (type: string, state: 'raise' | 'clear', more: JsonObject = {}) =>
      events.record(tx, { deviceId, type, state, data: { ...data, ...more } });
    const state = stateOf(walk);
    if (kind === 'late') event('tour.late', 'raise');
    if (state.late && (kind === 'started' || kind === 'missed')) event('tour.late', 'clear');
    if (kind !== 'missed' && kind !== 'finished') return;
    const { confirmed, skipped, unconfirmed } = tourCounts(state.cameras);
    if (skipped + unconfirmed === 0) return;
    event('tour.missed', 'raise', { confirmed, skipped, unconfirmed });
    event('tour.missed', 'clear');
  }
  const walkOf = (runId: string) => walks.get(runId) ?? fail('NOT_FOUND', 'tour.unknown', { id: runId });

  return {
    live,
    stateOf,
    append,
    change,
    walkOf,
    /** @returns undefined when the route has a run for that time already */
    open(tx: Tx, run: store.StoredRun): Walk | undefined {
      if (!store.insertRun(tx.db, run, tx.nowMs)) return undefined;
      const walk: Walk = { run, records: [] };
      append(tx, walk, 'opened', null, null);
      advance(tx, walk);
      tx.afterCommit(() => {
        walks.set(run.id, walk);
        live.upsert(view(walk));
      });
      return walk;
    },
    /** A run that is walked now, with this camera before the guard's eyes. */
    currentOf(runId: string, cameraId: string) {
      const walk = walkOf(runId);
      const state = stateOf(walk);
      if (state.phase !== 'running') return fail('CONFLICT', 'tour.not_running', { id: runId });
      if (state.currentId !== cameraId) return fail('CONFLICT', 'tour.moved_on', { id: cameraId });
      return { walk, state };
    },
    /** Records what has fallen due; what ended a day ago is left to the reports. */
    tick(): void {
      for (const walk of [...walks.values()]) {
        const step = nextTourStep(planOf(walk.run), stateOf(walk));
        if (step && step.atMs <= clock.nowMs()) change(walk, () => undefined);
        const endedAtMs = live.get(walk.run.id)?.endedAtMs ?? null;
        if (endedAtMs === null || clock.nowMs() - endedAtMs < DAY_MS) continue;
        walks.delete(walk.run.id);
        live.remove(walk.run.id);
      }
    },
  };
}
