import type { EvidenceExport, EvidenceState } from '#contract/evidence.contract.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import type { Actor } from '#station/ports.ts';
import type { CameraFacts } from './camera-export.ts';
import type { BundleFile } from './hashed-file.ts';

/** An export as it is kept. */
export type StoredExport = Omit<EvidenceExport, 'progress' | 'bytes' | 'files'>;
interface Row {
  id: string;
  state: EvidenceState;
  camera_ids: string;
  from_ms: number;
  to_ms: number;
  reason: string;
  burn_time: number;
  with_blocked: number;
  with_sound: number;
  streams: StoredExport['streams'];
  second_person: number;
  by_id: string | null;
  by_name: string;
  created_at_ms: number;
  decided_by: string | null;
  decided_at_ms: number | null;
  decided_reason: string | null;
  finished_at_ms: number | null;
  failure: StoredExport['failure'];
  warnings: string;
  key_fingerprint: string | null;
}
const COLUMNS = `id, state, camera_ids, from_ms, to_ms, reason, burn_time, with_blocked, with_sound, streams, second_person, by_id, by_name,
  created_at_ms, decided_by, decided_at_ms, decided_reason, finished_at_ms, failure, warnings, key_fingerprint`;

const stored = (row: Row): StoredExport => ({
  id: row.id,
  state: row.state,
  cameraIds: JSON.parse(row.camera_ids) as string[],
  fromMs: row.from_ms,
  toMs: row.to_ms,
  reason: row.reason,
  burnTime: row.burn_time === 1,
  withBlocked: row.with_blocked === 1,
  withSound: row.with_sound === 1,
  streams: row.streams,
  secondPerson: row.second_person === 1,
  byId: row.by_id,
  by: row.by_name,
  createdAtMs: row.created_at_ms,
  decidedBy: row.decided_by,
  decidedAtMs: row.decided_at_ms,
  decidedReason: row.decided_reason,
  finishedAtMs: row.finished_at_ms,
  failure: row.failure,
  warnings: JSON.parse(row.warnings) as StoredExport['warnings'],
  keyFingerprint: row.key_fingerprint,
});

export function insertExport(db: Writable, one: StoredExport): void {
  db.prepare(
    `INSERT INTO evidence_export (id, state, camera_ids, from_ms, to_ms, reason, burn_time, with_blocked,
       with_sound, streams, second_person, by_id, by_name, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[one.id, one.state, JSON.stringify(one.cameraIds), one.fromMs, one.toMs, one.reason],
    ...[Number(one.burnTime), Number(one.withBlocked), Number(one.withSound), one.streams],
    Number(one.secondPerson),
    ...[one.byId, one.by, one.createdAtMs],
  );
}
export function findExport(db: Readable, id: string): StoredExport | undefined {
  const row = db.prepare(`SELECT ${COLUMNS} FROM evidence_export WHERE id = ?`).get(id) as Row | undefined;
  return row && stored(row);
}
export function exportsIn(db: Readable, states: readonly EvidenceState[], sinceMs = 0): StoredExport[] {
  const marks = states.map(() => '?').join(', ');
  const rows = db
    .prepare(
      `SELECT ${COLUMNS} FROM evidence_export WHERE state IN (${marks}) AND created_at_ms >= ? ORDER BY created_at_ms, id`,
    )
    .all(...states, sinceMs) as Row[];
  return rows.map(stored);
}
/** Newest first; ids are UUIDv7, so their order is that of time. */
export function listExports(db: Readable, beforeId: string | undefined, limit: number): StoredExport[] {
  const rows = db
    .prepare(`SELECT ${COLUMNS} FROM evidence_export WHERE id < ? ORDER BY id DESC LIMIT ?`)
    .all(beforeId ?? 'g', limit) as Row[];
  return rows.map(stored);
}
export function setState(
  db: Writable,
  id: string,
  state: EvidenceState,
  more: {
    finishedAtMs?: number;
    failure?: string;
    warnings?: readonly string[];
    keyFingerprint?: string;
  } = {},
): void {
  db.prepare(
    `UPDATE evidence_export SET state = ?, finished_at_ms = coalesce(?, finished_at_ms), failure = ?,
       warnings = coalesce(?, warnings), key_fingerprint = coalesce(?, key_fingerprint) WHERE id = ?`,
  ).run(
    ...[state, more.finishedAtMs ?? null, more.failure ?? null],
    ...[more.warnings ? JSON.stringify(more.warnings) : null, more.keyFingerprint ?? null, id],
  );
}
export function setDecision(
  db: Writable,
  id: string,
  { state, by, nowMs, reason }: { state: EvidenceState; by: Actor; nowMs: number; reason?: string },
): void {
  db.prepare(
    `UPDATE evidence_export SET state = ?, decided_by_id = ?, decided_by = ?, decided_at_ms = ?, decided_reason = ?
     WHERE id = ?`,
  ).run(state, by.id, by.name, nowMs, reason ?? null, id);
}

export function addFile(db: Writable, id: string, file: BundleFile, cameraId: string | null): void {
  db.prepare(
    'INSERT INTO evidence_file (export_id, name, bytes, sha256, crc32, camera_id) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(id, file.name, file.bytes, file.sha256, file.crc32, cameraId);
}
export function filesOf(db: Readable, id: string): BundleFile[] {
  return db
    .prepare('SELECT name, bytes, sha256, crc32 FROM evidence_file WHERE export_id = ? ORDER BY name')
    .all(id) as BundleFile[];
}
/** Forgets files that no camera's facts speak of: an interrupted export writes them again. */
export function forgetLooseFiles(db: Writable, id: string): void {
  db.prepare(
    `DELETE FROM evidence_file WHERE export_id = ? AND (camera_id IS NULL OR camera_id NOT IN
       (SELECT camera_id FROM evidence_camera WHERE export_id = ?))`,
  ).run(id, id);
}
export function addCamera(db: Writable, id: string, facts: CameraFacts): void {
  db.prepare('INSERT INTO evidence_camera (export_id, camera_id, facts) VALUES (?, ?, ?)').run(
    id,
    facts.id,
    JSON.stringify(facts),
  );
}
export function camerasOf(db: Readable, id: string): CameraFacts[] {
  const rows = db.prepare('SELECT facts FROM evidence_camera WHERE export_id = ?').all(id) as {
    facts: string;
  }[];
  return rows.map(({ facts }) => JSON.parse(facts) as CameraFacts);
}
