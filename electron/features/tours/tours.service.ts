import { join } from 'node:path';
import type { JsonObject } from '#contract/base.ts';
import type { Device } from '#contract/site.ts';
import type { TourRoute, TourRouteBody, TourRun } from '#contract/tours.contract.ts';
import {
  dwellLeftMs,
  nextTourStep,
  tourCounts,
  tourState,
  type TourKind,
  type TourRecord,
} from '#domain/tour.ts';
import { parseShiftStarts, shiftsBefore } from '#domain/tour-shift.ts';
import { fail } from '#station/errors.ts';
import { createPictureFiles, type PictureFact } from '#station/picture-files.ts';
import type { Actor, EventsPort, ReportsPort, SitePort, StationPorts, Tx } from '#station/ports.ts';
import { NoPictureError, type Picture } from './picture.ts';
import { camerasOf, planOf, shiftOf, viewOf } from './run-view.ts';
import { nextDueMs } from './schedule.ts';
import * as store from './tours.store.ts';

const TICK_MS = 1_000;
/** The schedule is worked out anew this often: a clock that was a year ahead must not silence it for a year. */
const REPLAN_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** Runs opened at once after a long time off; what is older is logged only. */
const CATCH_UP = 100;
const SHIFTS = 14;

export type ToursService = ReturnType<typeof createTours>;
export type ToursPorts = Pick<
  StationPorts,
  | 'clock'
  | 'db'
  | 'write'
  | 'audit'
  | 'site'
  | 'settings'
  | 'log'
  | 'paths'
  | 'liveCollection'
  | 'newId'
  | 'bus'
>;
interface Walk {
  run: store.StoredRun;
  records: TourRecord[];
}

/** Video patrols: routes with a schedule, runs that a guard walks and the station watches, pictures, reports. */
export function createTours(
  ports: ToursPorts,
  deps: {
    events: EventsPort;
    reports: ReportsPort;
    picture: (cameraId: string) => Promise<Picture>;
  },
) {
  const { clock, db, write, audit, site, log, settings } = ports;
  settings.define({ key: 'tour.shiftStarts', kind: 'string', defaultValue: '08:00,20:00', maxLength: 60 });
  const pictures = createPictureFiles(join(ports.paths.data, 'tours'));
  const routes = ports.liveCollection<TourRoute>();
  const live = ports.liveCollection<TourRun>();
  const stored = new Map(store.loadRoutes(db).map((route) => [route.id, route]));
  const walks = new Map<string, Walk>();
  const timezone = () => site.current().site.timezone;
  const stateOf = ({ run, records }: Walk) => tourState(planOf(run), records);
  const view = ({ run, records }: Walk) => viewOf(run, records);

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
    const deviceId = walk.run.routeId;
    const data: JsonObject = {
      tourRunId: walk.run.id,
      dueAtMs: walk.run.dueAtMs,
      guard: walk.run.route.guard,
    };
    const event = (type: string, state: 'raise' | 'clear', more: JsonObject = {}) =>
      deps.events.record(tx, { deviceId, type, state, data: { ...data, ...more } });
    const state = stateOf(walk);
    if (kind === 'late') event('tour.late', 'raise');
    if (state.late && (kind === 'started' || kind === 'missed')) event('tour.late', 'clear');
    if (kind !== 'missed' && kind !== 'finished') return;
    const { confirmed, skipped, unconfirmed } = tourCounts(state.cameras);
    if (skipped + unconfirmed === 0) return;
    event('tour.missed', 'raise', { confirmed, skipped, unconfirmed });
    event('tour.missed', 'clear');
  }

  const routeView = ({ id, body, nextAtMs }: store.StoredRoute): TourRoute => ({ ...body, id, nextAtMs });
  const publishRoute = (route: store.StoredRoute) => {
    stored.set(route.id, route);
    routes.upsert(routeView(route));
  };
  /** Opens the runs whose time (less the reminder) has come and works out the next time. */
  function openDue(route: store.StoredRoute): void {
    const aheadMs = route.body.remindMinutes * 60_000;
    let { nextAtMs } = route;
    const nowMs = clock.nowMs();
    if (nextAtMs === null || nowMs < nextAtMs - aheadMs) return;
    write((tx) => {
      for (let opened = 0; nextAtMs !== null && tx.nowMs >= nextAtMs - aheadMs; opened += 1) {
        if (opened < CATCH_UP)
          open(tx, { id: ports.newId(), routeId: route.id, route: route.body, dueAtMs: nextAtMs });
        else log.warn('a video patrol of long ago is left out', { route: route.id, dueAtMs: nextAtMs });
        nextAtMs = nextDueMs(route.body, timezone(), nextAtMs);
      }
      store.setNext(tx.db, route.id, nextAtMs);
      tx.afterCommit(() => publishRoute({ ...route, nextAtMs }));
    });
  }
  function open(tx: Tx, run: store.StoredRun): Walk | undefined {
    if (!store.insertRun(tx.db, run, tx.nowMs)) return undefined;
    const walk: Walk = { run, records: [] };
    append(tx, walk, 'opened', null, null);
    advance(tx, walk);
    tx.afterCommit(() => {
      walks.set(run.id, walk);
      live.upsert(view(walk));
    });
    return walk;
  }
  /** An earlier time than the one kept: the clock was ahead when that was worked out. */
  function replan(): void {
    for (const route of stored.values()) {
      const nextAtMs = nextDueMs(route.body, timezone(), clock.nowMs());
      if (nextAtMs === null || (route.nextAtMs !== null && nextAtMs >= route.nextAtMs)) continue;
      write((tx) => {
        store.setNext(tx.db, route.id, nextAtMs);
        tx.afterCommit(() => publishRoute({ ...route, nextAtMs }));
      });
    }
  }
  function tick(): void {
    try {
      for (const route of [...stored.values()]) openDue(route);
      for (const walk of [...walks.values()]) {
        const step = nextTourStep(planOf(walk.run), stateOf(walk));
        if (step && step.atMs <= clock.nowMs()) change(walk, () => undefined);
        const endedAtMs = live.get(walk.run.id)?.endedAtMs ?? null;
        if (endedAtMs === null || clock.nowMs() - endedAtMs < DAY_MS) continue;
        walks.delete(walk.run.id);
        live.remove(walk.run.id);
      }
    } catch (error) {
      log.error('video patrols not brought up to date', { error: (error as Error).message });
    }
  }

  for (const route of stored.values()) routes.upsert(routeView(route));
  const known = [
    ...store.runsBetween(db, clock.nowMs() - DAY_MS, clock.nowMs() + DAY_MS),
    ...store.openRuns(db),
  ];
  for (const run of known) walks.set(run.id, { run, records: store.recordsOf(db, run.id) });
  live.upsert(...[...walks.values()].map(view));

  const walkOf = (runId: string) => walks.get(runId) ?? fail('NOT_FOUND', 'tour.unknown', { id: runId });
  const routeOf = (id: string) => stored.get(id) ?? fail('NOT_FOUND', 'tour.unknown_route', { id });
  /** A run that is walked now, with this camera before the guard's eyes. */
  const currentOf = (runId: string, cameraId: string) => {
    const walk = walkOf(runId);
    const state = stateOf(walk);
    if (state.phase !== 'running') return fail('CONFLICT', 'tour.not_running', { id: runId });
    if (state.currentId !== cameraId) return fail('CONFLICT', 'tour.moved_on', { id: cameraId });
    return { walk, state };
  };
  const shoot = async (cameraId: string): Promise<Picture> => {
    try {
      return await deps.picture(cameraId);
    } catch (error) {
      if (!(error instanceof NoPictureError)) throw error;
      log.warn('no picture for a video patrol', { camera: cameraId, error: error.message });
      return fail('UNAVAILABLE', 'tour.no_picture', { id: cameraId });
    }
  };
  /** A picture that got no record is taken away again. */
  const recorded = async (
    files: Pick<ReportsPort, 'drop'>,
    picture: PictureFact,
    record: (picture: PictureFact) => TourRun,
  ) => {
    try {
      return record(picture);
    } catch (error) {
      await files.drop(picture);
      throw error;
    }
  };
  const checkCameras = (route: TourRouteBody) => {
    for (const id of camerasOf(route)) if (!site.camera(id)) fail('INVALID', 'camera.unknown', { id });
  };
  let stops: (() => void)[] = [];

  return {
    routes,
    live,
    /** Begins to watch the schedule: when everything that an alarm touches is there. */
    start(): void {
      tick();
      replan();
      stops = [clock.every(TICK_MS, tick), clock.every(REPLAN_MS, replan)];
    },
    saveRoute(actor: Actor, id: string | undefined, body: TourRouteBody): { id: string } {
      if (id !== undefined) routeOf(id);
      checkCameras(body);
      // the end of the id is its random part
      const route = { id: id ?? `tour-${ports.newId().slice(-12)}`, body, nextAtMs: nextDueMs(body, timezone(), clock.nowMs()) }; // prettier-ignore
      write((tx) => {
        store.saveRoute(tx.db, route, actor.name, tx.nowMs);
        audit.append(tx, actor, 'tour.route_save', route.id, { name: body.name.zh, times: body.times, cameras: camerasOf(body) }); // prettier-ignore
        tx.afterCommit(() => publishRoute(route));
      });
      return { id: route.id };
    },
    removeRoute(actor: Actor, id: string): void {
      const { body } = routeOf(id);
      write((tx) => {
        store.removeRoute(tx.db, id, tx.nowMs);
        audit.append(tx, actor, 'tour.route_remove', id, { name: body.name.zh });
        tx.afterCommit(() => {
          stored.delete(id);
          routes.remove(id);
        });
      });
    },
    begin(actor: Actor, routeId: string, runId?: string): TourRun {
      if (runId === undefined) {
        const { body } = routeOf(routeId);
        const run = { id: ports.newId(), routeId, route: body, dueAtMs: clock.nowMs() };
        const walk = write((tx) => open(tx, run)) ?? fail('CONFLICT', 'tour.begun');
        return change(walks.get(walk.run.id)!, (tx, next) => append(tx, next, 'started', null, actor));
      }
      const walk = walkOf(runId);
      const { phase } = stateOf(walk);
      if (phase !== 'announced' && phase !== 'due') return fail('CONFLICT', 'tour.begun', { id: runId });
      return change(walk, (tx, next) => append(tx, next, 'started', null, actor));
    },
    async confirm(actor: Actor, runId: string, cameraId: string): Promise<TourRun> {
      const { walk, state } = currentOf(runId, cameraId);
      const leftMs = dwellLeftMs(planOf(walk.run), state, clock.nowMs());
      if (leftMs > 0) return fail('CONFLICT', 'tour.too_soon', { seconds: Math.ceil(leftMs / 1_000) });
      const { jpeg, takenAtMs } = await shoot(cameraId);
      const kept = await pictures.keep(runId, { data: jpeg, takenAtMs, mime: 'image/jpeg' });
      return await recorded(pictures, kept, (picture) =>
        change(currentOf(runId, cameraId).walk, (tx, next) =>
          append(tx, next, 'confirmed', cameraId, actor, { picture }),
        ),
      );
    },
    skip: (actor: Actor, runId: string, cameraId: string, reason: string): TourRun =>
      change(currentOf(runId, cameraId).walk, (tx, next) =>
        append(tx, next, 'skipped', cameraId, actor, { reason }),
      ),
    revisit(actor: Actor, runId: string, cameraId: string): TourRun {
      const walk = walkOf(runId);
      const state = stateOf(walk);
      if (state.phase !== 'running') return fail('CONFLICT', 'tour.not_running', { id: runId });
      if (!state.cameras.some((camera) => camera.cameraId === cameraId))
        return fail('NOT_FOUND', 'camera.unknown', { id: cameraId });
      return change(walk, (tx, next) => append(tx, next, 'shown', cameraId, actor));
    },
    async report(
      actor: Actor,
      runId: string,
      cameraId: string,
      of: { type: string; note: string },
    ): Promise<TourRun> {
      const { phase } = stateOf(walkOf(runId));
      if (phase !== 'running') return fail('CONFLICT', 'tour.not_running', { id: runId });
      deps.reports.check(of.type);
      const kept = await deps.reports.keep(await shoot(cameraId));
      return await recorded(deps.reports, kept, (picture) =>
        change(walkOf(runId), (tx, next) => {
          const data: JsonObject = { tourRunId: runId };
          const pictureId = deps.reports.record(tx, actor, { cameraId, ...of, picture, data });
          append(tx, next, 'reported', cameraId, actor, { ...of, pictureId });
        }),
      );
    },
    async picture(seq: number): Promise<{ jpegBase64: string; takenAtMs: number }> {
      const { picture, pictureId } = store.recordAt(db, seq)?.params ?? {};
      if (typeof pictureId === 'string') {
        const { data, takenAtMs } = await deps.reports.read(pictureId);
        return { jpegBase64: data.toString('base64'), takenAtMs };
      }
      const fact = (picture ?? fail('NOT_FOUND', 'picture.gone')) as PictureFact;
      return { jpegBase64: (await pictures.read(fact)).toString('base64'), takenAtMs: fact.takenAtMs };
    },
    marks: (query: store.MarkQuery) => store.marksOf(db, query),
    list: (fromMs: number, toMs: number): TourRun[] =>
      store.runsBetween(db, fromMs, toMs).map((run) => viewOf(run, store.recordsOf(db, run.id))),
    shifts() {
      const starts = parseShiftStarts(settings.string('tour.shiftStarts')) ?? [8 * 60, 20 * 60];
      const shifts = shiftsBefore(clock.nowMs(), timezone(), starts, SHIFTS);
      const runs = this.list(shifts.at(-1)!.fromMs, shifts[0]!.toMs);
      return shifts.map((shift) => shiftOf(shift, runs));
    },
    verify: () => store.verifyTours(db),
    /** The site as the alarms see it: a route is a thing that has a name, a place and cameras. */
    namedIn(port: SitePort): SitePort {
      const device = (id: string): Device | undefined => {
        const route = port.device(id) ? undefined : stored.get(id)?.body;
        if (!route) return port.device(id);
        const cameraIds = camerasOf(route).slice(0, 15);
        const placeId = port.camera(cameraIds[0] ?? '')?.placeId ?? port.current().places[0]?.id ?? '';
        return {
          id,
          kind: 'other',
          name: route.name,
          placeId,
          cameraIds,
          heartbeatSeconds: 0,
          points: [],
          commands: [],
        };
      };
      return { ...port, device };
    },
    stop(): void {
      for (const stop of stops) stop();
    },
  };
}
