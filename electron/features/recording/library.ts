import type { StreamKind } from '#contract/media-wire.ts';
import type { Part } from '#native/recording/types.ts';
import type { Writable } from '#native/sqlite/types.ts';
import type { Log } from '#station/log.ts';
import {
  closeFile,
  discard,
  fileBefore,
  fileFrom,
  filesBetween,
  insertFile,
  insertPart,
  insertStream,
  lastOf,
  partsOf,
  streamRows,
  trimJournal,
  type FileRow,
  type StreamRow,
} from './files.store.ts';

/** A file that grows, with all its parts in memory. */
export interface OpenFile {
  row: FileRow;
  parts: Part[];
  /** Its first row in the journal. */
  journalId: number | null;
}
type Stream = StreamRow & { endMs: number | null; epoch: number };

/** Something for the next transaction, and what follows from it once that is committed. */
interface Entry {
  write(db: Writable): void;
  after?(): void;
}

/** A clock that moves less than this is no clock that was set. */
const SAME_EPOCH_MS = 1_000;
/** Rows that wait while the index cannot be written (its disk is full). What is beyond is found in the files again. */
const MAX_WAITING = 50_000;

export type Library = ReturnType<typeof createLibrary>;

/**
 * What is recorded, in memory as far as it grows and in the index. Nothing enters before its data is safe on disk, and
 * everything that came in a second enters in one transaction, whatever the number of cameras.
 */
export function createLibrary(db: Writable, log: Log, newFolder: () => string) {
  const streams = new Map<string, Stream>();
  const byId = new Map<number, Stream>();
  const open = new Map<number, OpenFile>();
  let waiting: Entry[] = [];
  const keyOf = (cameraId: string, stream: StreamKind) => `${cameraId}/${stream}`;

  function shelve(row: StreamRow): Stream {
    const last = lastOf(db, row.id) ?? { endMs: null, epoch: 0 };
    const before = byId.get(row.id);
    // What grows is known here better than in the index.
    const stream: Stream = { ...row, ...(before && before.epoch >= last.epoch ? before : last) };
    if (before && before.epoch === last.epoch && last.endMs !== null)
      stream.endMs = Math.max(before.endMs ?? 0, last.endMs);
    streams.set(keyOf(row.cameraId, row.stream), stream);
    byId.set(row.id, stream);
    return stream;
  }
  for (const row of streamRows(db)) shelve(row);

  function later(write: Entry['write'], after?: Entry['after']): void {
    if (waiting.length < MAX_WAITING) waiting.push({ write, after });
  }

  function streamFor(cameraId: string, stream: StreamKind, nowMs: number, folder?: string): Stream {
    const known = streams.get(keyOf(cameraId, stream));
    if (known) return known;
    const row = { cameraId, stream, folder: folder ?? newFolder(), firstMs: nowMs };
    return shelve({ ...row, id: insertStream(db, row) });
  }

  return {
    db,
    streamFor,
    stream: (id: number): Stream | undefined => byId.get(id),
    /** The streams of a camera, the main one first. */
    streamsOf: (cameraId: string): Stream[] =>
      (['main', 'sub'] as const).flatMap((stream) => streams.get(keyOf(cameraId, stream)) ?? []),
    /** Which epoch a file belongs to that begins at `startMs`: the next one if the clock was set back. */
    epochAt(stream: Stream, startMs: number): number {
      const isBack = stream.endMs !== null && startMs < stream.endMs - SAME_EPOCH_MS;
      return isBack ? stream.epoch + 1 : stream.epoch;
    },
    /** @throws if the index cannot be written: then the file cannot be used */
    begin(row: Omit<FileRow, 'id'>): OpenFile {
      const file: OpenFile = { row: { ...row, id: insertFile(db, row) }, parts: [], journalId: null };
      open.set(file.row.id, file);
      const stream = byId.get(row.stream)!;
      if (row.epoch > stream.epoch) Object.assign(stream, { epoch: row.epoch, endMs: null });
      return file;
    },
    /** A part that is safe on disk. */
    add(file: OpenFile, part: Part): void {
      file.parts.push(part);
      file.row.endMs = part.endWallMs;
      file.row.bytes = part.offset + part.bytes;
      const stream = byId.get(file.row.stream)!;
      stream.endMs = Math.max(stream.endMs ?? 0, part.endWallMs);
      later((to) => {
        const id = insertPart(to, file.row.id, part);
        file.journalId ??= id;
      });
    },
    /** No more parts. A file without any is taken from the index again. */
    end(file: OpenFile): void {
      const { id, endMs, bytes } = file.row;
      if (file.row.closed === 1) return;
      file.row.closed = 1;
      const write = (to: Writable) => {
        if (file.parts.length === 0) return discard(to, [id], true);
        closeFile(to, id, { endMs, bytes }, file.parts);
        const growing = [...open.values()].filter(({ row }) => row.closed === 0);
        const journalIds = growing.flatMap(({ journalId }) => journalId ?? []);
        trimJournal(to, journalIds.length > 0 ? Math.min(...journalIds) : Number.MAX_SAFE_INTEGER);
      };
      // Until then it is found here, afterwards in the index.
      later(write, () => open.delete(id));
    },
    later,
    /** Writes what has come since the last time, in one transaction. What fails waits for the next time. */
    flush(): boolean {
      if (waiting.length === 0) return true;
      const batch = waiting;
      waiting = [];
      try {
        db.transaction(() => {
          for (const { write } of batch) write(db);
        }).immediate();
        for (const { after } of batch) after?.();
        return true;
      } catch (error) {
        waiting = [...batch, ...waiting].slice(0, MAX_WAITING);
        log.error('index of recordings not written', {
          error: (error as Error).message,
          waiting: waiting.length,
        });
        return false;
      }
    },
    isOpen: (id: number): boolean => open.has(id),
    openFiles: (): OpenFile[] => [...open.values()],
    /** Files of a stream that overlap a span, those that grow too, by their beginning. */
    between(stream: number, fromMs: number, toMs: number): FileRow[] {
      const growing = [...open.values()].flatMap(({ row, parts }) =>
        row.stream === stream && parts.length > 0 && row.startMs < toMs && row.endMs > fromMs ? row : [],
      );
      return [...filesBetween(db, stream, fromMs, toMs), ...growing].toSorted(
        (a, b) => a.startMs - b.startMs || a.id - b.id,
      );
    },
    /** The first file of a stream that begins at or after a time. */
    from(stream: number, atMs: number, minEpoch: number): FileRow | undefined {
      const growing = [...open.values()]
        .map(({ row, parts }) => ({ row, isThere: parts.length > 0 }))
        .filter(
          ({ row, isThere }) =>
            isThere && row.stream === stream && row.startMs >= atMs && row.epoch >= minEpoch,
        )
        .map(({ row }) => row);
      const closed = fileFrom(db, stream, atMs, minEpoch);
      return [...growing, ...(closed ? [closed] : [])].toSorted(
        (a, b) => a.startMs - b.startMs || a.id - b.id,
      )[0];
    },
    /** The last file of a stream that begins before a time. */
    before(stream: number, beforeMs: number): FileRow | undefined {
      const growing = [...open.values()].flatMap(({ row, parts }) =>
        row.stream === stream && parts.length > 0 && row.startMs < beforeMs ? row : [],
      );
      const closed = fileBefore(db, stream, beforeMs);
      return [...growing, ...(closed ? [closed] : [])].toSorted((a, b) => b.startMs - a.startMs)[0];
    },
    parts: (row: Pick<FileRow, 'id'>): readonly Part[] => open.get(row.id)?.parts ?? partsOf(db, row.id),
    /** After the index itself was changed beside this (reconciling). */
    reload(): void {
      for (const row of streamRows(db)) shelve(row);
    },
    close(): void {
      this.flush();
      db.close();
    },
  };
}
