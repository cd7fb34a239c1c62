import type { JsonObject } from '#contract/base.ts';
import type { Readable } from '#native/sqlite/types.ts';
import type { StoredEvent } from '#station/ports.ts';

export type ScanEvent = Pick<
  StoredEvent,
  'source' | 'eventId' | 'deviceId' | 'type' | 'drill' | 'occurredAtMs' | 'receivedAtMs' | 'data'
>;

/** Checkpoint scans received since a moment, in the order of their recording. Bounded by the index on time. */
export function loadScanEvents(db: Readable, sinceMs: number): ScanEvent[] {
  const rows = db
    .prepare(
      `SELECT source, event_id, device_id, type, drill, occurred_at_ms, received_at_ms, data FROM event
       WHERE received_at_ms >= ? AND type = 'patrol.scan' ORDER BY row_id`,
    )
    .all(sinceMs) as {
    source: string;
    event_id: string;
    device_id: string;
    type: string;
    drill: number;
    occurred_at_ms: number;
    received_at_ms: number;
    data: string;
  }[];
  return rows.map((row) => ({
    source: row.source,
    eventId: row.event_id,
    deviceId: row.device_id,
    type: row.type,
    drill: row.drill === 1,
    occurredAtMs: row.occurred_at_ms,
    receivedAtMs: row.received_at_ms,
    data: JSON.parse(row.data) as JsonObject,
  }));
}
