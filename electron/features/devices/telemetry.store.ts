import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

/** Number of a device's point in the history, made on first use. */
export function seriesOf(db: Writable, deviceId: string, key: string): number {
  const found = findSeries(db, deviceId, key);
  if (found !== null) return found;
  const made = prepared(db, 'INSERT INTO telemetry_series (device_id, key) VALUES (?, ?)').run(deviceId, key);
  return Number(made.lastInsertRowid);
}
function findSeries(db: Readable, deviceId: string, key: string): number | null {
  const row = prepared(db, 'SELECT id FROM telemetry_series WHERE device_id = ? AND key = ?').get(
    deviceId,
    key,
  ) as { id: number } | undefined;
  return row?.id ?? null;
}

/** One measured value; a second one of the same millisecond replaces the first. */
export function addPoint(db: Writable, seriesId: number, atMs: number, value: number): void {
  prepared(db, 'INSERT OR REPLACE INTO telemetry (series_id, at_ms, value) VALUES (?, ?, ?)').run(
    seriesId,
    atMs,
    value,
  );
}

export interface HistoryArgs {
  deviceId: string;
  key: string;
  fromMs: number;
  toMs: number;
  maxPoints: number;
}
export interface HistoryPoint {
  atMs: number;
  /** Mean of what was measured in this part of the time; null: a hole, so that a plot draws no line over it. */
  value: number | null;
  min: number | null;
  max: number | null;
}
/** Silence longer than this and than three parts of the plot is a hole. */
const HOLE_MS = 15 * 60_000;

/** Read query `devices.history`: values of one point from `fromMs` to before `toMs`, in at most `maxPoints` parts plus holes. */
export function readHistory(
  db: Readable,
  { deviceId, key, fromMs, toMs, maxPoints }: HistoryArgs,
): HistoryPoint[] {
  const seriesId = findSeries(db, deviceId, key);
  if (seriesId === null || toMs <= fromMs) return [];
  const partMs = Math.max(1, Math.ceil((toMs - fromMs) / maxPoints));
  // Numbers are bound as floating point; a part's number must be whole.
  const rows = prepared(
    db,
    `SELECT CAST(avg(at_ms) AS INTEGER) atMs, avg(value) value, min(value) min, max(value) max,
       min(at_ms) firstMs, max(at_ms) lastMs
     FROM telemetry WHERE series_id = ? AND at_ms >= ? AND at_ms < ? GROUP BY (at_ms - CAST(? AS INTEGER)) / CAST(? AS INTEGER) ORDER BY 1`,
  ).all(seriesId, fromMs, toMs, fromMs, partMs) as (HistoryPoint & { firstMs: number; lastMs: number })[];
  const holeMs = Math.max(HOLE_MS, 3 * partMs);
  const points: HistoryPoint[] = [];
  let lastMs: number | null = null;
  for (const { firstMs, lastMs: endMs, ...point } of rows) {
    if (lastMs !== null && firstMs - lastMs > holeMs)
      points.push({ atMs: Math.round((lastMs + firstMs) / 2), value: null, min: null, max: null });
    points.push(point);
    lastMs = endMs;
  }
  return points;
}

/**
 * Deletes history older than `beforeMs`, at most about `maxRows` rows, oldest series first.
 * @returns rows deleted; less than `maxRows` means that nothing old is left
 */
export function pruneTelemetry(db: Writable, beforeMs: number, maxRows: number): number {
  let deleted = 0;
  for (const { id } of db.prepare('SELECT id FROM telemetry_series ORDER BY id').all() as { id: number }[]) {
    const left = maxRows - deleted;
    if (left <= 0) break;
    deleted += prepared(
      db,
      `DELETE FROM telemetry WHERE series_id = ? AND at_ms IN
         (SELECT at_ms FROM telemetry WHERE series_id = ? AND at_ms < ? ORDER BY at_ms LIMIT ?)`,
    ).run(id, id, beforeMs, left).changes;
  }
  return deleted;
}
