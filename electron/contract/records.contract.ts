import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { epochMs, jsonObject, page, pageInput, priority, query } from './base.ts';

export const RECORD_KINDS = [
  'event',
  'alarm',
  'patrol',
  'perimeter',
  'access',
  'run',
  'broadcast',
  'command',
  'snapshot',
  'tour',
  'gap',
] as const;
export const record = z.object({
  id: z.string(),
  kind: z.enum(RECORD_KINDS),
  occurredAtMs: epochMs,
  receivedAtMs: epochMs,
  deviceId: z.string().nullable(),
  deviceName: z.string().nullable(),
  placeId: z.string().nullable(),
  type: z.string(),
  state: z.string(),
  priority: priority.nullable(),
  drill: z.boolean(),
  data: jsonObject,
});
export type ParkRecord = z.infer<typeof record>;
export const recordFilter = {
  /** Words, all of which must occur; Chinese words of one character or more are found. */
  text: z.string().trim().max(200).default(''),
  kinds: z.array(z.enum(RECORD_KINDS)).default([]),
  fromMs: epochMs.optional(),
  toMs: epochMs.optional(),
  deviceId: z.string().max(64).optional(),
  priority: priority.optional(),
  /** Of names as they were recorded; Chinese where there is no English one. */
  language: z.enum(['zh', 'en']).default('zh'),
};
export const recordsContract = {
  search: query('records.view', '/records')
    .input(z.object({ ...recordFilter, ...pageInput }))
    .output(page(record).extend({ tookMs: z.number() })),
  /** CSV text in parts (UTF-8 with BOM, so that spreadsheets read Chinese); the last part ends the iterator. */
  exportCsv: query('records.export', '/records/export')
    .input(z.object(recordFilter))
    .output(eventIterator(z.object({ text: z.string(), rows: z.int() }))),
};
