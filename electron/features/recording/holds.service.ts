import type { Bookmark, PrivacyBlock, RecordingLock } from '#contract/recording.contract.ts';
import type { Hold } from '#domain/recording-retention.ts';
import { overlaps } from '#domain/recording-spans.ts';
import { fail } from '#station/errors.ts';
import type { Actor, StationPorts } from '#station/ports.ts';
import * as store from './holds.store.ts';

type Ports = Pick<StationPorts, 'db' | 'write' | 'audit' | 'clock' | 'site' | 'newId'>;
type Range = { cameraIds: string[]; fromMs: number; toMs: number; reason: string };
export type Holds = ReturnType<typeof createHolds>;

/** What people set over recordings: evidence locks, privacy blocks, bookmarks. Each change is audited. */
export function createHolds({ db, write, audit, clock, site, newId }: Ports) {
  /** Holds of running exports, by their own number. */
  const passing = new Map<number, Hold>();
  let count = 0;
  let known: PrivacyBlock[] | undefined;

  function checkCameras(cameraIds: readonly string[]): void {
    const unknown = cameraIds.find((id) => !site.camera(id));
    if (unknown !== undefined) fail('NOT_FOUND', 'camera.unknown', { id: unknown });
  }

  const blocks = () => (known ??= store.blocks(db));

  return {
    locks: (query: { ended: boolean; text: string }): RecordingLock[] =>
      store.findLocks(db, clock.nowMs(), query),
    addLock(actor: Actor, input: Range & { untilMs: number | null }): RecordingLock {
      const { cameraIds, fromMs, toMs, reason, untilMs } = input;
      checkCameras(cameraIds);
      if (untilMs !== null && untilMs <= clock.nowMs()) fail('INVALID', 'lock.ends_in_past', { untilMs });
      return write((tx) => {
        const range = { id: newId(), cameraIds, fromMs, toMs, reason, untilMs };
        const end = { releasedAtMs: null, releasedBy: null };
        const lock = { ...range, by: actor.name, createdAtMs: tx.nowMs, ...end };
        store.insertLock(tx.db, lock);
        audit.append(tx, actor, 'recording.lock', lock.id, { cameraIds, fromMs, toMs, reason, untilMs });
        return lock;
      });
    },
    setLockTerm(actor: Actor, id: string, untilMs: number | null, reason: string): RecordingLock {
      if (untilMs !== null && untilMs <= clock.nowMs()) fail('INVALID', 'lock.ends_in_past', { untilMs });
      return write((tx) => {
        const lock = store.lockById(tx.db, id) ?? fail('NOT_FOUND', 'lock.unknown', { id });
        // What it held may be gone already: a new lock says what it holds from now on.
        const isOver = lock.untilMs !== null && lock.untilMs <= tx.nowMs;
        if (lock.releasedAtMs !== null || isOver) fail('CONFLICT', 'lock.released', { id });
        store.setLockTerm(tx.db, id, untilMs);
        audit.append(tx, actor, 'recording.lock_term', id, { before: lock.untilMs, untilMs, reason });
        return { ...lock, untilMs };
      });
    },
    releaseLock(actor: Actor, id: string, reason: string): void {
      write((tx) => {
        const lock = store.lockById(tx.db, id) ?? fail('NOT_FOUND', 'lock.unknown', { id });
        if (lock.releasedAtMs !== null) fail('CONFLICT', 'lock.released', { id });
        store.releaseLock(tx.db, id, tx.nowMs, actor.name, reason);
        audit.append(tx, actor, 'recording.unlock', id, { reason });
      });
    },
    /** All that may not be deleted now. */
    active(): Hold[] {
      return [...store.locks(db, clock.nowMs()), ...passing.values()];
    },
    hold(cameraIds: readonly string[], fromMs: number, toMs: number): () => void {
      const key = (count += 1);
      passing.set(key, { cameraIds, fromMs, toMs });
      return () => passing.delete(key);
    },

    blocks,
    addBlock(actor: Actor, { cameraIds, fromMs, toMs, reason }: Range): PrivacyBlock {
      checkCameras(cameraIds);
      return write((tx) => {
        const block = { id: newId(), cameraIds, fromMs, toMs, reason, by: actor.name, createdAtMs: tx.nowMs };
        store.insertBlock(tx.db, block);
        audit.append(tx, actor, 'recording.block', block.id, { cameraIds, fromMs, toMs, reason });
        tx.afterCommit(() => (known = undefined));
        return block;
      });
    },
    removeBlock(actor: Actor, id: string, reason: string): void {
      if (!blocks().some((block) => block.id === id)) fail('NOT_FOUND', 'block.unknown', { id });
      write((tx) => {
        store.removeBlock(tx.db, id, tx.nowMs, actor.name, reason);
        audit.append(tx, actor, 'recording.unblock', id, { reason });
        tx.afterCommit(() => (known = undefined));
      });
    },
    /** The block that covers a moment of a camera, if any. */
    blockAt(cameraId: string, atMs: number, toMs = 0): PrivacyBlock | undefined {
      const moment = { fromMs: atMs, toMs: Math.max(toMs, atMs + 1) };
      return blocks().find((block) => block.cameraIds.includes(cameraId) && overlaps(block, moment));
    },

    findBookmarks(query: Omit<store.BookmarkQuery, 'before'> & { cursor?: string }) {
      const [atMs, id] = query.cursor?.split('/') ?? [];
      const before = id === undefined ? undefined : { atMs: Number(atMs), id };
      const items = store.searchBookmarks(db, { ...query, before });
      const last = items.at(-1);
      return { items, nextCursor: last && items.length === query.limit ? `${last.atMs}/${last.id}` : null };
    },
    addBookmark(
      actor: Actor,
      input: Pick<Bookmark, 'cameraIds' | 'atMs' | 'toMs' | 'text' | 'tags'>,
    ): Bookmark {
      const { cameraIds, atMs, toMs, text, tags } = input;
      checkCameras(cameraIds);
      if (toMs !== null && toMs <= atMs) fail('INVALID', 'bookmark.ends_before', { atMs, toMs });
      return write((tx) => {
        const about = { cameraIds, atMs, toMs, text, tags: [...new Set(tags)] };
        const bookmark = { id: newId(), ...about, by: actor.name, createdAtMs: tx.nowMs };
        store.insertBookmark(tx.db, bookmark);
        audit.append(tx, actor, 'recording.bookmark', bookmark.id, { cameraIds, atMs, text });
        return bookmark;
      });
    },
    editBookmark(actor: Actor, input: Pick<Bookmark, 'id' | 'text' | 'tags'>): Bookmark {
      const { id, text } = input;
      return write((tx) => {
        const before = store.bookmarkById(tx.db, id) ?? fail('NOT_FOUND', 'bookmark.unknown', { id });
        const tags = [...new Set(input.tags)];
        store.editBookmark(tx.db, { id, text, tags });
        const was = { text: before.text, tags: before.tags };
        audit.append(tx, actor, 'recording.bookmark_edit', id, { before: was, text, tags });
        return { ...before, text, tags };
      });
    },
    removeBookmark(actor: Actor, id: string): void {
      write((tx) => {
        const { text } = store.bookmarkById(tx.db, id) ?? fail('NOT_FOUND', 'bookmark.unknown', { id });
        store.removeBookmark(tx.db, id, tx.nowMs, actor.name);
        audit.append(tx, actor, 'recording.bookmark_remove', id, { text });
      });
    },
  };
}
