import { z } from 'zod';
import { command, commandInput, epochMs, jsonObject, live, ok, page, pageInput, query } from './base.ts';

/** One link or part of the station, as the foot bar and the system page show it. */
export const healthItem = z.object({
  /** station, broker, ingest, video, broadcast, fire, records, clock, sound, backup, disk … */
  id: z.string(),
  level: z.enum(['ok', 'warn', 'bad', 'off']),
  /** Worded as `health.<id>.<code>`. */
  code: z.string(),
  params: jsonObject,
  sinceMs: epochMs,
});
export type HealthItem = z.infer<typeof healthItem>;
export const setting = z.object({
  key: z.string(),
  value: z.json(),
  defaultValue: z.json(),
  /** Shape for the form. */
  kind: z.enum(['string', 'number', 'boolean', 'choice', 'secret']),
  options: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  /** Takes effect after the next start. */
  restart: z.boolean(),
});
export type Setting = z.infer<typeof setting>;
export const auditEntry = z.object({
  seq: z.int(),
  atMs: epochMs,
  actor: z.string(),
  role: z.string().nullable(),
  action: z.string(),
  target: z.string().nullable(),
  params: jsonObject,
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export const chainReport = z.object({
  ok: z.boolean(),
  checked: z.int(),
  /** edited, missing, cut_off, anchor_missing, anchor_broken; at which entry. */
  problems: z.array(
    z.object({
      chain: z.enum(['audit', 'event', 'alarm', 'broadcast', 'tour', 'picture']),
      code: z.string(),
      seq: z.int(),
    }),
  ),
});
export type ChainReport = z.infer<typeof chainReport>;

export const systemContract = {
  health: live('session', '/health/live', healthItem),
  info: query('health.view', '/system/info').output(
    z.object({
      version: z.string(),
      nodeVersion: z.string(),
      platform: z.string(),
      host: z.string(),
      dataDir: z.string(),
      databaseBytes: z.int(),
      databaseVersion: z.int(),
      startedAtMs: epochMs,
      ffmpeg: z.object({ path: z.string(), version: z.string(), source: z.string() }).nullable(),
      /** What re-encodes streams that a console cannot decode; null: nothing does. */
      encoder: z.object({ name: z.string(), isHardware: z.boolean() }).nullable(),
      speech: z.array(z.string()),
      broker: z.object({ kind: z.enum(['embedded', 'external']), address: z.string() }),
    }),
  ),
  settings: query('settings.view', '/settings').output(z.array(setting)),
  putSetting: command('settings.edit', '/settings')
    .input(commandInput({ key: z.string().max(100), value: z.json() }))
    .output(ok),
  backups: query('backup.manage', '/backups').output(
    z.array(z.object({ file: z.string(), atMs: epochMs, sizeBytes: z.int(), reason: z.string() })),
  ),
  backupNow: command('backup.manage', '/backups').output(z.object({ file: z.string(), sizeBytes: z.int() })),
  audit: query('audit.view', '/audit')
    .input(z.object({ ...pageInput, text: z.string().max(200).default('') }))
    .output(page(auditEntry)),
  verify: query('audit.view', '/audit/verify').output(chainReport),
};

export const scenario = z.object({
  id: z.string(),
  state: z.enum(['idle', 'running']),
  startedAtMs: epochMs.nullable(),
  durationSeconds: z.int(),
});
export const demoContract = {
  live: live('demo.control', '/demo/live', scenario),
  start: command('demo.control', '/demo/{id}/start')
    .input(commandInput({ id: z.string().max(64) }))
    .output(ok),
  stop: command('demo.control', '/demo/{id}/stop')
    .input(commandInput({ id: z.string().max(64) }))
    .output(ok),
};
