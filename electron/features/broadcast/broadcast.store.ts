import type { Broadcast } from '#contract/broadcast.contract.ts';
import type { ChainReport } from '#contract/system.contract.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { CHAIN_START, chainHash } from '#station/chain.ts';

export type Rung = Broadcast['receipts'][number]['rung'];
export type Receipt = Broadcast['receipts'][number];
/** A broadcast as asked for; receipts are rows of their own. */
export type StoredBroadcast = Omit<Broadcast, 'endedAtMs' | 'receipts'> & {
  zoneIds: string[];
  chime: boolean;
};

/** Rungs after which a zone gets no further receipt. */
export const FINAL_RUNGS: readonly Rung[] = ['ended', 'failed', 'preempted', 'stopped', 'simulated'];

interface BroadcastRow {
  id: string;
  class: Broadcast['class'];
  source: string;
  title: string;
  zone_ids: string;
  repeat: number;
  chime: number;
  drill: number;
  run_id: string | null;
  started_by: string;
  requested_at_ms: number;
}
interface ReceiptRow {
  seq: number;
  broadcast_id: string;
  zone_id: string;
  rung: Rung;
  reason: string | null;
  at_ms: number;
  hash: string;
}

export function insertBroadcast(db: Writable, one: StoredBroadcast): void {
  db.prepare(
    `INSERT INTO broadcast (id, class, source, title, zone_ids, repeat, chime, drill, run_id, started_by, requested_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    one.id,
    one.class,
    JSON.stringify(one.source),
    one.title,
    JSON.stringify(one.zoneIds),
    one.repeat,
    one.chime ? 1 : 0,
    one.drill ? 1 : 0,
    one.runId,
    one.startedBy,
    one.requestedAtMs,
  );
}

const contentOf = ({ hash: _hash, ...content }: ReceiptRow) => content;

/** Appends a receipt to the chain of all receipts. */
export function insertReceipt(db: Writable, broadcastId: string, receipt: Receipt): void {
  const head = db.prepare('SELECT seq, hash FROM broadcast_receipt ORDER BY seq DESC LIMIT 1').get() as
    { seq: number; hash: string } | undefined;
  const row = {
    seq: (head?.seq ?? 0) + 1,
    broadcast_id: broadcastId,
    zone_id: receipt.zoneId,
    rung: receipt.rung,
    reason: receipt.reason,
    at_ms: receipt.atMs,
  };
  db.prepare(
    `INSERT INTO broadcast_receipt (seq, broadcast_id, zone_id, rung, reason, at_ms, hash)
     VALUES (@seq, @broadcast_id, @zone_id, @rung, @reason, @at_ms, @hash)`,
  ).run({ ...row, hash: chainHash(head?.hash ?? CHAIN_START, row) });
}

/** Checks the chain of receipts: each entry that was edited, and each that is missing. */
export function verifyReceipts(db: Readable): ChainReport {
  const problems: ChainReport['problems'] = [];
  let previous = CHAIN_START;
  let expected = 1;
  let checked = 0;
  const rows = db.prepare('SELECT * FROM broadcast_receipt ORDER BY seq').iterate();
  for (const row of rows as IterableIterator<ReceiptRow>) {
    checked += 1;
    const fits = row.hash === chainHash(previous, contentOf(row));
    if (row.seq !== expected) problems.push({ chain: 'broadcast', code: 'missing', seq: expected });
    else if (!fits) problems.push({ chain: 'broadcast', code: 'edited', seq: row.seq });
    previous = row.hash;
    expected = row.seq + 1;
  }
  return { ok: problems.length === 0, checked, problems: problems.slice(0, 100) };
}

/** Newest first, from `before` (an id of this list) on. UUIDv7 ids sort by time of request. */
export function listBroadcasts(db: Readable, before: string | undefined, limit: number): Broadcast[] {
  const rows = db
    .prepare('SELECT * FROM broadcast WHERE id < ? ORDER BY id DESC LIMIT ?')
    .all(before ?? '~', limit) as BroadcastRow[];
  return rows.map((row) => withReceipts(db, row));
}

/** Zones without a final receipt, by broadcast, oldest first: also zones that never got one. */
export function unfinishedZones(db: Readable): { id: string; zoneIds: string[] }[] {
  const rows = db
    .prepare(
      `SELECT b.id AS id, json_group_array(zone.value) AS zones FROM broadcast b, json_each(b.zone_ids) AS zone
       WHERE NOT EXISTS (
         SELECT 1 FROM broadcast_receipt r WHERE r.broadcast_id = b.id AND r.zone_id = zone.value
         AND r.rung IN (${FINAL_RUNGS.map(() => '?').join(', ')}))
       GROUP BY b.id ORDER BY b.id`,
    )
    .all(...FINAL_RUNGS) as { id: string; zones: string }[];
  return rows.map(({ id, zones }) => ({ id, zoneIds: JSON.parse(zones) as string[] }));
}

/** Requested at or after a time, oldest first. */
export function recentBroadcasts(db: Readable, fromMs: number): Broadcast[] {
  const rows = db
    .prepare('SELECT * FROM broadcast WHERE requested_at_ms >= ? ORDER BY id')
    .all(fromMs) as BroadcastRow[];
  return rows.map((row) => withReceipts(db, row));
}

function withReceipts(db: Readable, row: BroadcastRow): Broadcast {
  const rows = db
    .prepare('SELECT * FROM broadcast_receipt WHERE broadcast_id = ? ORDER BY seq')
    .all(row.id) as ReceiptRow[];
  const latest = new Map<string, Receipt>();
  for (const { zone_id, rung, reason, at_ms } of rows) {
    latest.set(zone_id, { zoneId: zone_id, rung, reason, atMs: at_ms });
  }
  const zoneIds = JSON.parse(row.zone_ids) as string[];
  const receipts = zoneIds.flatMap((zoneId) => latest.get(zoneId) ?? []);
  return {
    id: row.id,
    class: row.class,
    source: JSON.parse(row.source) as Broadcast['source'],
    title: row.title,
    repeat: row.repeat,
    drill: row.drill === 1,
    runId: row.run_id,
    startedBy: row.started_by,
    requestedAtMs: row.requested_at_ms,
    endedAtMs: endOf(receipts, zoneIds.length),
    receipts,
  };
}

/** When the last zone reached its final rung; null while one has not. */
export function endOf(receipts: readonly Receipt[], zones: number): number | null {
  const final = receipts.filter(({ rung }) => FINAL_RUNGS.includes(rung));
  return final.length < zones ? null : Math.max(...final.map(({ atMs }) => atMs));
}
