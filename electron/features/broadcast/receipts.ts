import type { BroadcastEffect, BroadcastReceipt } from '#domain/broadcast-types.ts';
import type { Receipt, Rung } from './broadcast.store.ts';

/** A rung that one zone of one broadcast has reached. */
export interface ZoneReceipt {
  broadcastId: string;
  receipt: Receipt;
}

/**
 * The receipts of one step in the contract's words. A zone that waits is `queued`; it becomes `accepted` when its start
 * is ordered, also if that was a later step. Reasons are codes that the console words as `error.<reason>`.
 */
export function receiptsOf(effects: readonly BroadcastEffect[], nowMs: number): ZoneReceipt[] {
  const starting = new Set<string>();
  for (const effect of effects) {
    if (effect.type === 'start') for (const zoneId of effect.zoneIds) starting.add(`${effect.id} ${zoneId}`);
  }
  const out: ZoneReceipt[] = [];
  const add = (broadcastId: string, zoneId: string, rung: Rung, reason: string | null) =>
    out.push({ broadcastId, receipt: { zoneId, rung, reason, atMs: nowMs } });
  for (const effect of effects) {
    if (effect.type !== 'receipt') continue;
    const { requestId, zoneId } = effect.receipt;
    if (effect.receipt.step === 'accepted' && starting.has(`${requestId} ${zoneId}`)) continue;
    const [rung, reason] = worded(effect.receipt);
    add(requestId, zoneId, rung, reason);
  }
  for (const effect of effects) {
    if (effect.type === 'start')
      for (const zoneId of effect.zoneIds) add(effect.id, zoneId, 'accepted', null);
  }
  return out;
}

function worded({ step, reason }: BroadcastReceipt): [Rung, string | null] {
  const taken = reason === 'fire' || reason === 'higher' ? `broadcast.${reason}` : null;
  switch (step) {
    case 'accepted':
      return ['queued', null];
    case 'started':
      return ['started', null];
    case 'suspended':
      return ['queued', taken];
    case 'preempted':
      return ['preempted', taken];
    case 'failed':
      return ['failed', reason ?? null];
    case 'ended':
      if (reason === 'completed') return ['ended', null];
      return ['stopped', reason === 'cancelled' ? 'broadcast.cancelled' : null];
  }
}

/** How a whole broadcast went, for the effect that asked for it. */
export function outcomeOf(receipts: readonly Receipt[]): { rung: 'ended' | 'failed'; reason: string | null } {
  const failed = receipts.filter(({ rung }) => rung === 'failed');
  if (failed.length > 0) {
    const reason =
      failed.length < receipts.length ? 'broadcast.some_zones_failed' : (failed[0]?.reason ?? null);
    return { rung: 'failed', reason };
  }
  // Heard nowhere to its end, and not because somebody stopped it: the step that wanted it must know.
  if (receipts.every(({ rung }) => rung === 'preempted')) {
    return { rung: 'failed', reason: receipts[0]?.reason ?? null };
  }
  const stopped = receipts.some(({ rung }) => rung === 'stopped');
  return { rung: 'ended', reason: stopped ? 'broadcast.stopped' : null };
}
