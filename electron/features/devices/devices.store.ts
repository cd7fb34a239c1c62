import type { Scalar } from '#contract/park-messages.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import type { Availability } from './availability.ts';

export interface StoredState extends Availability {
  lastSeenAtMs: number | null;
  /** The alarm `device.offline` was raised and not yet cleared. */
  offlineAlarm: boolean;
}
interface StateRow {
  device_id: string;
  availability: Availability['availability'];
  reason: Availability['reason'];
  changed_at_ms: number | null;
  last_seen_at_ms: number | null;
  session_id: string | null;
  offline_alarm: number;
}
const fromRow = (row: StateRow): StoredState => ({
  availability: row.availability,
  reason: row.reason,
  changedAtMs: row.changed_at_ms,
  lastSeenAtMs: row.last_seen_at_ms,
  sessionId: row.session_id,
  offlineAlarm: row.offline_alarm === 1,
});
const SELECT =
  'SELECT device_id, availability, reason, changed_at_ms, last_seen_at_ms, session_id, offline_alarm FROM device_state';

export function findState(db: Readable, deviceId: string): StoredState | undefined {
  const row = prepared(db, `${SELECT} WHERE device_id = ?`).get(deviceId) as StateRow | undefined;
  return row && fromRow(row);
}
export function allStates(db: Readable): Map<string, StoredState> {
  return new Map((db.prepare(SELECT).all() as StateRow[]).map((row) => [row.device_id, fromRow(row)]));
}
export function saveState(db: Writable, deviceId: string, state: StoredState): void {
  prepared(
    db,
    `INSERT INTO device_state (device_id, availability, reason, changed_at_ms, last_seen_at_ms, session_id, offline_alarm)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (device_id) DO UPDATE SET availability = excluded.availability, reason = excluded.reason,
       changed_at_ms = excluded.changed_at_ms, last_seen_at_ms = excluded.last_seen_at_ms,
       session_id = excluded.session_id, offline_alarm = excluded.offline_alarm`,
  ).run(
    deviceId,
    state.availability,
    state.reason,
    state.changedAtMs,
    state.lastSeenAtMs,
    state.sessionId,
    Number(state.offlineAlarm),
  );
}
export function removeState(db: Writable, deviceId: string): void {
  db.prepare('DELETE FROM device_state WHERE device_id = ?').run(deviceId);
  db.prepare('DELETE FROM device_value WHERE device_id = ?').run(deviceId);
}

export interface LastValue {
  value: Scalar;
  atMs: number;
}
/** Keeps the newest value of a point: one that comes late does not replace it. */
export function saveValue(db: Writable, deviceId: string, key: string, { value, atMs }: LastValue): void {
  prepared(
    db,
    `INSERT INTO device_value (device_id, key, value, at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (device_id, key) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms
     WHERE excluded.at_ms >= device_value.at_ms`,
  ).run(deviceId, key, JSON.stringify(value), atMs);
}
/** Last values of all devices: device, key, value. */
export function allValues(db: Readable): { deviceId: string; key: string; last: LastValue }[] {
  const rows = db.prepare('SELECT device_id, key, value, at_ms FROM device_value').all() as {
    device_id: string;
    key: string;
    value: string;
    at_ms: number;
  }[];
  return rows.map((row) => ({
    deviceId: row.device_id,
    key: row.key,
    last: { value: JSON.parse(row.value) as Scalar, atMs: row.at_ms },
  }));
}
