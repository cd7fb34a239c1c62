import { z } from 'zod';
import {
  command,
  commandInput,
  epochMs,
  live,
  ok,
  page,
  pageInput,
  query,
  recordId,
  siteId,
} from './base.ts';
import { BROADCAST_CLASSES, broadcastClass, broadcastSource } from './plan.ts';

export const zoneReceipt = z.object({
  zoneId: siteId,
  rung: z.enum(['queued', 'accepted', 'started', 'ended', 'failed', 'preempted', 'stopped', 'simulated']),
  reason: z.string().nullable(),
  atMs: epochMs,
});
export const broadcast = z.object({
  id: recordId,
  class: z.enum([...BROADCAST_CLASSES, 'fire']),
  source: broadcastSource,
  /** What is heard, for the list: the spoken text or the message's title. */
  title: z.string(),
  repeat: z.int(),
  drill: z.boolean(),
  runId: recordId.nullable(),
  startedBy: z.string(),
  requestedAtMs: epochMs,
  endedAtMs: epochMs.nullable(),
  receipts: z.array(zoneReceipt),
});
export type Broadcast = z.infer<typeof broadcast>;
export const zoneState = z.object({
  id: siteId,
  /** fire: the fire controller has the zone; nothing may start there. */
  state: z.enum(['free', 'playing', 'fire', 'fault']),
  broadcastId: recordId.nullable(),
  class: z.string().nullable(),
  reason: z.string().nullable(),
});
export type ZoneState = z.infer<typeof zoneState>;
export const audioMessage = z.object({
  id: z.string(),
  title: z.string(),
  durationMs: z.int(),
  builtIn: z.boolean(),
});

export const broadcastContract = {
  /** Broadcasts that have not ended, and those that ended within the last ten minutes. */
  live: live('broadcast.view', '/broadcasts/live', broadcast),
  zones: live('broadcast.view', '/broadcast-zones/live', zoneState),
  list: query('broadcast.view', '/broadcasts').input(z.object(pageInput)).output(page(broadcast)),
  /** Emergency classes need `broadcast.emergency`, or a running plan. */
  start: command('broadcast.send', '/broadcasts')
    .input(
      commandInput({
        zoneIds: z.array(siteId).min(1).max(200),
        source: broadcastSource,
        class: broadcastClass.default('manual'),
        repeat: z.int().min(1).max(20).default(1),
        chime: z.boolean().default(true),
      }),
    )
    .output(broadcast),
  stop: command('broadcast.send', '/broadcasts/{id}/stop')
    .input(commandInput({ id: recordId, zoneIds: z.array(siteId).max(200).optional() }))
    .output(ok),
  /** The explicit end of an emergency: background music that it silenced may play again. */
  resumeMusic: command('broadcast.send', '/broadcast-zones/resume-music')
    .input(commandInput({ zoneIds: z.array(siteId).max(200).optional() }))
    .output(ok),
  messages: query('broadcast.view', '/broadcast-messages').output(z.array(audioMessage)),
  importMessage: command('broadcast.library', '/broadcast-messages')
    .input(
      commandInput({
        title: z.string().trim().min(1).max(100),
        fileName: z.string().max(200),
        base64: z.string().max(30_000_000),
      }),
    )
    .output(audioMessage),
  deleteMessage: command('broadcast.library', '/broadcast-messages/{id}/delete')
    .input(commandInput({ id: z.string().max(64) }))
    .output(ok),
  /** WAV of a text or message, to hear it on the console before sending it. */
  preview: query('broadcast.send', '/broadcasts/preview')
    .route({ method: 'POST' })
    .input(z.object({ source: broadcastSource }))
    .output(z.object({ wavBase64: z.string(), durationMs: z.int(), engine: z.string() })),
  /** Plays the alarm tone on the workstation; the result goes on record and to the foot bar. */
  soundTest: command('session', '/sound-test').output(
    z.object({ ok: z.boolean(), reason: z.string().nullable(), atMs: epochMs }),
  ),
};
