import { z } from 'zod';
import { ALARM_CATEGORIES } from '#domain/alarm-types.ts';
import {
  command,
  commandInput,
  epochMs,
  jsonObject,
  live,
  lngLat,
  localText,
  ok,
  page,
  pageInput,
  priority,
  query,
  recordId,
  siteId,
} from './base.ts';

export const WORKFLOW = ['new', 'in_progress', 'on_hold', 'resolved', 'closed'] as const;
export const DISPOSITIONS = ['real', 'false', 'test', 'maintenance'] as const;
/** A condition that asks for a response. Active and acknowledged are two independent bits (ISA-18.2). */
export const alarm = z.object({
  id: recordId,
  deviceId: z.string(),
  /** As it was when raised, so that a record outlives an edit of the site. */
  deviceName: localText,
  placeId: siteId.nullable(),
  placeName: localText.nullable(),
  position: lngLat.nullable(),
  /** Storey the place is on; null outdoors or unknown. */
  level: z.int().nullable(),
  /** Dotted code, worded as `alarmType.<code>`. */
  type: z.string(),
  category: z.enum(ALARM_CATEGORIES),
  priority,
  active: z.boolean(),
  acknowledged: z.boolean(),
  workflow: z.enum(WORKFLOW),
  /** Occurrences counted on this alarm. */
  count: z.int().min(1),
  /** Times that it asked for attention: created, active again, risen in priority. A sound belongs to each. */
  annunciation: z.int().min(1),
  /** Told long after the fact: its sound waits a little (electron/domain/alarm-sound.ts). */
  backlog: z.boolean(),
  firstOccurredAtMs: epochMs,
  lastOccurredAtMs: epochMs,
  receivedAtMs: epochMs,
  clearedAtMs: epochMs.nullable(),
  acknowledgedAtMs: epochMs.nullable(),
  acknowledgedBy: z.string().nullable(),
  closedAtMs: epochMs.nullable(),
  closedBy: z.string().nullable(),
  disposition: z.enum(DISPOSITIONS).nullable(),
  cameraIds: z.array(siteId),
  /** Plans offered for it, best first. */
  planIds: z.array(siteId),
  /** The run started for it, if any. */
  runId: recordId.nullable(),
  drill: z.boolean(),
  /** Data of the newest occurrence, e.g. `{value: 12, unit: '%LEL'}`. */
  data: jsonObject,
  commentCount: z.int(),
  lastComment: z.string().nullable(),
});
export type Alarm = z.infer<typeof alarm>;

export const alarmLogEntry = z.object({
  id: z.string(),
  atMs: epochMs,
  /** raised, repeated, cleared, acknowledged, comment, workflow, closed, run_started, late_clear. */
  kind: z.string(),
  /** Account name, or null for the station and devices. */
  by: z.string().nullable(),
  params: jsonObject,
});
export type AlarmLogEntry = z.infer<typeof alarmLogEntry>;

export const alarmsContract = {
  /** All alarms that are not closed. */
  live: live('overview.view', '/alarms/live', alarm),
  list: query('records.view', '/alarms')
    .input(
      z.object({
        ...pageInput,
        fromMs: epochMs.optional(),
        toMs: epochMs.optional(),
        deviceId: z.string().max(64).optional(),
        priority: priority.optional(),
        open: z.boolean().optional(),
      }),
    )
    .output(page(alarm)),
  get: query('overview.view', '/alarms/{id}')
    .input(z.object({ id: recordId }))
    .output(alarm.extend({ log: z.array(alarmLogEntry) })),
  acknowledge: command('alarm.handle', '/alarms/acknowledge')
    .input(commandInput({ ids: z.array(recordId).min(1).max(500) }))
    .output(z.object({ acknowledged: z.int() })),
  comment: command('alarm.handle', '/alarms/{id}/comment')
    .input(commandInput({ id: recordId, text: z.string().trim().min(1).max(2000) }))
    .output(ok),
  setWorkflow: command('alarm.handle', '/alarms/{id}/workflow')
    .input(commandInput({ id: recordId, workflow: z.enum(['in_progress', 'on_hold', 'resolved']) }))
    .output(ok),
  /** Closing an alarm that is still active needs `alarm.force` and a comment. */
  close: command('alarm.handle', '/alarms/{id}/close')
    .input(
      commandInput({
        id: recordId,
        disposition: z.enum(DISPOSITIONS),
        comment: z.string().trim().max(2000).default(''),
      }),
    )
    .output(ok),
  /** Figures for the overview. */
  figures: query('overview.view', '/alarms/figures').output(
    z.object({
      /** Mean time from raise to acknowledgement over the last 12 h; null when none. */
      meanAcknowledgeMs: z.number().nullable(),
      raisedLastTenMinutes: z.int(),
      raisedToday: z.int(),
    }),
  ),
};
