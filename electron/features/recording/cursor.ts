import {
  framesOf,
  soundsOf,
  type FrameOfFile,
  type RecordingReader,
  type SoundOfFile,
} from '#native/recording/file-reader.ts';
import type { FileSound } from '#native/recording/sound-types.ts';
import type { KeyFrame, Part } from '#native/recording/types.ts';
import type { FileRow } from './files.store.ts';
import type { Shelf } from './shelf.ts';

export interface CursorFrame extends FrameOfFile {
  file: FileRow;
  init: Buffer;
  /** How the file's sound is decoded; undefined: it has none. */
  sound: FileSound | undefined;
  /** What is heard from this frame on up to the end of its part, if it is the first that was read of that. */
  sounds: SoundOfFile[];
}
export type Cursor = ReturnType<typeof createCursor>;

/** Last index whose value is at most `limit`, or -1. `values` grow. */
function lastAtMost(parts: readonly Part[], limitMs: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle] as Part).wallMs <= limitMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Reads the frames of one camera in order, over files. One file is open at a time, and at most one part is in memory.
 * Files that cannot be read are passed over.
 */
export function createCursor(
  shelf: Shelf,
  cameraId: string,
  onProblem: (file: FileRow, error: Error) => void,
) {
  let file: FileRow | undefined;
  let reader: RecordingReader | undefined;
  let parts: readonly Part[] = [];
  let partIndex = 0;
  /** Frames of the present part that are still to come; undefined: not read yet. */
  let frames: FrameOfFile[] | undefined;
  /** The sound of that part, until it has gone out with a frame. */
  let sounds: SoundOfFile[] = [];
  /** Frames of the present part up to this are past. */
  let pastTicks = -1;
  /** Where to look when nothing is there yet. */
  let searchMs = 0;
  let epoch: number | undefined;

  async function enter(next: FileRow | undefined): Promise<boolean> {
    const old = reader;
    reader = undefined;
    await old?.close().catch(() => undefined);
    file = undefined;
    frames = undefined;
    sounds = [];
    partIndex = 0;
    pastTicks = -1;
    for (let candidate = next; candidate;) {
      try {
        parts = shelf.parts(candidate);
        reader = await shelf.open(candidate);
        file = candidate;
        searchMs = Math.max(searchMs, candidate.startMs);
        return true;
      } catch (error) {
        onProblem(candidate, error as Error);
        searchMs = Math.max(searchMs, candidate.endMs);
        candidate = shelf.after(cameraId, candidate);
      }
    }
    return false;
  }

  /** On to the next file. False: nothing more is recorded so far. */
  async function leave(): Promise<boolean> {
    if (!file) return enter(shelf.fileAt(cameraId, searchMs, epoch));
    // It grows, and there is no more of it yet.
    if (file.closed === 0) return false;
    const next = shelf.after(cameraId, file);
    if (!next) {
      searchMs = Math.max(searchMs, file.endMs);
      return false;
    }
    return enter(next);
  }

  function out(frame: FrameOfFile): CursorFrame {
    const own = sounds;
    sounds = [];
    return { ...frame, file: file!, init: reader!.init, sound: reader!.sound, sounds: own };
  }

  async function load(part: Part): Promise<FrameOfFile[]> {
    // Only from the key frame on that the last one given out was, or that is sought.
    const key = part.keys.findLast(({ ticks }) => ticks <= Math.max(pastTicks, part.ticks));
    const offset = key?.offset ?? part.offset;
    const data = await reader!.read(offset, part.offset + part.bytes - offset);
    const { sound } = reader!;
    sounds = sound ? soundsOf(data, part, sound) : [];
    return framesOf(data, part).filter(({ ticks }) => ticks > pastTicks);
  }

  async function nextOfFile(): Promise<FrameOfFile | undefined> {
    for (let part = parts[partIndex]; part; part = parts[partIndex]) {
      frames ??= await load(part);
      const frame = frames.shift();
      if (frame) {
        pastTicks = frame.ticks;
        return frame;
      }
      partIndex += 1;
      frames = undefined;
    }
    return undefined;
  }

  async function nextKeyOfFile(): Promise<FrameOfFile | undefined> {
    for (let part = parts[partIndex]; part; part = parts[partIndex]) {
      const key = part.keys.find(({ ticks }) => ticks > pastTicks);
      if (key) {
        frames = undefined;
        sounds = [];
        pastTicks = key.ticks;
        return {
          data: await reader!.read(key.offset, key.bytes),
          key: true,
          ticks: key.ticks,
          wallMs: key.wallMs,
        };
      }
      partIndex += 1;
      frames = undefined;
    }
    return undefined;
  }

  /** Puts the cursor before a key frame. */
  function stand(index: number, key: KeyFrame | undefined): void {
    partIndex = index;
    frames = undefined;
    pastTicks = key ? key.ticks - 1 : -1;
  }

  return {
    /** The next frame (or key frame); undefined: nothing is there yet, ask again later. */
    async next(keysOnly: boolean): Promise<CursorFrame | undefined> {
      for (;;) {
        try {
          const frame = file && (await (keysOnly ? nextKeyOfFile() : nextOfFile()));
          if (frame) return out(frame);
          if (!(await leave())) return undefined;
        } catch (error) {
          if (!file) throw error;
          onProblem(file, error as Error);
          searchMs = Math.max(searchMs, file.endMs);
          if (!(await enter(shelf.after(cameraId, file)))) return undefined;
        }
      }
    },
    /** To the key frame at or before the time; where nothing is recorded, to the first after it. */
    async seek(atMs: number, ofEpoch?: number): Promise<void> {
      epoch = ofEpoch;
      searchMs = atMs;
      if (!(await enter(shelf.fileAt(cameraId, atMs, ofEpoch)))) return;
      let index = Math.max(0, lastAtMost(parts, atMs));
      let key: KeyFrame | undefined;
      for (; index >= 0 && !key; index -= 1)
        key = parts[index]?.keys.findLast(({ wallMs }) => wallMs <= atMs);
      if (key) stand(index + 1, key);
    },
    /** To the first key frame at or after the time. */
    async seekKeyFrom(atMs: number): Promise<void> {
      searchMs = atMs;
      if (!(await enter(shelf.fileAt(cameraId, atMs, epoch)))) return;
      for (;;) {
        const index = parts.findIndex(({ keys }) => keys.some(({ wallMs }) => wallMs >= atMs));
        if (index >= 0)
          return stand(
            index,
            parts[index]!.keys.find(({ wallMs }) => wallMs >= atMs),
          );
        partIndex = parts.length;
        if (!(await leave())) return;
      }
    },
    /** To the last key frame before the time, over gaps and files. False: nothing is recorded before it. */
    async seekBack(beforeMs: number, ofEpoch?: number): Promise<boolean> {
      for (let limitMs = beforeMs; ;) {
        const isHere = file !== undefined && file.startMs < limitMs && limitMs <= file.endMs;
        if (!isHere) {
          const before = shelf.before(cameraId, limitMs, ofEpoch);
          // One that cannot be read is passed over, and what is entered instead lies after it.
          if (!before || !(await enter(before)) || file!.id !== before.id) {
            if (!before) return false;
            limitMs = before.startMs;
            continue;
          }
        }
        let index = Math.max(0, lastAtMost(parts, limitMs - 1));
        for (; index >= 0; index -= 1) {
          const key = parts[index]?.keys.findLast(({ wallMs }) => wallMs < limitMs);
          if (!key) continue;
          stand(index, key);
          return true;
        }
        limitMs = file!.startMs;
      }
    },
    async close(): Promise<void> {
      await enter(undefined);
    },
  };
}
