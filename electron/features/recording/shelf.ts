import type { StreamKind } from '#contract/media-wire.ts';
import { GAP_SLACK_MS } from '#domain/recording-gaps.ts';
import { openRecording, type RecordingReader } from '#native/recording/file-reader.ts';
import { RecordingError } from '#native/recording/errors.ts';
import type { FileRow } from './files.store.ts';
import type { Library } from './library.ts';
import type { Volumes } from './volumes.ts';

export type Shelf = ReturnType<typeof createShelf>;

/** Whose files are looked for, and which come first where there are several for a time. */
export interface Wish {
  cameraId: string;
  /** The other stream's are taken where this one has none. */
  stream: StreamKind;
  /** Files that could not be read: as if they were not there. */
  unreadable: ReadonlySet<number>;
  /**
   * Where the clock was set back and a wall time is recorded twice: the file of this epoch, or the latest. Each stream
   * counts its own, so it is one of the wished stream, unless only the other one is recorded at all.
   */
  epoch: number | undefined;
}

/** Finds the file for a wall time, and the one after it. */
export function createShelf(library: Library, volumes: Volumes) {
  type Streams = ReturnType<Library['streamsOf']>;
  const newest = (files: readonly FileRow[]): FileRow | undefined =>
    files.toSorted((a, b) => b.epoch - a.epoch || a.id - b.id)[0];
  /** The wished stream first. */
  const streamsOf = ({ cameraId, stream }: Wish): Streams =>
    library.streamsOf(cameraId).toSorted((a, b) => Number(b.stream === stream) - Number(a.stream === stream));

  function covering({ id }: Streams[number], atMs: number, wish: Wish): FileRow | undefined {
    const files = library.between(id, atMs, atMs + 1).filter((file) => !wish.unreadable.has(file.id));
    const isCounted = id === streamsOf(wish)[0]?.id;
    const epoch = isCounted ? wish.epoch : undefined;
    return newest(files.filter((file) => epoch === undefined || file.epoch <= epoch)) ?? newest(files);
  }
  function firstFrom(streamId: number, atMs: number, minEpoch: number, wish: Wish): FileRow | undefined {
    for (let at = atMs; ;) {
      const file = library.from(streamId, at, minEpoch);
      if (!file || !wish.unreadable.has(file.id)) return file;
      at = file.startMs + 1;
    }
  }
  function lastBefore(streamId: number, beforeMs: number, wish: Wish): FileRow | undefined {
    for (let before = beforeMs; ;) {
      const file = library.before(streamId, before);
      if (!file || !wish.unreadable.has(file.id)) return file;
      before = file.startMs;
    }
  }

  /** The file that covers the time; else the first that begins after it. */
  function fileAt(wish: Wish, atMs: number): FileRow | undefined {
    const streams = streamsOf(wish);
    for (const stream of streams) {
      const here = covering(stream, atMs, wish);
      if (here) return here;
    }
    const after = streams.flatMap(({ id }) => firstFrom(id, atMs, 0, wish) ?? []);
    // Sorting keeps the order of the streams where two begin at once; epochs of one stream only are compared.
    return after.toSorted(
      (a, b) => a.startMs - b.startMs || (a.stream === b.stream ? b.epoch - a.epoch : 0),
    )[0];
  }
  /** The wished stream's file for a time before `beforeMs`, also over the little hole that is between two files. */
  function wishedBefore(wish: Wish, beforeMs: number): FileRow | undefined {
    const [first] = streamsOf(wish);
    if (first?.stream !== wish.stream) return undefined;
    const here = covering(first, beforeMs - 1, wish);
    if (here && here.startMs < beforeMs) return here;
    const last = lastBefore(first.id, beforeMs, wish);
    const next = last && firstFrom(first.id, last.endMs, last.epoch, wish);
    return next && next.startMs <= last.endMs + GAP_SLACK_MS && last.endMs >= beforeMs - GAP_SLACK_MS
      ? last
      : undefined;
  }
  const isWished = (wish: Wish, file: FileRow): boolean =>
    library.stream(file.stream)?.stream === wish.stream;

  return {
    fileAt,
    isWished,
    /** The wished stream's file for a time, if that is recorded then. */
    wishedAt(wish: Wish, atMs: number): FileRow | undefined {
      const here = fileAt(wish, atMs);
      return here && here.startMs <= atMs && isWished(wish, here) ? here : undefined;
    },
    /** Files of the wished stream that reach beyond a time, in their order. */
    *wishedFrom(wish: Wish, atMs: number): Generator<FileRow> {
      const [first] = streamsOf(wish);
      if (first?.stream !== wish.stream) return;
      let file = covering(first, atMs, wish) ?? firstFrom(first.id, atMs, 0, wish);
      for (; file; file = firstFrom(first.id, file.startMs + 1, file.epoch, wish)) yield file;
    },
    /** The file that follows in the same stream has begun, and none of it is safe on its disk yet. */
    isGoingOn: (file: FileRow): boolean =>
      library
        .openFiles()
        .some(
          ({ row, parts }) =>
            parts.length === 0 &&
            row.closed === 0 &&
            row.stream === file.stream &&
            row.epoch === file.epoch &&
            row.startMs > file.startMs &&
            row.startMs <= file.endMs + GAP_SLACK_MS,
        ),
    /** The one that goes on where `file` ends, or the first after it. */
    after(wish: Wish, file: FileRow): FileRow | undefined {
      const next = firstFrom(file.stream, file.startMs + 1, file.epoch, wish);
      const goesOn =
        next?.epoch === file.epoch && next.id !== file.id && next.startMs <= file.endMs + GAP_SLACK_MS;
      if (goesOn) return next;
      const other = fileAt(wish, file.endMs);
      return other && other.id !== file.id ? other : undefined;
    },
    /** The one that a moment just before the time is in; else the last that ended before it. */
    before(wish: Wish, beforeMs: number): FileRow | undefined {
      const wished = wishedBefore(wish, beforeMs);
      if (wished) return wished;
      const here = fileAt(wish, beforeMs - 1);
      if (here && here.startMs < beforeMs) return here;
      const files = streamsOf(wish).flatMap(({ id }) => lastBefore(id, beforeMs, wish) ?? []);
      return files.toSorted((a, b) => b.endMs - a.endMs)[0];
    },
    /** All files of a stream that overlap a span, in the order of recording. */
    between(cameraId: string, stream: StreamKind, fromMs: number, toMs: number): FileRow[] {
      return library
        .streamsOf(cameraId)
        .filter((one) => one.stream === stream)
        .flatMap(({ id }) => library.between(id, fromMs, toMs))
        .toSorted((a, b) => a.epoch - b.epoch || a.startMs - b.startMs || a.id - b.id);
    },
    parts: (file: FileRow) => library.parts(file),
    /** @throws RecordingError */
    open(file: FileRow): Promise<RecordingReader> {
      const path = volumes.fileOf(file.volume, file.path);
      if (!path) throw new RecordingError('disk_missing', 'the volume is not in use any more');
      return openRecording(path);
    },
  };
}
