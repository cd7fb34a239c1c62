import type { Readable } from '#native/sqlite/types.ts';
import { STATION_ACTOR, type StationPorts } from '#station/ports.ts';
import { eventHead, type EventHead } from './events.store.ts';

const ACTION = 'records.seal';
const TARGET = 'event';

/** The newest head of the events that the audit has noted; null before the first. */
export function lastSeal(db: Readable): EventHead | null {
  const row = db
    .prepare('SELECT params FROM audit WHERE action = ? AND target = ? ORDER BY seq DESC LIMIT 1')
    .get(ACTION, TARGET) as { params: string } | undefined;
  return row ? (JSON.parse(row.params) as EventHead) : null;
}

/**
 * Notes the newest event in the audit, whose own head is anchored outside of the database: events that are cut off at
 * the end are then missed. Does nothing when there is nothing new.
 */
export function sealEvents(ports: Pick<StationPorts, 'db' | 'write' | 'audit'>): void {
  const head = eventHead(ports.db);
  if (head.rowId === (lastSeal(ports.db)?.rowId ?? 0)) return;
  ports.write((tx) =>
    ports.audit.append(tx, STATION_ACTOR, ACTION, TARGET, { rowId: head.rowId, hash: head.hash }),
  );
}
