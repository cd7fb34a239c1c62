import type { Priority } from '#contract/base.ts';
import type { ChainReport } from '#contract/system.contract.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { CHAIN_START, chainHash } from '#station/chain.ts';
import type { StoredEvent, Tx } from '#station/ports.ts';
import { prepared } from '#native/sqlite/prepared.ts';

interface Row {
  row_id: number;
  source: string;
  device_id: string;
  event_id: string;
  type: string;
  state: StoredEvent['state'];
  severity: Priority | null;
  occurred_at_ms: number;
  received_at_ms: number;
  committed_at_ms: number;
  seq: number | null;
  boot_id: string | null;
  drill: number;
  clock_suspect: number;
  data: string;
  hash: string;
}
const columns =
  'row_id, source, device_id, event_id, type, state, severity, occurred_at_ms, received_at_ms, committed_at_ms, seq, boot_id, drill, clock_suspect, data, hash';
type Content = [
  number,
  string,
  string,
  string,
  string,
  string,
  number | null,
  number,
  number,
  number,
  number | null,
  string | null,
  number,
  number,
  string,
];
/** What the hash covers: every column but itself, in their order, as one text: scalars in a row have only one. */
const textOf = (content: Content): string => JSON.stringify(content);
const contentOf = (row: Omit<Row, 'hash'>): Content => [
  row.row_id,
  row.source,
  row.device_id,
  row.event_id,
  row.type,
  row.state,
  row.severity,
  row.occurred_at_ms,
  row.received_at_ms,
  row.committed_at_ms,
  row.seq,
  row.boot_id,
  row.drill,
  row.clock_suspect,
  row.data,
];
const insertSql = `INSERT INTO event (${columns}) VALUES (${columns.replace(/\w+/g, '?')})
  ON CONFLICT (source, device_id, event_id) DO NOTHING`;

export type NewEvent = Omit<StoredEvent, 'rowId'> & { committedAtMs: number; clockSuspect: boolean };
export interface EventHead {
  rowId: number;
  hash: string;
}

/** Newest event's number and hash, or the start of the chain. */
export function eventHead(db: Readable): EventHead {
  const row = prepared(db, 'SELECT row_id, hash FROM event ORDER BY row_id DESC LIMIT 1').get() as
    Pick<Row, 'row_id' | 'hash'> | undefined;
  return row ? { rowId: row.row_id, hash: row.hash } : { rowId: 0, hash: CHAIN_START };
}

export type Inserted =
  | { kind: 'stored'; event: StoredEvent }
  /** The same event again: it is on record. */
  | { kind: 'repeated' }
  /** Another event under a known id: the device counts its ids anew, or two devices share a name. */
  | { kind: 'reused' };

/** Whether the event on record under these ids says the same. */
function isSame(db: Readable, event: NewEvent, data: string): boolean {
  const known = prepared(
    db,
    'SELECT type, state, occurred_at_ms, data FROM event WHERE source = ? AND device_id = ? AND event_id = ?',
  ).get(event.source, event.deviceId, event.eventId) as Row;
  return (
    known.type === event.type &&
    known.state === event.state &&
    known.occurred_at_ms === event.occurredAtMs &&
    known.data === data
  );
}

const heads = new WeakMap<Tx, EventHead>();
/**
 * From here on the head of the chain is remembered for this transaction instead of being read for each event. Only for
 * a transaction of which no part is rolled back by itself.
 */
export function rememberHead(tx: Tx): void {
  heads.set(tx, eventHead(tx.db));
}

/** Appends an event to the chain, unless it is there already. */
export function insertEvent(tx: Tx, event: NewEvent): Inserted {
  const { db } = tx;
  const remembered = heads.get(tx);
  const head = remembered ?? eventHead(db);
  const data = JSON.stringify(event.data);
  const content: Content = [
    head.rowId + 1,
    event.source,
    event.deviceId,
    event.eventId,
    event.type,
    event.state,
    event.severity,
    event.occurredAtMs,
    event.receivedAtMs,
    event.committedAtMs,
    event.seq,
    event.bootId,
    event.drill ? 1 : 0,
    event.clockSuspect ? 1 : 0,
    data,
  ];
  const hash = chainHash(head.hash, textOf(content));
  const { changes } = prepared(db, insertSql).run(...content, hash);
  if (changes === 0) return { kind: isSame(db, event, data) ? 'repeated' : 'reused' };
  if (remembered) heads.set(tx, { rowId: head.rowId + 1, hash });
  const { committedAtMs: _committed, clockSuspect: _suspect, ...rest } = event;
  return { kind: 'stored', event: { rowId: head.rowId + 1, ...rest } };
}

/**
 * Walks the chain of events.
 * @param seal the newest head that the audit has noted: entries cut off at the end are missed by a chain alone
 */
export function verifyEvents(db: Readable, seal: EventHead | null): ChainReport {
  const problems: ChainReport['problems'] = [];
  const report = (code: string, seq: number) => {
    if (problems.length < 100) problems.push({ chain: 'event', code, seq });
  };
  let previous = CHAIN_START;
  let expected = 1;
  let checked = 0;
  const rows = db.prepare(`SELECT ${columns} FROM event ORDER BY row_id`).iterate();
  for (const { hash, ...rest } of rows as IterableIterator<Row>) {
    checked += 1;
    if (rest.row_id !== expected) report('missing', expected);
    else if (chainHash(previous, textOf(contentOf(rest))) !== hash) report('edited', rest.row_id);
    if (seal?.rowId === rest.row_id && seal.hash !== hash) report('edited', rest.row_id);
    previous = hash;
    expected = rest.row_id + 1;
  }
  if (seal && seal.rowId >= expected) report('cut_off', seal.rowId);
  return { ok: problems.length === 0, checked, problems };
}
