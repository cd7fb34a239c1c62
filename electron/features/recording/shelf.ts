import { GAP_SLACK_MS } from '#domain/recording-gaps.ts';
import { openRecording, type RecordingReader } from '#native/recording/file-reader.ts';
import { RecordingError } from '#native/recording/errors.ts';
import type { FileRow } from './files.store.ts';
import type { Library } from './library.ts';
import type { Volumes } from './volumes.ts';

export type Shelf = ReturnType<typeof createShelf>;

/** Finds the file for a wall time, and the one after it. */
export function createShelf(library: Library, volumes: Volumes) {
  const newest = (files: readonly FileRow[]): FileRow | undefined =>
    files.toSorted((a, b) => b.epoch - a.epoch || a.id - b.id)[0];

  /**
   * The file that covers the time; else the first that begins after it. Where the clock was set back and there are
   * several: the one of `epoch`, or the latest.
   */
  function fileAt(cameraId: string, atMs: number, epoch?: number): FileRow | undefined {
    const streams = library.streamsOf(cameraId);
    const covering = streams.flatMap(({ id }) => library.between(id, atMs, atMs + 1));
    const wanted = covering.filter((file) => epoch === undefined || file.epoch <= epoch);
    const here = newest(wanted) ?? newest(covering);
    if (here) return here;
    const after = streams.flatMap(({ id }) => library.from(id, atMs, 0) ?? []);
    return after.toSorted((a, b) => a.startMs - b.startMs || b.epoch - a.epoch)[0];
  }

  return {
    fileAt,
    /** The one that goes on where `file` ends, or the first after it. */
    after(cameraId: string, file: FileRow): FileRow | undefined {
      const next = library.from(file.stream, file.startMs + 1, file.epoch);
      const goesOn =
        next?.epoch === file.epoch && next.id !== file.id && next.startMs <= file.endMs + GAP_SLACK_MS;
      if (goesOn) return next;
      const other = fileAt(cameraId, file.endMs);
      return other && other.id !== file.id ? other : undefined;
    },
    /** The one that a moment just before the time is in; else the last that ended before it. */
    before(cameraId: string, beforeMs: number, epoch?: number): FileRow | undefined {
      const here = fileAt(cameraId, beforeMs - 1, epoch);
      if (here && here.startMs < beforeMs) return here;
      const files = library.streamsOf(cameraId).flatMap(({ id }) => library.before(id, beforeMs) ?? []);
      return files.toSorted((a, b) => b.endMs - a.endMs)[0];
    },
    /** All files of a camera that overlap a span, in the order of recording. */
    between(cameraId: string, fromMs: number, toMs: number): FileRow[] {
      return library
        .streamsOf(cameraId)
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
