import type { AlarmLogEntry } from '#contract/alarms.contract.ts';
import type { JsonObject } from '#contract/base.ts';
import type { ChainReport } from '#contract/system.contract.ts';
import type { AlarmLogItem } from '#domain/alarm-condition.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { CHAIN_START, chainHash } from '#station/chain.ts';

interface LogRow {
  seq: number;
  alarm_id: string;
  at_ms: number;
  kind: string;
  by: string | null;
  params: string;
  hash: string;
}
const COLUMNS = 'seq, alarm_id, at_ms, kind, by, params, hash';

export type LogHead = Pick<LogRow, 'seq' | 'hash'>;
/** Newest entry's number and hash, or the start of the chain. */
export function logHead(db: Readable): LogHead {
  const head = prepared(db, 'SELECT seq, hash FROM alarm_log ORDER BY seq DESC LIMIT 1').get();
  return (head as LogHead | undefined) ?? { seq: 0, hash: CHAIN_START };
}

/** Appends to the handling record: one chain over all alarms, never changed (GB 55029 3.5.1(7)). */
export function appendLog(db: Writable, alarmId: string, items: readonly AlarmLogItem[]): void {
  if (items.length === 0) return;
  let { seq, hash } = logHead(db);
  const insert = prepared(
    db,
    `INSERT INTO alarm_log (${COLUMNS}) VALUES (@${COLUMNS.replaceAll(', ', ', @')})`,
  );
  for (const item of items) {
    seq += 1;
    const row: Omit<LogRow, 'hash'> = {
      seq,
      alarm_id: alarmId,
      at_ms: item.atMs,
      kind: item.kind,
      by: item.by,
      params: JSON.stringify(item.params),
    };
    hash = chainHash(hash, row);
    insert.run({ ...row, hash });
  }
}

/** Of a detector that chatters so many repeats are shown, the newest; all of them are in the records. */
const REPEATS_SHOWN = 200;
/** The handling record of one alarm, in order. */
export function logOf(db: Readable, alarmId: string): AlarmLogEntry[] {
  const rows = prepared(
    db,
    `SELECT ${COLUMNS} FROM alarm_log WHERE alarm_id = ? AND (kind <> 'repeated' OR seq IN
       (SELECT seq FROM alarm_log WHERE alarm_id = ? AND kind = 'repeated' ORDER BY seq DESC LIMIT ${REPEATS_SHOWN}))
     ORDER BY seq`,
  ).all(alarmId, alarmId);
  return (rows as LogRow[]).map((row) => ({
    id: String(row.seq),
    atMs: row.at_ms,
    kind: row.kind,
    by: row.by,
    params: JSON.parse(row.params) as JsonObject,
  }));
}

/**
 * Walks the chain of handling records: finds an edited, missing or cut-off entry.
 * @param seal the newest head that the audit has noted
 */
export function verifyAlarmLog(db: Readable, seal: LogHead | null): ChainReport {
  const problems: ChainReport['problems'] = [];
  const report = (code: string, seq: number) => {
    if (problems.length < 100) problems.push({ chain: 'alarm', code, seq });
  };
  let previous = CHAIN_START;
  let expected = 1;
  let checked = 0;
  const rows = db.prepare(`SELECT ${COLUMNS} FROM alarm_log ORDER BY seq`).iterate();
  for (const { hash, ...rest } of rows as IterableIterator<LogRow>) {
    checked += 1;
    if (rest.seq !== expected) report('missing', expected);
    else if (chainHash(previous, rest) !== hash) report('edited', rest.seq);
    if (seal?.seq === rest.seq && seal.hash !== hash) report('edited', rest.seq);
    previous = hash;
    expected = rest.seq + 1;
  }
  if (seal && seal.seq >= expected) report('cut_off', seal.seq);
  return { ok: problems.length === 0, checked, problems };
}

export interface AlarmFigures {
  meanAcknowledgeMs: number | null;
  raisedLastTenMinutes: number;
  raisedToday: number;
}
const HOUR_MS = 3_600_000;
/** Figures of real alarms; drills are not counted. @param dayStartMs midnight in the park's zone */
export function figuresOf(db: Readable, nowMs: number, dayStartMs: number): AlarmFigures {
  const mean = prepared(
    db,
    `SELECT avg(acknowledged_at_ms - newest_raise_ms) mean FROM (
       SELECT acknowledged_at_ms, (SELECT max(at_ms) FROM alarm_log
         WHERE alarm_id = alarm.id AND kind = 'raised' AND at_ms <= acknowledged_at_ms) newest_raise_ms
       FROM alarm WHERE acknowledged_at_ms >= ? AND drill = 0)`,
  ).get(nowMs - 12 * HOUR_MS) as { mean: number | null };
  const raised = prepared(
    db,
    `SELECT count(*) n FROM alarm_log JOIN alarm ON alarm.id = alarm_id
     WHERE alarm_log.kind = 'raised' AND at_ms >= ? AND alarm.drill = 0`,
  );
  const since = (fromMs: number) => (raised.get(fromMs) as { n: number }).n;
  return {
    meanAcknowledgeMs: mean.mean,
    raisedLastTenMinutes: since(nowMs - HOUR_MS / 6),
    raisedToday: since(dayStartMs),
  };
}
