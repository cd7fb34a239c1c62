/** A plan (预案): the schema of a file in resources/plans, and of the actions that its steps take. */
import { z } from 'zod';
import { jsonObject, localText, priority, siteId } from './base.ts';

export const BROADCAST_CLASSES = [
  'emergency_live',
  'emergency_recorded',
  'manual',
  'scheduled',
  'background',
] as const;
export const broadcastClass = z.enum(BROADCAST_CLASSES);
export const broadcastSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('speech'), text: z.string().min(1).max(1000) }),
  z.object({ kind: z.literal('message'), messageId: z.string().min(1).max(64) }),
]);
/** `alarm`: the cameras or broadcast zones of the alarm's device and place. */
const orOfAlarm = z.union([z.literal('alarm'), z.array(siteId).min(1).max(50)]);

/** One list of actions serves plan steps, buttons and (later) linkage rules. */
export const action = z.discriminatedUnion('type', [
  z.object({ type: z.literal('show_cameras'), cameraIds: orOfAlarm }),
  z.object({
    type: z.literal('announce'),
    zoneIds: orOfAlarm,
    source: broadcastSource,
    class: broadcastClass.default('emergency_recorded'),
    repeat: z.int().min(1).max(20).default(2),
  }),
  z.object({
    type: z.literal('device_command'),
    deviceId: z.union([z.literal('alarm'), siteId]),
    command: z.string().min(1).max(64),
    params: jsonObject.default({}),
  }),
  z.object({ type: z.literal('notify'), contactIds: z.array(siteId).min(1).max(50), text: localText }),
]);
export type Action = z.infer<typeof action>;

export const planStep = z.object({
  id: siteId,
  title: localText,
  detail: localText.optional(),
  /** Steps that must be done (or skipped) before; absent: the step above. An empty list: at once. */
  after: z.array(siteId).max(20).optional(),
  /** `person`: somebody does it and says so. `auto`: done by the station as soon as it may start. `timer`: waits `waitSeconds`. */
  by: z.enum(['person', 'auto', 'timer']).default('person'),
  action: action.optional(),
  waitSeconds: z.int().min(1).max(86_400).optional(),
  /** Later than this after the step may start, the board shows it overdue and the log says so once. */
  targetSeconds: z.int().min(1).max(86_400).optional(),
  answer: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('done') }),
      z.object({ kind: z.literal('yes_no') }),
      z.object({
        kind: z.literal('choice'),
        options: z
          .array(z.object({ value: siteId, label: localText }))
          .min(2)
          .max(10),
      }),
    ])
    .default({ kind: 'done' }),
  commentRequired: z.boolean().default(false),
});
export type PlanStep = z.infer<typeof planStep>;

export const plan = z.object({
  id: siteId,
  version: z.int().min(1).default(1),
  name: localText,
  summary: localText,
  /** Response level of GB/T 29639-2020, I the highest. */
  level: z.enum(['I', 'II', 'III', 'IV']),
  /** Offered for alarms whose type begins with one of these codes and whose priority is this or higher. */
  offeredFor: z
    .array(
      z.object({
        type: z.string().min(1).max(64),
        priority: priority.default(4),
        placeId: siteId.optional(),
      }),
    )
    .max(50)
    .default([]),
  steps: z.array(planStep).min(1).max(100),
});
export type Plan = z.infer<typeof plan>;
