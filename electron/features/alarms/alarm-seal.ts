import type { Readable } from '#native/sqlite/types.ts';
import { STATION_ACTOR, type StationPorts } from '#station/ports.ts';
import { logHead, type LogHead } from './alarm-log.store.ts';

const ACTION = 'records.seal';
const TARGET = 'alarm';

/** The newest head of the handling record that the audit has noted; null before the first. */
export function lastSeal(db: Readable): LogHead | null {
  const row = db
    .prepare('SELECT params FROM audit WHERE action = ? AND target = ? ORDER BY seq DESC LIMIT 1')
    .get(ACTION, TARGET) as { params: string } | undefined;
  return row ? (JSON.parse(row.params) as LogHead) : null;
}

/**
 * Notes the newest handling record in the audit, whose own head is anchored outside of the database:
 * entries that are cut off at the end are then missed. Does nothing when there is nothing new.
 */
export function sealAlarmLog({ db, write, audit }: Pick<StationPorts, 'db' | 'write' | 'audit'>): void {
  const { seq, hash } = logHead(db);
  if (seq === (lastSeal(db)?.seq ?? 0)) return;
  write((tx) => audit.append(tx, STATION_ACTOR, ACTION, TARGET, { seq, hash }));
}
