import type { LocalText } from '#contract/base.ts';
import type { ChainReport } from '#contract/system.contract.ts';
import type { Plan } from '#contract/plan.ts';
import type { RunEvent } from '#domain/plan-run-types.ts';
import type { ClockMark } from '#domain/plan-clock.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { CHAIN_START, chainHash } from '#station/chain.ts';

/** What a run is, beside its events; never changes. */
export interface RunHead {
  id: string;
  /** As it was when the run started. */
  plan: Plan;
  drill: boolean;
  alarmId: string | null;
  alarmTitle: LocalText | null;
  startedAtMs: number;
}
interface HeadRow {
  id: string;
  plan_id: string;
  plan: string;
  drill: number;
  alarm_id: string | null;
  alarm_title: string | null;
  started_at_ms: number;
}
interface EventRow {
  seq: number;
  run_id: string;
  run_seq: number;
  at_ms: number;
  steady_ms: number;
  kind: string;
  step_id: string | null;
  by: string | null;
  params: string;
  hash: string;
}
const HEAD = 'SELECT id, plan_id, plan, drill, alarm_id, alarm_title, started_at_ms FROM run';
const EVENT = 'SELECT seq, run_id, run_seq, at_ms, steady_ms, kind, step_id, by, params, hash FROM run_event';

const headOf = (row: HeadRow): RunHead => ({
  id: row.id,
  plan: JSON.parse(row.plan) as Plan,
  drill: row.drill === 1,
  alarmId: row.alarm_id,
  alarmTitle: row.alarm_title === null ? null : (JSON.parse(row.alarm_title) as LocalText),
  startedAtMs: row.started_at_ms,
});
const eventOf = (row: EventRow): RunEvent =>
  ({
    seq: row.run_seq,
    atMs: row.at_ms,
    steadyMs: row.steady_ms,
    kind: row.kind,
    stepId: row.step_id,
    by: row.by,
    params: JSON.parse(row.params) as unknown,
  }) as RunEvent;

export function insertRun(db: Writable, head: RunHead): void {
  db.prepare(
    `INSERT INTO run (id, plan_id, plan, drill, alarm_id, alarm_title, started_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    head.id,
    head.plan.id,
    JSON.stringify(head.plan),
    head.drill ? 1 : 0,
    head.alarmId,
    head.alarmTitle && JSON.stringify(head.alarmTitle),
    head.startedAtMs,
  );
}

/**
 * What the chain vouches for: the event, and with a run's first event the run itself, so that the
 * plan it followed cannot be exchanged afterwards either.
 */
const chained = (row: Omit<EventRow, 'hash'>, head: HeadRow | undefined) => ({ ...row, head: head ?? null });

/** Number and hash of the newest event of the chain, or the start. */
export function chainHead(db: Readable): { seq: number; hash: string } {
  const last = db.prepare('SELECT seq, hash FROM run_event ORDER BY seq DESC LIMIT 1').get();
  return (last as { seq: number; hash: string } | undefined) ?? { seq: 0, hash: CHAIN_START };
}

/** Appends events of one run, in order, to the chain over all runs. */
export function appendEvents(db: Writable, runId: string, events: readonly RunEvent[]): void {
  let { seq, hash } = chainHead(db);
  const insert = db.prepare(
    `INSERT INTO run_event (seq, run_id, run_seq, at_ms, steady_ms, kind, step_id, by, params, hash)
     VALUES (@seq, @run_id, @run_seq, @at_ms, @steady_ms, @kind, @step_id, @by, @params, @hash)`,
  );
  for (const event of events) {
    seq += 1;
    const row = {
      seq,
      run_id: runId,
      run_seq: event.seq,
      at_ms: event.atMs,
      steady_ms: event.steadyMs,
      kind: event.kind,
      step_id: event.stepId,
      by: event.by,
      params: JSON.stringify(event.params),
    };
    const head = event.seq === 1 ? (db.prepare(`${HEAD} WHERE id = ?`).get(runId) as HeadRow) : undefined;
    hash = chainHash(hash, chained(row, head));
    insert.run({ ...row, hash });
  }
}

export function loadHead(db: Readable, id: string): RunHead | undefined {
  const row = db.prepare(`${HEAD} WHERE id = ?`).get(id) as HeadRow | undefined;
  return row && headOf(row);
}
export function loadEvents(db: Readable, runId: string): RunEvent[] {
  return (db.prepare(`${EVENT} WHERE run_id = ? ORDER BY run_seq`).all(runId) as EventRow[]).map(eventOf);
}

/** Running ones, and those that ended at `endedAfterMs` or later. */
export function loadRecent(db: Readable, endedAfterMs: number): RunHead[] {
  const rows = db
    .prepare(
      `${HEAD} WHERE NOT EXISTS (
         SELECT 1 FROM run_event WHERE run_id = run.id AND kind = 'ended' AND at_ms < ?) ORDER BY id`,
    )
    .all(endedAfterMs);
  return (rows as HeadRow[]).map(headOf);
}

/** Newest first, older than run `before` (UUIDv7: ids sort by time); null: from the newest on. */
export function pageOfRuns(db: Readable, before: string | null, limit: number): RunHead[] {
  const rows = db
    .prepare(`${HEAD} WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?`)
    .all(before, before, limit);
  return (rows as HeadRow[]).map(headOf);
}

export function loadMark(db: Readable): ClockMark | null {
  const row = db.prepare('SELECT wall_ms, steady_ms FROM steady_mark WHERE id = 1').get() as
    { wall_ms: number; steady_ms: number } | undefined;
  return row ? { wallMs: row.wall_ms, steadyMs: row.steady_ms } : null;
}
export function saveMark(db: Writable, mark: ClockMark): void {
  db.prepare(
    `INSERT INTO steady_mark (id, wall_ms, steady_ms) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET wall_ms = excluded.wall_ms, steady_ms = excluded.steady_ms`,
  ).run(mark.wallMs, mark.steadyMs);
}

/** The newest head of the chain that an audit entry of a run vouches for; null: none yet. */
function lastSeal(db: Readable): { seq: number; hash: string } | null {
  const params = db
    .prepare("SELECT params FROM audit WHERE action LIKE 'run.%' ORDER BY seq DESC LIMIT 1")
    .pluck()
    .get() as string | undefined;
  if (params === undefined) return null;
  const { chainSeq, chainHash: hash } = JSON.parse(params) as { chainSeq?: number; chainHash?: string };
  return chainSeq !== undefined && hash !== undefined ? { seq: chainSeq, hash } : null;
}

/**
 * Walks the chain over all runs: finds an edited, exchanged or missing event. Events cut off at the
 * end are missed by a chain alone; the audit, which is anchored outside of the database, notes the
 * chain's head with every action of an operator on a run.
 */
export function verifyRuns(db: Readable): ChainReport {
  const problems: ChainReport['problems'] = [];
  const report = (code: string, seq: number) => problems.push({ chain: 'event', code, seq });
  const seal = lastSeal(db);
  let previous = CHAIN_START;
  let expected = 1;
  let checked = 0;
  const head = db.prepare(`${HEAD} WHERE id = ?`);
  for (const row of db.prepare(`${EVENT} ORDER BY seq`).iterate() as IterableIterator<EventRow>) {
    checked += 1;
    const { hash, ...rest } = row;
    const own = row.run_seq === 1 ? (head.get(row.run_id) as HeadRow | undefined) : undefined;
    if (row.seq !== expected) report('missing', expected);
    else if (chainHash(previous, chained(rest, own)) !== hash) report('edited', row.seq);
    // The whole chain made anew from some entry on holds in itself.
    if (seal?.seq === row.seq && seal.hash !== hash) report('edited', row.seq);
    previous = hash;
    expected = row.seq + 1;
  }
  if (seal && seal.seq >= expected) report('cut_off', seal.seq);
  return { ok: problems.length === 0, checked, problems };
}
