import { tourRouteBody, type TourMark, type TourRouteBody } from '#contract/tours.contract.ts';
import type { ChainReport } from '#contract/system.contract.ts';
import type { JsonObject } from '#contract/base.ts';
import type { TourKind, TourRecord } from '#domain/tour.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { CHAIN_START, chainHash } from '#station/chain.ts';

export interface StoredRoute {
  id: string;
  body: TourRouteBody;
  /** When it is due next, as it was last worked out: what a restart goes by. */
  nextAtMs: number | null;
}
export interface StoredRun {
  id: string;
  routeId: string;
  /** The route as it was. */
  route: TourRouteBody;
  dueAtMs: number;
}

export function loadRoutes(db: Readable): StoredRoute[] {
  const rows = db
    .prepare('SELECT id, body, next_at_ms FROM tour_route WHERE removed_at_ms IS NULL ORDER BY id')
    .all() as { id: string; body: string; next_at_ms: number | null }[];
  return rows.map(({ id, body, next_at_ms }) => ({
    id,
    body: tourRouteBody.parse(JSON.parse(body)),
    nextAtMs: next_at_ms,
  }));
}
export function saveRoute(
  db: Writable,
  { id, body, nextAtMs }: StoredRoute,
  by: string,
  nowMs: number,
): void {
  db.prepare(
    `INSERT INTO tour_route (id, body, next_at_ms, changed_by, changed_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET body = excluded.body, next_at_ms = excluded.next_at_ms,
       changed_by = excluded.changed_by, changed_at_ms = excluded.changed_at_ms`,
  ).run(id, JSON.stringify(body), nextAtMs, by, nowMs);
}
export function setNext(db: Writable, id: string, nextAtMs: number | null): void {
  db.prepare('UPDATE tour_route SET next_at_ms = ? WHERE id = ?').run(nextAtMs, id);
}
/** Kept for the runs that name it. */
export function removeRoute(db: Writable, id: string, nowMs: number): void {
  db.prepare('UPDATE tour_route SET removed_at_ms = ? WHERE id = ?').run(nowMs, id);
}

/** @returns false when the route has a run for that time already (the clock was set back) */
export function insertRun(db: Writable, run: StoredRun, nowMs: number): boolean {
  const { changes } = db
    .prepare(
      'INSERT OR IGNORE INTO tour_run (id, route_id, route, due_at_ms, opened_at_ms) VALUES (?, ?, ?, ?, ?)',
    )
    .run(run.id, run.routeId, JSON.stringify(run.route), run.dueAtMs, nowMs);
  return changes === 1;
}

interface RecordRow {
  seq: number;
  run_id: string;
  kind: TourKind;
  camera_id: string | null;
  by: string | null;
  by_id: string | null;
  at_ms: number;
  params: string;
  hash: string;
}
const toRecord = (row: RecordRow): TourRecord => ({
  seq: row.seq,
  kind: row.kind,
  cameraId: row.camera_id,
  by: row.by,
  atMs: row.at_ms,
  params: JSON.parse(row.params) as JsonObject,
});
export interface NewRecord {
  runId: string;
  kind: TourKind;
  cameraId: string | null;
  by: { id: string | null; name: string } | null;
  atMs: number;
  params: JsonObject;
}

/** Appends to the chain of all records of all runs. */
export function insertRecord(db: Writable, record: NewRecord): TourRecord {
  const head = db.prepare('SELECT seq, hash FROM tour_record ORDER BY seq DESC LIMIT 1').get() as
    { seq: number; hash: string } | undefined;
  const row = {
    seq: (head?.seq ?? 0) + 1,
    run_id: record.runId,
    kind: record.kind,
    camera_id: record.cameraId,
    by: record.by?.name ?? null,
    by_id: record.by?.id ?? null,
    at_ms: record.atMs,
    params: JSON.stringify(record.params),
  };
  const hash = chainHash(head?.hash ?? CHAIN_START, row);
  db.prepare(
    `INSERT INTO tour_record (seq, run_id, kind, camera_id, by, by_id, at_ms, params, hash)
     VALUES (@seq, @run_id, @kind, @camera_id, @by, @by_id, @at_ms, @params, @hash)`,
  ).run({ ...row, hash });
  return toRecord({ ...row, hash });
}

/** Checks the chain of records: each entry that was edited, and each that is missing. */
export function verifyTours(db: Readable): ChainReport {
  const problems: ChainReport['problems'] = [];
  let previous = CHAIN_START;
  let expected = 1;
  let checked = 0;
  const rows = db.prepare('SELECT * FROM tour_record ORDER BY seq').iterate();
  for (const row of rows as IterableIterator<RecordRow>) {
    checked += 1;
    const { hash, ...content } = row;
    if (row.seq !== expected) problems.push({ chain: 'tour', code: 'missing', seq: expected });
    else if (hash !== chainHash(previous, content))
      problems.push({ chain: 'tour', code: 'edited', seq: row.seq });
    previous = hash;
    expected = row.seq + 1;
  }
  return { ok: problems.length === 0, checked, problems: problems.slice(0, 100) };
}

export function recordsOf(db: Readable, runId: string): TourRecord[] {
  const rows = db.prepare('SELECT * FROM tour_record WHERE run_id = ? ORDER BY seq').all(runId);
  return (rows as RecordRow[]).map(toRecord);
}
export function recordAt(db: Readable, seq: number): (TourRecord & { runId: string }) | undefined {
  const row = db.prepare('SELECT * FROM tour_record WHERE seq = ?').get(seq) as RecordRow | undefined;
  return row && { ...toRecord(row), runId: row.run_id };
}

/** Confirmations of before a time whose pictures are there, after a record, oldest first. */
export function picturesBefore(
  db: Readable,
  beforeMs: number,
  afterSeq: number,
  limit: number,
): (TourRecord & { runId: string })[] {
  const rows = db
    .prepare(
      `SELECT * FROM tour_record e WHERE seq > ? AND kind = 'confirmed' AND at_ms < ?
         AND params ->> '$.picture.file' IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM tour_record r WHERE r.run_id = e.run_id AND r.kind = 'picture_removed'
             AND r.params ->> '$.of' = e.seq) ORDER BY seq LIMIT ?`,
    )
    .all(afterSeq, beforeMs, limit) as RecordRow[];
  return rows.map((row) => ({ ...toRecord(row), runId: row.run_id }));
}
export function isPictureRemoved(db: Readable, seq: number): boolean {
  const found = db
    .prepare(
      `SELECT 1 FROM tour_record r WHERE kind = 'picture_removed' AND params ->> '$.of' = ?
         AND run_id = (SELECT run_id FROM tour_record WHERE seq = ?)`,
    )
    .get(seq, seq);
  return found !== undefined;
}
export function hasRoutes(db: Readable): boolean {
  return db.prepare('SELECT 1 FROM tour_route LIMIT 1').get() !== undefined;
}

export interface MarkQuery {
  cameraIds: readonly string[];
  fromMs: number;
  toMs: number;
}
/** What runs said of some cameras in a time, oldest first; at most 2,000. */
export function marksOf(db: Readable, { cameraIds, fromMs, toMs }: MarkQuery): TourMark[] {
  const rows = db
    .prepare(
      `SELECT seq, run_id, kind, camera_id, at_ms, e.by, params ->> '$.reason' reason, route -> '$.name' name
       FROM tour_record e JOIN tour_run r ON r.id = run_id
       WHERE camera_id IN (SELECT value FROM json_each(?)) AND at_ms >= ? AND at_ms < ?
         AND kind IN ('confirmed', 'skipped', 'unconfirmed', 'reported') ORDER BY at_ms, seq LIMIT 2000`,
    )
    .all(JSON.stringify(cameraIds), fromMs, toMs) as (Pick<TourMark, 'seq' | 'kind' | 'by' | 'reason'> & {
    run_id: string;
    camera_id: string;
    at_ms: number;
    name: string;
  })[];
  return rows.map(({ run_id, camera_id, at_ms, name, ...row }) => ({
    ...row,
    ...{ runId: run_id, cameraId: camera_id, atMs: at_ms },
    name: JSON.parse(name) as TourMark['name'],
  }));
}

interface RunRow {
  id: string;
  route_id: string;
  route: string;
  due_at_ms: number;
}
const toRun = (row: RunRow): StoredRun => ({
  id: row.id,
  routeId: row.route_id,
  route: tourRouteBody.parse(JSON.parse(row.route)),
  dueAtMs: row.due_at_ms,
});
/** Runs due in a time, oldest first; at most 2,000. */
export function runsBetween(db: Readable, fromMs: number, toMs: number): StoredRun[] {
  const rows = db
    .prepare(
      'SELECT * FROM tour_run WHERE due_at_ms >= ? AND due_at_ms < ? ORDER BY due_at_ms, id LIMIT 2000',
    )
    .all(fromMs, toMs);
  return (rows as RunRow[]).map(toRun);
}
/** Runs without an end, oldest first. */
export function openRuns(db: Readable): StoredRun[] {
  const rows = db
    .prepare(
      `SELECT * FROM tour_run r WHERE NOT EXISTS (
         SELECT 1 FROM tour_record e WHERE e.run_id = r.id AND e.kind IN ('finished', 'missed')) ORDER BY due_at_ms`,
    )
    .all();
  return (rows as RunRow[]).map(toRun);
}
