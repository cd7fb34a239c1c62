/** Video patrols (视频巡逻): routes of camera groups, runs in which a guard confirms each camera, the report per shift. */
import { z } from 'zod';
import { command, commandInput, epochMs, live, localText, ok, query, recordId, siteId } from './base.ts';

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
const group = z.object({
  name: z.string().trim().max(60).default(''),
  cameraIds: z.array(siteId).min(1).max(100),
});
export const tourRouteBody = z.object({
  name: localText,
  groups: z.array(group).min(1).max(30),
  /** Times of day in the site's zone; none: it is only begun by hand. */
  times: z.array(timeOfDay).max(48),
  /** 1 Monday to 7 Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7).default([1, 2, 3, 4, 5, 6, 7]),
  /** Who is to walk it; empty: whoever is on duty. */
  guard: z.string().trim().max(60).default(''),
  dwellSeconds: z.int().min(1).max(600).default(5),
  /** Time for the confirmation after that. */
  confirmSeconds: z.int().min(10).max(3_600).default(120),
  remindMinutes: z.int().min(0).max(60).default(5),
  graceMinutes: z.int().min(1).max(240).default(10),
  limitMinutes: z.int().min(5).max(720).default(60),
  enabled: z.boolean().default(true),
});
export type TourRouteBody = z.infer<typeof tourRouteBody>;
export const tourRoute = tourRouteBody.extend({ id: siteId, nextAtMs: epochMs.nullable() });
export type TourRoute = z.infer<typeof tourRoute>;

const person = z.string().nullable();
export const tourRun = z.object({
  id: recordId,
  routeId: siteId,
  name: localText,
  guard: z.string(),
  dueAtMs: epochMs,
  phase: z.enum(['announced', 'due', 'running', 'finished', 'missed']),
  late: z.boolean(),
  startedAtMs: epochMs.nullable(),
  startedBy: person,
  endedAtMs: epochMs.nullable(),
  currentId: siteId.nullable(),
  /** From when the current camera can be confirmed, and until when. */
  confirmFromMs: epochMs.nullable(),
  confirmUntilMs: epochMs.nullable(),
  groups: z.array(group),
  cameras: z.array(
    z.object({
      cameraId: siteId,
      state: z.enum(['open', 'confirmed', 'skipped', 'unconfirmed']),
      atMs: epochMs.nullable(),
      by: person,
      reason: z.string().nullable(),
      pictureSeq: z.int().nullable(),
    }),
  ),
  reports: z.array(
    z.object({
      seq: z.int(),
      cameraId: siteId,
      type: z.string(),
      note: z.string(),
      by: person,
      atMs: epochMs,
    }),
  ),
});
export type TourRun = z.infer<typeof tourRun>;
export const tourShift = z.object({
  fromMs: epochMs,
  toMs: epochMs,
  runs: z.int(),
  late: z.int(),
  missed: z.int(),
  confirmed: z.int(),
  skipped: z.int(),
  unconfirmed: z.int(),
  reports: z.int(),
});
export type TourShift = z.infer<typeof tourShift>;

/** A decision of a patrol about a camera, for a timeline. */
export const tourMark = z.object({
  seq: z.int(),
  runId: recordId,
  name: localText,
  cameraId: siteId,
  kind: z.enum(['confirmed', 'skipped', 'unconfirmed', 'reported']),
  atMs: epochMs,
  by: person,
  reason: z.string().nullable(),
});
export type TourMark = z.infer<typeof tourMark>;

const here = { runId: recordId, cameraId: siteId };
export const toursContract = {
  routes: live('video.view', '/tours/routes/live', tourRoute),
  /** Runs that are announced, due or under way, and the last ones that ended. */
  live: live('video.view', '/tours/live', tourRun),
  saveRoute: command('tour.edit', '/tours/routes')
    .input(commandInput({ id: siteId.optional(), route: tourRouteBody }))
    .output(z.object({ id: siteId })),
  removeRoute: command('tour.edit', '/tours/routes/{id}/remove')
    .input(commandInput({ id: siteId }))
    .output(ok),
  /** Begins a run that is due, or one of a route that is not. */
  start: command('tour.walk', '/tours/start')
    .input(commandInput({ routeId: siteId, runId: recordId.optional() }))
    .output(tourRun),
  /** The camera that is shown was looked at and is in order; its picture goes into the record. */
  confirm: command('tour.walk', '/tours/{runId}/confirm').input(commandInput(here)).output(tourRun),
  skip: command('tour.walk', '/tours/{runId}/skip')
    .input(commandInput({ ...here, reason: z.string().trim().min(1).max(300) }))
    .output(tourRun),
  /** Shows a camera again, to confirm what was skipped or to replace a bad picture. */
  revisit: command('tour.walk', '/tours/{runId}/revisit').input(commandInput(here)).output(tourRun),
  /** What is seen is an event: recorded with its picture, and an alarm. */
  report: command('tour.walk', '/tours/{runId}/report')
    .input(
      commandInput({
        ...here,
        type: z.string().min(1).max(64),
        note: z.string().trim().max(500).default(''),
      }),
    )
    .output(tourRun),
  /** Picture of a record, checked against the record. */
  picture: query('video.view', '/tours/pictures/{seq}')
    .input(z.object({ seq: z.coerce.number().int().min(1) }))
    .output(z.object({ jpegBase64: z.string(), takenAtMs: epochMs })),
  /** What patrols said of some cameras in a time, oldest first; at most 2,000. */
  marks: query('video.view', '/tours/marks')
    .input(z.object({ cameraIds: z.array(siteId).min(1).max(64), fromMs: epochMs, toMs: epochMs }))
    .output(z.array(tourMark)),
  shifts: query('video.view', '/tours/shifts').output(z.array(tourShift)),
  /** The report of a shift that began at `fromMs`, as a PDF to print. */
  reportPdf: query('video.view', '/tours/report')
    .input(z.object({ fromMs: epochMs, toMs: epochMs, language: z.enum(['zh', 'en']).default('zh') }))
    .output(z.object({ pdfBase64: z.string() })),
  /** Runs that were due in a time, oldest first. */
  list: query('video.view', '/tours/runs')
    .input(z.object({ fromMs: z.coerce.number().int().min(0), toMs: z.coerce.number().int().min(0) }))
    .output(z.array(tourRun)),
};
