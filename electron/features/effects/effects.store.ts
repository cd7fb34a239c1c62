import type { Action } from '#contract/plan.ts';
import type { JsonObject } from '#contract/base.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import type { Rung } from '#domain/plan-actions.ts';
import type { EffectReceipt, EffectRequest } from '#station/ports.ts';

/** `handed`: about to be given to its executor; from here on it may have happened. Kept, never reported. */
export type StoredRung = Rung | 'handed';
export interface StoredEffect {
  action: Action;
  drill: boolean;
  /** Newest first rung that was reported, or null. */
  receipt: EffectReceipt | null;
  handed: boolean;
}

/** What is known of an effect, or undefined when its key is new. */
export function loadEffect(db: Readable, key: string): StoredEffect | undefined {
  const row = db.prepare('SELECT action, drill FROM effect WHERE key = ?').get(key) as
    { action: string; drill: number } | undefined;
  if (!row) return undefined;
  const receipts = db
    .prepare('SELECT rung, reason FROM effect_receipt WHERE key = ? ORDER BY id')
    .all(key) as {
    rung: StoredRung;
    reason: string | null;
  }[];
  let receipt: EffectReceipt | null = null;
  for (const { rung, reason } of receipts) if (rung !== 'handed') receipt = { rung, reason };
  return {
    action: JSON.parse(row.action) as Action,
    drill: row.drill === 1,
    receipt,
    handed: receipts.some(({ rung }) => rung === 'handed'),
  };
}

export function insertEffect(db: Writable, request: EffectRequest, drill: boolean, nowMs: number): void {
  db.prepare(
    'INSERT INTO effect (key, run_id, alarm_id, type, action, drill, actor, requested_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(
    request.idempotencyKey,
    request.runId,
    request.alarmId,
    request.action.type,
    JSON.stringify(request.action),
    drill ? 1 : 0,
    request.actor.name,
    nowMs,
  );
}

export function insertReceipt(
  db: Writable,
  key: string,
  nowMs: number,
  receipt: { rung: StoredRung; reason: string | null; actor?: string; detail?: JsonObject },
): void {
  db.prepare(
    'INSERT INTO effect_receipt (key, at_ms, rung, reason, actor, detail) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(
    key,
    nowMs,
    receipt.rung,
    receipt.reason,
    receipt.actor ?? null,
    receipt.detail ? JSON.stringify(receipt.detail) : null,
  );
}
