import type { Writable } from '#native/sqlite/types.ts';
import { stepSequence, type Gap } from './sequence.ts';
import { prepared } from '#native/sqlite/prepared.ts';

export interface ConfirmedGap extends Gap {
  deviceId: string;
  bootId: string;
  noticedAtMs: number;
}

/** Boots of a device that said nothing for so long are forgotten when it starts anew. */
const FORGET_MS = 31 * 24 * 3_600_000;

interface GapRow {
  from_seq: number;
  to_seq: number;
  noticed_at_ms: number;
}
/** A gap with the time when it was noticed: splitting it does not make it younger. */
type NoticedGap = Gap & { noticedAtMs: number };

/**
 * A device that started again without saying so, or whose boot was forgotten, may lose the number once more at which a
 * gap is still open: the two are one line, with the longer of both. The message that shows it must never fail for it.
 */
function insertGap(db: Writable, deviceId: string, bootId: string, gap: Gap, atMs: number): void {
  prepared(
    db,
    `INSERT INTO sequence_gap (device_id, boot_id, from_seq, to_seq, noticed_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (device_id, boot_id, from_seq) DO UPDATE SET to_seq = max(to_seq, excluded.to_seq)`,
  ).run(deviceId, bootId, gap.fromSeq, gap.toSeq, atMs);
}

function openGaps(db: Writable, deviceId: string, bootId: string): NoticedGap[] {
  const rows = prepared(
    db,
    'SELECT from_seq, to_seq, noticed_at_ms FROM sequence_gap WHERE device_id = ? AND boot_id = ?',
  ).all(deviceId, bootId) as GapRow[];
  return rows.map((row) => ({ fromSeq: row.from_seq, toSeq: row.to_seq, noticedAtMs: row.noticed_at_ms }));
}

/** The numbers of one batch: each device's position is read once and written once. */
export interface SequenceNotes {
  /** Notes one numbered message; opens, splits or closes gaps. */
  note(deviceId: string, boot: string | undefined, seq: number, atMs: number): void;
  /** Writes the positions. */
  flush(): void;
}
interface Position {
  deviceId: string;
  bootId: string;
  nextSeq: number | null;
  isNew: boolean;
  changedAtMs: number | undefined;
}

export function sequenceNotes(db: Writable): SequenceNotes {
  const positions = new Map<string, Position>();

  const positionOf = (deviceId: string, bootId: string): Position => {
    const key = `${deviceId}/${bootId}`;
    const kept = positions.get(key);
    if (kept) return kept;
    const row = prepared(db, 'SELECT next_seq FROM device_sequence WHERE device_id = ? AND boot_id = ?').get(
      deviceId,
      bootId,
    ) as { next_seq: number } | undefined;
    const position = {
      deviceId,
      bootId,
      nextSeq: row?.next_seq ?? null,
      isNew: !row,
      changedAtMs: undefined,
    };
    positions.set(key, position);
    return position;
  };

  return {
    note(deviceId, boot, seq, atMs) {
      const bootId = boot ?? '';
      const position = positionOf(deviceId, bootId);
      const { nextSeq } = position;
      // Gaps matter only to a number that is behind; reading them for each message would be waste.
      const gaps = nextSeq !== null && seq < nextSeq ? openGaps(db, deviceId, bootId) : [];
      const step = stepSequence(nextSeq, gaps, seq, boot !== undefined);
      if (step.opened) insertGap(db, deviceId, bootId, step.opened, atMs);
      if (step.filled) {
        const { gap, rest } = step.filled;
        prepared(db, 'DELETE FROM sequence_gap WHERE device_id = ? AND boot_id = ? AND from_seq = ?').run(
          deviceId,
          bootId,
          gap.fromSeq,
        );
        for (const part of rest) insertGap(db, deviceId, bootId, part, gap.noticedAtMs);
      }
      if (step.nextSeq !== nextSeq) {
        position.nextSeq = step.nextSeq;
        position.changedAtMs = atMs;
      }
    },
    flush() {
      for (const { deviceId, bootId, nextSeq, isNew, changedAtMs } of positions.values()) {
        if (changedAtMs === undefined) continue;
        prepared(
          db,
          `INSERT INTO device_sequence (device_id, boot_id, next_seq, updated_at_ms) VALUES (?, ?, ?, ?)
           ON CONFLICT (device_id, boot_id) DO UPDATE SET next_seq = excluded.next_seq, updated_at_ms = excluded.updated_at_ms`,
        ).run(deviceId, bootId, nextSeq, changedAtMs);
        if (isNew)
          prepared(db, 'DELETE FROM device_sequence WHERE device_id = ? AND updated_at_ms < ?').run(
            deviceId,
            changedAtMs - FORGET_MS,
          );
      }
      positions.clear();
    },
  };
}

/** Whether `takeStaleGaps` would find any: a look that costs no write. */
export function hasStaleGaps(db: Writable, beforeMs: number): boolean {
  return (
    prepared(db, 'SELECT 1 FROM sequence_gap WHERE noticed_at_ms <= ? LIMIT 1').get(beforeMs) !== undefined
  );
}

/** Takes out the gaps that have stayed open since before `beforeMs`: what was only late has come by then. */
export function takeStaleGaps(db: Writable, beforeMs: number): ConfirmedGap[] {
  const rows = prepared(
    db,
    'DELETE FROM sequence_gap WHERE noticed_at_ms <= ? RETURNING device_id, boot_id, from_seq, to_seq, noticed_at_ms',
  ).all(beforeMs) as (GapRow & { device_id: string; boot_id: string })[];
  return rows.map((row) => ({
    deviceId: row.device_id,
    bootId: row.boot_id,
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    noticedAtMs: row.noticed_at_ms,
  }));
}
