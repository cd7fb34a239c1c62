import { join } from 'node:path';
import type { JsonObject } from '#contract/base.ts';
import type { TourRun } from '#contract/tours.contract.ts';
import { dwellLeftMs } from '#domain/tour.ts';
import { parseShiftStarts, shiftsBefore } from '#domain/tour-shift.ts';
import { fail } from '#station/errors.ts';
import { createPictureFiles, type PictureFact } from '#station/picture-files.ts';
import type { Actor, EventsPort, ReportsPort, StationPorts } from '#station/ports.ts';
import { createPictureTerm } from './picture-term.ts';
import { NoPictureError, type Picture } from './picture.ts';
import { reportPdf } from './report-paper.ts';
import { createRoutes } from './routes.ts';
import { planOf, shiftOf, viewOf } from './run-view.ts';
import * as store from './tours.store.ts';
import { createWalks } from './walks.ts';

const TICK_MS = 1_000;
/** The schedule is worked out anew this often: a clock that was a year ahead must not silence it for a year. */
const REPLAN_MS = 60_000;
const TIDY_MS = 3_600_000;
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
export interface ToursDeps {
  events: EventsPort;
  reports: ReportsPort;
  picture(cameraId: string): Promise<Picture>;
  /** Evidence that is locked covers the pictures of its cameras and times too. */
  isHeld(cameraId: string, atMs: number): boolean;
}

/** Video patrols: routes with a schedule, runs that a guard walks and the station watches, pictures, reports. */
export function createTours(ports: ToursPorts, deps: ToursDeps) {
  const { clock, db, write, site, log, settings } = ports;
  settings.define({ key: 'tour.shiftStarts', kind: 'string', defaultValue: '08:00,20:00', maxLength: 60 });
  const pictures = createPictureFiles(join(ports.paths.data, 'tours'));
  const { tidy } = createPictureTerm(ports, pictures, deps.isHeld);
  const walks = createWalks(ports, deps.events);
  const routes = createRoutes(ports, walks);
  const { append, change, walkOf, currentOf } = walks;

  function tick(): void {
    try {
      routes.tick();
      walks.tick();
    } catch (error) {
      log.error('video patrols not brought up to date', { error: (error as Error).message });
    }
  }
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
  const running = (runId: string) => {
    const walk = walkOf(runId);
    const state = walks.stateOf(walk);
    return state.phase === 'running' ? { walk, state } : fail('CONFLICT', 'tour.not_running', { id: runId });
  };
  let stops: (() => void)[] = [];

  return {
    routes: routes.live,
    live: walks.live,
    saveRoute: routes.save,
    removeRoute: routes.remove,
    namedIn: routes.namedIn,
    tidy,
    /** Whether there ever was a route, removed ones too. */
    isNew: () => !store.hasRoutes(db),
    /** Begins to watch the schedule: when everything that an alarm touches is there. */
    start(): void {
      tick();
      routes.replan();
      void tidy();
      stops = [
        clock.every(TICK_MS, tick),
        clock.every(REPLAN_MS, routes.replan),
        clock.every(TIDY_MS, () => void tidy()),
      ];
    },
    begin(actor: Actor, routeId: string, runId?: string): TourRun {
      if (runId === undefined) {
        const { body } = routes.of(routeId);
        const run = { id: ports.newId(), routeId, route: body, dueAtMs: clock.nowMs() };
        const walk = write((tx) => walks.open(tx, run)) ?? fail('CONFLICT', 'tour.begun');
        return change(walkOf(walk.run.id), (tx, next) => append(tx, next, 'started', null, actor));
      }
      const walk = walkOf(runId);
      const { phase } = walks.stateOf(walk);
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
      const { walk, state } = running(runId);
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
      running(runId);
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
      if (store.isPictureRemoved(db, seq)) return fail('NOT_FOUND', 'picture.removed', { id: String(seq) });
      return { jpegBase64: (await pictures.read(fact)).toString('base64'), takenAtMs: fact.takenAtMs };
    },
    marks: (query: store.MarkQuery) => store.marksOf(db, query),
    list: (fromMs: number, toMs: number): TourRun[] =>
      store.runsBetween(db, fromMs, toMs).map((run) => viewOf(run, store.recordsOf(db, run.id))),
    shifts() {
      const starts = parseShiftStarts(settings.string('tour.shiftStarts')) ?? [8 * 60, 20 * 60];
      const { timezone } = site.current().site;
      const shifts = shiftsBefore(clock.nowMs(), timezone, starts, SHIFTS);
      const runs = this.list(shifts.at(-1)!.fromMs, shifts[0]!.toMs);
      return shifts.map((shift) => shiftOf(shift, runs));
    },
    /** A shift on paper. */
    reportPdf(
      actor: Actor,
      { fromMs, toMs, language }: { fromMs: number; toMs: number; language: 'zh' | 'en' },
    ): Buffer {
      const { name, timezone } = site.current().site;
      const local = (of: { zh: string; en: string }) => (language === 'en' && of.en !== '' ? of.en : of.zh);
      const runs = this.list(fromMs, toMs);
      const about = { language, timezone, siteName: local(name), nowMs: clock.nowMs(), by: actor.name };
      const cameraName = (id: string) => {
        const camera = site.camera(id);
        return camera ? local(camera.name) : id;
      };
      const shift = shiftOf({ fromMs, toMs }, runs);
      return reportPdf({ shift, runs, cameraName, ...about }, ports.paths.resources);
    },
    verify: () => store.verifyTours(db),
    stop(): void {
      for (const stop of stops) stop();
    },
  };
}
