import { z } from 'zod';
import { command, commandInput, epochMs, jsonObject, live, query, recordId, siteId } from './base.ts';
import { scalar } from './park-messages.ts';

export const pointValue = z.object({ value: scalar, atMs: epochMs });
export const deviceState = z.object({
  id: siteId,
  availability: z.enum(['online', 'offline', 'unknown']),
  /** Why offline: will, heartbeat, reported. */
  reason: z.string().nullable(),
  lastSeenAtMs: epochMs.nullable(),
  values: z.record(z.string(), pointValue),
  /** Messages missing by `seq` since the station started. */
  missed: z.int(),
});
export type DeviceState = z.infer<typeof deviceState>;
export const commandReceipt = z.object({
  commandId: recordId,
  /** sent, accepted, started, confirmed, failed, timeout, simulated (drill). */
  rung: z.enum(['sent', 'accepted', 'started', 'confirmed', 'failed', 'timeout', 'simulated']),
  reason: z.string().nullable(),
});
export type CommandReceipt = z.infer<typeof commandReceipt>;

export const devicesContract = {
  live: live('overview.view', '/devices/live', deviceState),
  history: query('overview.view', '/devices/{deviceId}/history')
    .input(
      z.object({
        deviceId: siteId,
        key: z.string().max(64),
        fromMs: epochMs,
        toMs: epochMs,
        maxPoints: z.int().min(10).max(5000).default(500),
      }),
    )
    .output(
      z.array(
        z.object({
          atMs: epochMs,
          value: z.number().nullable(),
          min: z.number().nullable(),
          max: z.number().nullable(),
        }),
      ),
    ),
  /** Sends a command and waits for the reply up to its time-out. */
  command: command('device.command', '/devices/{deviceId}/command')
    .input(
      commandInput({ deviceId: siteId, command: z.string().min(1).max(64), params: jsonObject.default({}) }),
    )
    .output(commandReceipt),
};

/** Why a message was not taken; worded as `quarantine.<code>`. */
export const QUARANTINE_CODES = [
  'topic_unknown',
  'device_unknown',
  'device_mismatch',
  'too_large',
  'empty',
  'not_utf8',
  'not_unicode',
  'not_json',
  'too_deep',
  'field_missing',
  'field_type',
  'field_value',
  'event_id_reused',
  'processing_failed',
] as const;
export type QuarantineCode = (typeof QUARANTINE_CODES)[number];

export const quarantined = z.object({
  id: z.int(),
  receivedAtMs: epochMs,
  topic: z.string(),
  code: z.enum(QUARANTINE_CODES),
  /** Place inside the payload, dotted; empty for the message as a whole. */
  path: z.string(),
  detail: z.string(),
  /** First part of the payload as text, and its whole size. */
  payload: z.string(),
  sizeBytes: z.int(),
});
export const quarantineContract = {
  list: query('quarantine.view', '/quarantine')
    .input(z.object({ cursor: z.string().max(200).optional(), limit: z.int().min(1).max(500).default(100) }))
    .output(
      z.object({
        items: z.array(quarantined),
        nextCursor: z.string().nullable(),
        total: z.int(),
        byCode: z.record(z.string(), z.int()),
      }),
    ),
};
