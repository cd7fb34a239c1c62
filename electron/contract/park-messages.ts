/**
 * The native MQTT form: JSON under `guardroom/v1/<site>/<device>/<leaf>`.
 * Events are QoS 1 and never retained; state and availability may be retained.
 */
import { z } from 'zod';
import { epochMs, jsonObject, priority, siteId } from './base.ts';

export const TOPIC_ROOT = 'guardroom/v1';
export const TOPIC_LEAVES = ['event', 'state', 'telemetry', 'availability', 'command', 'reply'] as const;
export type TopicLeaf = (typeof TOPIC_LEAVES)[number];

/** Milliseconds since 1970, or ISO 8601 with a zone. */
export const deviceTime = z.union([
  epochMs,
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);
const order = {
  /** Rises by one per device and boot: a gap shows lost messages. */
  seq: z.int().min(0).optional(),
  bootId: z.string().min(1).max(64).optional(),
};
export const scalar = z.union([z.number(), z.boolean(), z.string().max(500), z.null()]);
export type Scalar = z.infer<typeof scalar>;

export const eventMessage = z.object({
  eventId: z.string().min(1).max(128),
  deviceId: siteId,
  /** Dotted code, e.g. `intrusion.fence`, `fire.smoke`, `patrol.scan`; see electron/domain/alarm-types.ts. */
  type: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/, 'lower-case dotted code'),
  /** `raise` and `clear` drive an alarm; `info` is only recorded. */
  state: z.enum(['raise', 'clear', 'info']),
  /** Absent: the type's own priority. */
  severity: priority.optional(),
  occurredAt: deviceTime,
  ...order,
  drill: z.boolean().default(false),
  data: jsonObject.default({}),
});
export type EventMessage = z.infer<typeof eventMessage>;
const values = z.record(z.string().min(1).max(64), scalar);
export const telemetryMessage = z.object({ occurredAt: deviceTime, ...order, values });
export type TelemetryMessage = z.infer<typeof telemetryMessage>;
/** Reported state, e.g. a perimeter zone's `{armed: true}` or a door's `{open: false}`. */
export const stateMessage = telemetryMessage;
export const availabilityMessage = z.object({
  state: z.enum(['online', 'offline']),
  /** Set in the will and in the birth of one MQTT session: a late will of an older session is ignored. */
  sessionId: z.string().min(1).max(64).optional(),
  occurredAt: deviceTime.optional(),
});
export type AvailabilityMessage = z.infer<typeof availabilityMessage>;
/** What the station sends; never retained. */
export const commandMessage = z.object({
  commandId: z.string().min(1).max(128),
  name: z.string().min(1).max(64),
  params: jsonObject.default({}),
  issuedAt: epochMs,
  expiresAt: epochMs,
});
export type CommandMessage = z.infer<typeof commandMessage>;
export const replyMessage = z.object({
  commandId: z.string().min(1).max(128),
  result: z.enum(['accepted', 'started', 'confirmed', 'failed']),
  reason: z.string().max(300).optional(),
  occurredAt: deviceTime.optional(),
});
export type ReplyMessage = z.infer<typeof replyMessage>;
/** `data` of a `patrol.scan` event; its device is the terminal or the reader. */
export const patrolScanData = z.object({
  checkpointId: siteId,
  guard: z.string().min(1).max(60),
  routeId: siteId.optional(),
});
/** Point keys of a perimeter detector's state message. */
export const perimeterState = z.object({
  armed: z.boolean().optional(),
  alarm: z.boolean().optional(),
  tamper: z.boolean().optional(),
  fault: z.boolean().optional(),
});
