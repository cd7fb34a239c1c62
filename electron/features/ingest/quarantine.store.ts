import { createHash } from 'node:crypto';
import type { quarantined, QuarantineCode } from '#contract/devices.contract.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import type { z } from 'zod';
import type { Refusal } from './parse.ts';
import { prepared } from '#native/sqlite/prepared.ts';

export type Quarantined = z.infer<typeof quarantined>;

/** How much of a refused payload is kept, in characters. */
export const KEPT_CHARS = 4096;
/** A device gone mad must not fill the disk: beyond this many the oldest go; the counts by code keep them. */
export const KEPT_ROWS = 50_000;
const TOPIC_CHARS = 1024;

const text = new TextDecoder();
/** Text as far as it is text; NUL and broken UTF-8 become U+FFFD, so that it can be shown. */
const readable = (bytes: Uint8Array) =>
  text
    .decode(bytes.subarray(0, KEPT_CHARS * 4))
    .replaceAll('\u0000', '\ufffd')
    .slice(0, KEPT_CHARS)
    .toWellFormed();

/**
 * Keeps one refused message.
 * @param duplicate the broker marked it as repeated: if it is here already, it is not kept twice
 * @returns false if it was here already
 */
export function quarantine(
  db: Writable,
  message: { topic: string; payload: Uint8Array; duplicate: boolean; receivedAtMs: number },
  refusal: Pick<Refusal, 'code' | 'path' | 'detail'>,
): boolean {
  const digest = createHash('sha256')
    .update(message.topic)
    .update('\n')
    .update(message.payload)
    .digest('hex');
  if (message.duplicate && prepared(db, 'SELECT 1 FROM quarantine WHERE digest = ? LIMIT 1').get(digest))
    return false;
  const { lastInsertRowid } = prepared(
    db,
    `INSERT INTO quarantine (received_at_ms, topic, code, path, detail, payload, size_bytes, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    message.receivedAtMs,
    message.topic.slice(0, TOPIC_CHARS).toWellFormed(),
    refusal.code,
    refusal.path.toWellFormed(),
    refusal.detail.toWellFormed(),
    readable(message.payload),
    message.payload.length,
    digest,
  );
  prepared(db, 'DELETE FROM quarantine WHERE id <= ?').run(Number(lastInsertRowid) - KEPT_ROWS);
  prepared(
    db,
    'INSERT INTO quarantine_count (code, total) VALUES (?, 1) ON CONFLICT (code) DO UPDATE SET total = total + 1',
  ).run(refusal.code);
  return true;
}

/** How many were ever refused, by code. */
export function quarantineCounts(db: Readable): {
  total: number;
  byCode: Partial<Record<QuarantineCode, number>>;
} {
  const rows = prepared(db, 'SELECT code, total FROM quarantine_count').all() as {
    code: string;
    total: number;
  }[];
  return {
    total: rows.reduce((sum, row) => sum + row.total, 0),
    byCode: Object.fromEntries(rows.map((row) => [row.code, row.total])),
  };
}

interface Row {
  id: number;
  received_at_ms: number;
  topic: string;
  code: QuarantineCode;
  path: string;
  detail: string;
  payload: string;
  size_bytes: number;
}

/** Newest first, below `beforeId`. */
export function listQuarantine(db: Readable, beforeId: number, limit: number): Quarantined[] {
  const rows = prepared(
    db,
    `SELECT id, received_at_ms, topic, code, path, detail, payload, size_bytes FROM quarantine
     WHERE id < ? ORDER BY id DESC LIMIT ?`,
  ).all(beforeId, limit) as Row[];
  return rows.map((row) => ({
    id: row.id,
    receivedAtMs: row.received_at_ms,
    topic: row.topic,
    code: row.code,
    path: row.path,
    detail: row.detail,
    payload: row.payload,
    sizeBytes: row.size_bytes,
  }));
}
