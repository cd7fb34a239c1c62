import type { JsonObject } from '#contract/base.ts';
import type { ChainReport } from '#contract/system.contract.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { CHAIN_START, chainHash } from '#station/chain.ts';

/** kept: a snapshot; reported: the picture of a report; removed: the file is no more. */
export type PictureKind = 'kept' | 'reported' | 'removed';
export interface PictureRecord {
  seq: number;
  pictureId: string;
  kind: PictureKind;
  cameraId: string;
  takenAtMs: number;
  atMs: number;
  by: string | null;
  params: JsonObject;
}
interface Row {
  seq: number;
  picture_id: string;
  kind: PictureKind;
  camera_id: string;
  taken_at_ms: number;
  at_ms: number;
  by: string | null;
  by_id: string | null;
  params: string;
  hash: string;
}
const toRecord = (row: Row): PictureRecord => ({
  ...{ seq: row.seq, pictureId: row.picture_id, kind: row.kind, cameraId: row.camera_id },
  ...{ takenAtMs: row.taken_at_ms, atMs: row.at_ms, by: row.by },
  params: JSON.parse(row.params) as JsonObject,
});

/** Appends to the chain. */
export function insertRecord(
  db: Writable,
  record: Omit<PictureRecord, 'seq' | 'by'> & { by: { id: string | null; name: string } | null },
): PictureRecord {
  const head = db.prepare('SELECT seq, hash FROM picture_record ORDER BY seq DESC LIMIT 1').get() as
    { seq: number; hash: string } | undefined;
  const row = {
    seq: (head?.seq ?? 0) + 1,
    picture_id: record.pictureId,
    kind: record.kind,
    camera_id: record.cameraId,
    taken_at_ms: record.takenAtMs,
    at_ms: record.atMs,
    by: record.by?.name ?? null,
    by_id: record.by?.id ?? null,
    params: JSON.stringify(record.params),
  };
  const hash = chainHash(head?.hash ?? CHAIN_START, row);
  db.prepare(
    `INSERT INTO picture_record (seq, picture_id, kind, camera_id, taken_at_ms, at_ms, by, by_id, params, hash)
     VALUES (@seq, @picture_id, @kind, @camera_id, @taken_at_ms, @at_ms, @by, @by_id, @params, @hash)`,
  ).run({ ...row, hash });
  return toRecord({ ...row, hash });
}

/** A picture's own record, and whether its file was removed. */
export function pictureById(db: Readable, id: string): (PictureRecord & { isRemoved: boolean }) | undefined {
  const rows = db.prepare('SELECT * FROM picture_record WHERE picture_id = ? ORDER BY seq').all(id) as Row[];
  const [first] = rows;
  return first && { ...toRecord(first), isRemoved: rows.some(({ kind }) => kind === 'removed') };
}

/** Pictures of a kind kept before a time whose files are still there, oldest first. */
export function olderThan(
  db: Readable,
  kind: PictureKind,
  beforeMs: number,
  after: number,
  limit: number,
): PictureRecord[] {
  const rows = db
    .prepare(
      `SELECT * FROM picture_record p WHERE kind = ? AND at_ms < ? AND seq > ? AND NOT EXISTS (
         SELECT 1 FROM picture_record r WHERE r.picture_id = p.picture_id AND r.kind = 'removed')
       ORDER BY seq LIMIT ?`,
    )
    .all(kind, beforeMs, after, limit);
  return (rows as Row[]).map(toRecord);
}

/** Checks the chain: each entry that was edited, and each that is missing. */
export function verifyPictures(db: Readable): ChainReport {
  const problems: ChainReport['problems'] = [];
  let previous = CHAIN_START;
  let expected = 1;
  let checked = 0;
  for (const row of db
    .prepare('SELECT * FROM picture_record ORDER BY seq')
    .iterate() as IterableIterator<Row>) {
    checked += 1;
    const { hash, ...content } = row;
    if (row.seq !== expected) problems.push({ chain: 'picture', code: 'missing', seq: expected });
    else if (hash !== chainHash(previous, content))
      problems.push({ chain: 'picture', code: 'edited', seq: row.seq });
    previous = hash;
    expected = row.seq + 1;
  }
  return { ok: problems.length === 0, checked, problems: problems.slice(0, 100) };
}
