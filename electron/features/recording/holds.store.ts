import type { Bookmark, PrivacyBlock, RecordingLock } from '#contract/recording.contract.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

type Row = { camera_ids: string; tags?: string } & Record<string, unknown>;
const cameras = (row: Row) => JSON.parse(row.camera_ids) as string[];

/** `%` and `_` are ordinary characters of what a person types. */
const like = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

const LOCK = `id, camera_ids, from_ms AS fromMs, to_ms AS toMs, reason, until_ms AS untilMs, by, created_at_ms AS createdAtMs,
  released_at_ms AS releasedAtMs, released_by AS releasedBy`;
function lockOf({ camera_ids: _ids, ...row }: Row, cameraIds: string[]): RecordingLock {
  return { ...row, cameraIds } as unknown as RecordingLock;
}
const HOLDING = 'released_at_ms IS NULL AND (until_ms IS NULL OR until_ms > ?)';
/** All that hold now. */
export function locks(db: Readable, nowMs: number): RecordingLock[] {
  const rows = prepared(db, `SELECT ${LOCK} FROM recording_lock WHERE ${HOLDING}`).all(nowMs) as Row[];
  return rows.map((row) => lockOf(row, cameras(row)));
}
/** Newest first; `ended` ones (released or past their term) only if asked for. */
export function findLocks(
  db: Readable,
  nowMs: number,
  { ended, text }: { ended: boolean; text: string },
): RecordingLock[] {
  const rows = prepared(
    db,
    `SELECT ${LOCK} FROM recording_lock
     WHERE (? = 1 OR (${HOLDING})) AND (reason LIKE ? ESCAPE '\\' OR by LIKE ? ESCAPE '\\')
     ORDER BY created_at_ms DESC, id DESC LIMIT 500`,
  ).all(ended ? 1 : 0, nowMs, like(text), like(text)) as Row[];
  return rows.map((row) => lockOf(row, cameras(row)));
}
export function setLockTerm(db: Writable, id: string, untilMs: number | null): void {
  prepared(db, 'UPDATE recording_lock SET until_ms = ? WHERE id = ?').run(untilMs, id);
}
export function lockById(db: Readable, id: string): RecordingLock | undefined {
  const row = prepared(db, `SELECT ${LOCK} FROM recording_lock WHERE id = ?`).get(id) as Row | undefined;
  return row && lockOf(row, cameras(row));
}
export function insertLock(db: Writable, lock: RecordingLock): void {
  prepared(
    db,
    `INSERT INTO recording_lock (id, camera_ids, from_ms, to_ms, reason, until_ms, by, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[lock.id, JSON.stringify(lock.cameraIds), lock.fromMs, lock.toMs],
    ...[lock.reason, lock.untilMs, lock.by, lock.createdAtMs],
  );
}
export function releaseLock(db: Writable, id: string, atMs: number, by: string, reason: string): void {
  prepared(
    db,
    'UPDATE recording_lock SET released_at_ms = ?, released_by = ?, released_reason = ? WHERE id = ?',
  ).run(atMs, by, reason, id);
}

const BLOCK = 'id, camera_ids, from_ms AS fromMs, to_ms AS toMs, reason, by, created_at_ms AS createdAtMs';
export function blocks(db: Readable): PrivacyBlock[] {
  const rows = prepared(
    db,
    `SELECT ${BLOCK} FROM recording_block WHERE removed_at_ms IS NULL ORDER BY created_at_ms DESC, id DESC`,
  ).all() as Row[];
  return rows.map(
    ({ camera_ids, ...row }) => ({ ...row, cameraIds: JSON.parse(camera_ids) }) as unknown as PrivacyBlock,
  );
}
export function insertBlock(db: Writable, block: PrivacyBlock): void {
  prepared(
    db,
    'INSERT INTO recording_block (id, camera_ids, from_ms, to_ms, reason, by, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(
    ...[block.id, JSON.stringify(block.cameraIds), block.fromMs, block.toMs],
    ...[block.reason, block.by, block.createdAtMs],
  );
}
export function removeBlock(db: Writable, id: string, atMs: number, by: string, reason: string): void {
  prepared(
    db,
    'UPDATE recording_block SET removed_at_ms = ?, removed_by = ?, removed_reason = ? WHERE id = ?',
  ).run(atMs, by, reason, id);
}

const BOOKMARK = 'id, camera_ids, at_ms AS atMs, to_ms AS toMs, text, tags, by, created_at_ms AS createdAtMs';
function bookmarkOf({ camera_ids, tags, ...row }: Row): Bookmark {
  return { ...row, cameraIds: JSON.parse(camera_ids), tags: JSON.parse(tags ?? '[]') } as unknown as Bookmark;
}
export interface BookmarkQuery {
  text: string;
  tag?: string;
  cameraIds?: string[];
  fromMs?: number;
  toMs?: number;
  before?: { atMs: number; id: string };
  limit: number;
}
const SEARCH = `
  SELECT ${BOOKMARK} FROM recording_bookmark
  WHERE removed_at_ms IS NULL AND at_ms >= :fromMs AND at_ms < :toMs
    AND (:text = '%%' OR text LIKE :text ESCAPE '\\' OR EXISTS (
      SELECT 1 FROM json_each(tags) WHERE json_each.value LIKE :text ESCAPE '\\'))
    AND (:tag IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) WHERE json_each.value = :tag))
    AND (:cameras IS NULL OR EXISTS (
      SELECT 1 FROM json_each(camera_ids) AS mine JOIN json_each(:cameras) AS asked ON mine.value = asked.value))
    AND (at_ms < :beforeMs OR (at_ms = :beforeMs AND id < :beforeId))
  ORDER BY at_ms DESC, id DESC LIMIT :limit`;
/** Newest picture first. */
export function searchBookmarks(db: Readable, query: BookmarkQuery): Bookmark[] {
  const rows = prepared(db, SEARCH).all({
    text: like(query.text),
    tag: query.tag ?? null,
    cameras: query.cameraIds ? JSON.stringify(query.cameraIds) : null,
    fromMs: query.fromMs ?? 0,
    toMs: query.toMs ?? Number.MAX_SAFE_INTEGER,
    beforeMs: query.before?.atMs ?? Number.MAX_SAFE_INTEGER,
    beforeId: query.before?.id ?? '',
    limit: query.limit,
  }) as Row[];
  return rows.map(bookmarkOf);
}
export function bookmarkById(db: Readable, id: string): Bookmark | undefined {
  const row = prepared(
    db,
    `SELECT ${BOOKMARK} FROM recording_bookmark WHERE id = ? AND removed_at_ms IS NULL`,
  ).get(id) as Row | undefined;
  return row && bookmarkOf(row);
}
export function insertBookmark(db: Writable, one: Bookmark): void {
  prepared(
    db,
    'INSERT INTO recording_bookmark (id, camera_ids, at_ms, to_ms, text, tags, by, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(
    ...[one.id, JSON.stringify(one.cameraIds), one.atMs, one.toMs],
    ...[one.text, JSON.stringify(one.tags), one.by, one.createdAtMs],
  );
}
export function editBookmark(db: Writable, { id, text, tags }: Pick<Bookmark, 'id' | 'text' | 'tags'>): void {
  prepared(db, 'UPDATE recording_bookmark SET text = ?, tags = ? WHERE id = ?').run(
    text,
    JSON.stringify(tags),
    id,
  );
}
export function removeBookmark(db: Writable, id: string, atMs: number, by: string): void {
  prepared(db, 'UPDATE recording_bookmark SET removed_at_ms = ?, removed_by = ? WHERE id = ?').run(
    atMs,
    by,
    id,
  );
}
