import {
  framesOf,
  soundsOf,
  type FrameOfFile,
  type RecordingReader,
  type SoundOfFile,
} from '#native/recording/file-reader.ts';
import type { KeyFrame, Part } from '#native/recording/types.ts';
import type { FileRow } from './files.store.ts';

export type FileFrames = ReturnType<typeof fileFrames>;
/** How far a file was read. */
export interface FilePlace {
  part: number;
  /** Frames up to this are past. */
  ticks: number;
}

/** Last index whose part begins at most at `limitMs`, or -1. */
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
 * The frames of one open file from wherever it stands, its beginning at first. At most one part is in memory.
 * @param parts of the file; they may become more while it is read
 */
export function fileFrames(file: FileRow, parts: readonly Part[], reader: RecordingReader) {
  let partIndex = 0;
  /** Frames of the present part that are still to come; undefined: not read yet. */
  let frames: FrameOfFile[] | undefined;
  /** The sound of that part, until it is taken. */
  let sounds: SoundOfFile[] = [];
  let pastTicks = -1;

  /** Puts it before a key frame. */
  function stand(index: number, key: KeyFrame | undefined): void {
    partIndex = index;
    frames = undefined;
    sounds = [];
    pastTicks = key ? key.ticks - 1 : -1;
  }
  function standAtLast(fromPart: number, fits: (key: KeyFrame) => boolean): boolean {
    for (let index = Math.max(0, fromPart); index >= 0; index -= 1) {
      const key = parts[index]?.keys.findLast(fits);
      if (!key) continue;
      stand(index, key);
      return true;
    }
    return false;
  }

  async function load(part: Part): Promise<FrameOfFile[]> {
    // Only from the key frame on that the last one given out was, or that is sought.
    const key = part.keys.findLast(({ ticks }) => ticks <= Math.max(pastTicks, part.ticks));
    const offset = key?.offset ?? part.offset;
    const data = await reader.read(offset, part.offset + part.bytes - offset);
    sounds = reader.sound ? soundsOf(data, part, reader.sound) : [];
    return framesOf(data, part).filter(({ ticks }) => ticks > pastTicks);
  }

  return {
    file,
    init: reader.init,
    sound: reader.sound,
    stand,
    /** Before the last key frame up to a time; stays where it is if there is none. */
    standBefore: (atMs: number): boolean => standAtLast(lastAtMost(parts, atMs), (key) => key.wallMs <= atMs),
    /** Before the last key frame before a time. */
    standBack: (beforeMs: number): boolean =>
      standAtLast(lastAtMost(parts, beforeMs - 1), (key) => key.wallMs < beforeMs),
    /** Before the first key frame from a time on; at its end if there is none. */
    standFrom(atMs: number): boolean {
      const isFrom = ({ wallMs }: KeyFrame) => wallMs >= atMs;
      const index = parts.findIndex(({ keys }) => keys.some(isFrom));
      stand(index < 0 ? parts.length : index, parts[index]?.keys.find(isFrom));
      return index >= 0;
    },
    get place(): FilePlace {
      return { part: partIndex, ticks: pastTicks };
    },
    /** To where it was; the last frame that was given out then comes once more. */
    goBackTo({ part, ticks }: FilePlace): void {
      stand(part, undefined);
      pastTicks = ticks - 1;
    },
    /** Undefined: there is no more of it so far. */
    async next(): Promise<FrameOfFile | undefined> {
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
    },
    /** The next key frame from a time on. */
    async nextKey(fromMs: number): Promise<FrameOfFile | undefined> {
      for (let part = parts[partIndex]; part; part = parts[partIndex]) {
        const key = part.keys.find(({ ticks, wallMs }) => ticks > pastTicks && wallMs >= fromMs);
        if (key) {
          stand(partIndex, undefined);
          pastTicks = key.ticks;
          const data = await reader.read(key.offset, key.bytes);
          return { data, key: true, ticks: key.ticks, wallMs: key.wallMs };
        }
        partIndex += 1;
        frames = undefined;
      }
      return undefined;
    },
    /** What is heard from the last frame on up to the end of its part, if it is the first that was read of that. */
    takeSounds(): SoundOfFile[] {
      const taken = sounds;
      sounds = [];
      return taken;
    },
    close: (): Promise<void> => reader.close().catch(() => undefined),
  };
}
