import type { AlarmKey, AlarmTrack } from '#domain/alarm-condition.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { fromRow, toRow, type AlarmRow, type StoredAlarm } from './alarm-row.ts';

const COLUMNS: readonly (keyof AlarmRow)[] = [
  'id', 'device_id', 'type', 'drill', 'category', 'priority', 'active', 'acknowledged', 'workflow', 'count',
  'annunciation', 'backlog', 'first_occurred_at_ms', 'newest_occurred_at_ms', 'newest_received_at_ms',
  'newest_boot_id', 'newest_seq', 'received_at_ms', 'cleared_at_ms', 'acknowledged_at_ms', 'acknowledged_by',
  'closed_at_ms', 'closed_by', 'disposition', 'data', 'comment_count', 'last_comment', 'run_id', 'place_id', 'context',
]; // prettier-ignore
const SELECT = `SELECT ${COLUMNS.join(', ')} FROM alarm`;
const INSERT = `INSERT INTO alarm (${COLUMNS.join(', ')}) VALUES (@${COLUMNS.join(', @')})`;

/**
 * Writes the present state of an alarm: what has changed of it, so that indexes of what has not are
 * left alone (a chattering detector changes little, often). Fails on a second open one of the same
 * device, type and drill.
 * @param before as it is in the database; null for a new one
 */
export function saveAlarm(db: Writable, before: StoredAlarm | null, alarm: StoredAlarm): void {
  const row = toRow(alarm);
  if (before === null) {
    prepared(db, INSERT).run(row);
    return;
  }
  const old = toRow(before);
  const changed = COLUMNS.filter((name) => row[name] !== old[name]);
  if (changed.length === 0) return;
  const set = changed.map((name) => `${name} = ?`).join(', ');
  prepared(db, `UPDATE alarm SET ${set} WHERE id = ?`).run(...changed.map((name) => row[name]), row.id);
}

export function findAlarm(db: Readable, id: string): StoredAlarm | undefined {
  const row = prepared(db, `${SELECT} WHERE id = ?`).get(id) as AlarmRow | undefined;
  return row && fromRow(row);
}

/** All that are not closed, oldest first. */
export function openAlarms(db: Readable): StoredAlarm[] {
  return (db.prepare(`${SELECT} WHERE closed_at_ms IS NULL ORDER BY id`).all() as AlarmRow[]).map(fromRow);
}

interface TrackRow {
  alarm_id: string | null;
  clear_occurred_at_ms: number | null;
  clear_received_at_ms: number | null;
  clear_boot_id: string | null;
  clear_seq: number | null;
}
export type StoredTrack = Omit<AlarmTrack, 'alarm'> & { alarm: StoredAlarm | null };

/** The latest alarm of a key, open or closed, and the newest clear. */
export function findTrack(db: Readable, key: AlarmKey): StoredTrack {
  const row = prepared(
    db,
    `SELECT alarm_id, clear_occurred_at_ms, clear_received_at_ms, clear_boot_id, clear_seq
     FROM alarm_track WHERE device_id = ? AND type = ? AND drill = ?`,
  ).get(key.deviceId, key.type, Number(key.drill)) as TrackRow | undefined;
  if (!row) return { alarm: null, lastClear: null };
  return {
    alarm: row.alarm_id === null ? null : (findAlarm(db, row.alarm_id) ?? null),
    lastClear:
      row.clear_occurred_at_ms === null || row.clear_received_at_ms === null
        ? null
        : {
            occurredAtMs: row.clear_occurred_at_ms,
            receivedAtMs: row.clear_received_at_ms,
            bootId: row.clear_boot_id,
            seq: row.clear_seq,
          },
  };
}

export function saveTrack(
  db: Writable,
  key: AlarmKey,
  alarmId: string | null,
  lastClear: AlarmTrack['lastClear'],
): void {
  prepared(
    db,
    `INSERT INTO alarm_track (device_id, type, drill, alarm_id, clear_occurred_at_ms, clear_received_at_ms, clear_boot_id, clear_seq)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (device_id, type, drill) DO UPDATE SET alarm_id = excluded.alarm_id,
       clear_occurred_at_ms = excluded.clear_occurred_at_ms, clear_received_at_ms = excluded.clear_received_at_ms,
       clear_boot_id = excluded.clear_boot_id, clear_seq = excluded.clear_seq`,
  ).run(
    key.deviceId,
    key.type,
    Number(key.drill),
    alarmId,
    lastClear?.occurredAtMs ?? null,
    lastClear?.receivedAtMs ?? null,
    lastClear?.bootId ?? null,
    lastClear?.seq ?? null,
  );
}

/** Keeps which recorded events made up an alarm. */
export function addOccurrence(db: Writable, alarmId: string, eventRow: number): void {
  prepared(db, 'INSERT OR IGNORE INTO alarm_occurrence (alarm_id, event_row) VALUES (?, ?)').run(
    alarmId,
    eventRow,
  );
}

export interface AlarmFilter {
  /** Only older than this alarm (UUIDv7: ids sort by the time they were made). */
  before: string | null;
  limit: number;
  /** Both ends included. */
  fromMs?: number;
  toMs?: number;
  deviceId?: string;
  priority?: number;
  open?: boolean;
}
/** Newest first. Times are of receipt, the order that no device's clock can disturb. */
export function pageOfAlarms(db: Readable, filter: AlarmFilter): StoredAlarm[] {
  const where: string[] = [];
  const args: (string | number)[] = [];
  const add = (clause: string, value: string | number | null | undefined) => {
    if (value === null || value === undefined) return;
    where.push(clause);
    args.push(value);
  };
  add('id < ?', filter.before);
  add('received_at_ms >= ?', filter.fromMs);
  add('received_at_ms <= ?', filter.toMs);
  add('device_id = ?', filter.deviceId);
  add('priority = ?', filter.priority);
  if (filter.open !== undefined) where.push(`closed_at_ms IS ${filter.open ? 'NULL' : 'NOT NULL'}`);
  const clause = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  const rows = prepared(db, `${SELECT}${clause} ORDER BY id DESC LIMIT ?`).all(...args, filter.limit);
  return (rows as AlarmRow[]).map(fromRow);
}
