import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { overlaps } from '#domain/recording-spans.ts';
import type { Span } from '#domain/recording-types.ts';

/**
 * The time around an alarm at a camera. One row goes on while alarms follow each other, so a camera that alarms all
 * night is one span and not a thousand.
 */
export function addAlarmSpan(db: Writable, cameraId: string, { fromMs, toMs }: Span): void {
  const last = prepared(
    db,
    `SELECT id FROM recording_alarm_span WHERE camera_id = ? AND to_ms >= ? AND from_ms <= ? ORDER BY to_ms DESC LIMIT 1`,
  ).get(cameraId, fromMs, toMs) as { id: number } | undefined;
  if (last)
    prepared(
      db,
      'UPDATE recording_alarm_span SET from_ms = min(from_ms, ?), to_ms = max(to_ms, ?) WHERE id = ?',
    ).run(fromMs, toMs, last.id);
  else
    prepared(db, 'INSERT INTO recording_alarm_span (camera_id, from_ms, to_ms) VALUES (?, ?, ?)').run(
      ...[cameraId, fromMs, toMs],
    );
}

/** Those of a camera that ended after a time, oldest first. */
export const alarmSpansSince = (db: Readable, cameraId: string, sinceMs: number): Span[] =>
  prepared(
    db,
    'SELECT from_ms AS fromMs, to_ms AS toMs FROM recording_alarm_span WHERE camera_id = ? AND to_ms > ? ORDER BY to_ms',
  ).all(cameraId, sinceMs) as Span[];

/** Nothing is kept because of them any more. */
export function forgetAlarmSpans(db: Writable, cameraId: string, untilMs: number): void {
  prepared(db, 'DELETE FROM recording_alarm_span WHERE camera_id = ? AND to_ms <= ?').run(cameraId, untilMs);
}

/** Whether a file has a part of the time around an alarm; spans sorted, and none touching another. */
export function touchesAlarm(file: Span, spans: readonly Span[]): boolean {
  // the first one that ends after the file begins: earlier ones cannot touch it
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as Span).toMs > file.fromMs) high = middle;
    else low = middle + 1;
  }
  const next = spans[low];
  return next !== undefined && overlaps(file, next);
}
