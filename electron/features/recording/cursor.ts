import type { StreamKind } from '#contract/media-wire.ts';
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
import type { Shelf, Wish } from './shelf.ts';

export interface CursorFrame extends FrameOfFile {
  file: FileRow;
  init: Buffer;
  /** How the file's sound is decoded; undefined: it has none. */
  sound: FileSound | undefined;
  /** What is heard from this frame on up to the end of its part, if it is the first that was read of that. */
  sounds: SoundOfFile[];
  /** Only leads to what comes after it: of its time another picture was given out already. */
  leading: boolean;
}
/** Where the wished stream takes over from the other one. */
interface Turn {
  file: FileRow;
  part: number;
  key: KeyFrame;
}
export type Cursor = ReturnType<typeof createCursor>;

/** Pictures are further apart. */
const JUST_AFTER_MS = 0.001;

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
 * Reads the frames of one camera in order, over files. Where both of its streams are recorded it is the wished one; where
 * that is not, the other one up to the next key frame of the wished one. One file is open at a time, and at most one part
 * is in memory. Files that cannot be read are passed over, by the other stream where that is there.
 */
export function createCursor(
  shelf: Shelf,
  camera: Pick<Wish, 'cameraId' | 'stream'>,
  onProblem: (file: FileRow, error: Error) => void,
) {
  const unreadable = new Set<number>();
  let wish: Wish = { ...camera, unreadable, epoch: undefined };
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
  /** Frames of the present file before this time only lead to what is shown. */
  let leadsToMs = -Infinity;
  /** The last one that was given out to be shown, or the time that was sought. */
  let pastMs = 0;
  let isPastShown = false;
  let isBack = false;
  /** Up to here it was heard; of the next file only what comes after it is. */
  let heardMs = -Infinity;
  let heardBeforeMs = -Infinity;
  /** While the other stream is read: looked for anew with each part until it is known. */
  let turn: Turn | undefined;
  let turnPart = -1;

  async function enter(next: FileRow | undefined): Promise<boolean> {
    const old = reader;
    reader = undefined;
    await old?.close().catch(() => undefined);
    if (file && next && file.stream !== next.stream) heardBeforeMs = heardMs;
    file = undefined;
    frames = undefined;
    sounds = [];
    partIndex = 0;
    pastTicks = -1;
    leadsToMs = -Infinity;
    turn = undefined;
    turnPart = -1;
    if (!next) return false;
    try {
      parts = shelf.parts(next);
      reader = await shelf.open(next);
      file = next;
      return true;
    } catch (error) {
      giveUp(next, error as Error);
      return false;
    }
  }
  function giveUp(bad: FileRow, error: Error): void {
    onProblem(bad, error);
    unreadable.add(bad.id);
  }

  /** Into the file in which it goes on after another one, or after what was given out of one that broke off. */
  async function goOnIn(next: FileRow, before: FileRow | undefined): Promise<boolean> {
    if (!(await enter(next))) return false;
    searchMs = Math.max(searchMs, next.startMs);
    if (before?.stream === next.stream && before.epoch === next.epoch) return true;
    // The last picture of the one before is shown up to its end.
    const shownToMs = Math.max(isPastShown ? pastMs + JUST_AFTER_MS : pastMs, before?.endMs ?? 0);
    if (next.startMs >= shownToMs) return true;
    standBefore(shownToMs);
    leadsToMs = shownToMs;
    return true;
  }

  /** On to the next file. False: nothing more is recorded so far. */
  async function leave(): Promise<boolean> {
    // It grows, and there is no more of it yet.
    if (file?.closed === 0) return false;
    const before = file;
    for (;;) {
      const next = before ? shelf.after(wish, before) : shelf.fileAt(wish, searchMs);
      const to = findTurn();
      const isTurn = to && (!next || shelf.isWished(wish, next) || to.key.wallMs <= next.startMs);
      if (isTurn && (await turnTo(to))) return true;
      if (isTurn) continue;
      if (!next) {
        searchMs = Math.max(searchMs, before?.endMs ?? 0);
        return false;
      }
      if (await goOnIn(next, before)) return true;
      // That one cannot be read: another one may be there for the same time.
    }
  }

  function out(frame: FrameOfFile): CursorFrame {
    const own = sounds;
    sounds = [];
    const leading = frame.wallMs < leadsToMs;
    if (!leading) {
      pastMs = frame.wallMs;
      isPastShown = true;
    }
    return { ...frame, file: file!, init: reader!.init, sound: reader!.sound, sounds: own, leading };
  }

  /** The first key frame of the wished stream after what was given out, if the other stream is read now. */
  function findTurn(): Turn | undefined {
    if (!file || isBack || shelf.isWished(wish, file)) return undefined;
    if (turn || turnPart === partIndex) return turn;
    turnPart = partIndex;
    for (const wished of shelf.wishedFrom(wish, pastMs)) {
      for (const [part, { keys }] of shelf.parts(wished).entries()) {
        const key = keys.find(({ wallMs }) => wallMs > pastMs && wallMs >= leadsToMs);
        if (key) return (turn = { file: wished, part, key });
      }
    }
    return undefined;
  }
  async function turnTo({ file: to, part, key }: Turn): Promise<boolean> {
    if (!(await enter(to))) return false;
    stand(part, key);
    return true;
  }
  /** Whether the wished stream takes over before this frame; the cursor then stands there. */
  async function takesOver({ wallMs }: FrameOfFile): Promise<boolean> {
    const to = findTurn();
    if (!to || wallMs < to.key.wallMs) return false;
    const before = { file: file!, partIndex, pastTicks, leadsToMs };
    if (await turnTo(to)) return true;
    // It cannot be read: on with what there is.
    if (await enter(before.file)) {
      ({ partIndex, leadsToMs } = before);
      pastTicks = before.pastTicks - 1;
    }
    return true;
  }

  async function load(part: Part): Promise<FrameOfFile[]> {
    // Only from the key frame on that the last one given out was, or that is sought.
    const key = part.keys.findLast(({ ticks }) => ticks <= Math.max(pastTicks, part.ticks));
    const offset = key?.offset ?? part.offset;
    const data = await reader!.read(offset, part.offset + part.bytes - offset);
    const { sound } = reader!;
    // Both streams carry the same sound: none of it is heard twice.
    sounds = sound ? soundsOf(data, part, sound).filter((one) => one.wallMs >= heardBeforeMs) : [];
    heardMs = Math.max(heardMs, ...sounds.map(({ endMs }) => endMs));
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
      const key = part.keys.find(({ ticks, wallMs }) => ticks > pastTicks && wallMs >= leadsToMs);
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

  /** Puts the cursor before the last key frame up to a time, or at the beginning of the file. */
  function standBefore(atMs: number): void {
    let index = Math.max(0, lastAtMost(parts, atMs));
    for (; index >= 0; index -= 1) {
      const key = parts[index]?.keys.findLast(({ wallMs }) => wallMs <= atMs);
      if (key) return stand(index, key);
    }
  }
  /** A place that has nothing to do with what was given out so far. */
  function seeks(atMs: number, back = false): void {
    isBack = back;
    searchMs = atMs;
    pastMs = atMs;
    isPastShown = false;
    heardMs = -Infinity;
    heardBeforeMs = -Infinity;
  }

  return {
    /** The next frame (or key frame); undefined: nothing is there yet, ask again later. */
    async next(keysOnly: boolean): Promise<CursorFrame | undefined> {
      for (;;) {
        try {
          const frame = file && (await (keysOnly ? nextKeyOfFile() : nextOfFile()));
          if (frame && (await takesOver(frame))) continue;
          if (frame) return out(frame);
          if (!(await leave())) return undefined;
        } catch (error) {
          if (!file) throw error;
          giveUp(file, error as Error);
          searchMs = pastMs;
          await enter(undefined);
        }
      }
    },
    /** Which stream is wished from now on; it is taken at the next place that is sought. */
    prefer(stream: StreamKind): void {
      if (stream !== wish.stream) wish = { ...wish, stream, epoch: undefined };
    },
    get prefers() {
      return wish.stream;
    },
    /** The wished stream has a picture of that time too. */
    isBetterAt: ({ file: of, wallMs }: CursorFrame): boolean =>
      !shelf.isWished(wish, of) && shelf.hasWished(wish, wallMs),
    /** To the key frame at or before the time; where nothing is recorded, to the first after it. */
    async seek(atMs: number, ofEpoch?: number): Promise<void> {
      wish = { ...wish, epoch: ofEpoch };
      seeks(atMs);
      let next = shelf.fileAt(wish, atMs);
      while (!(await enter(next)) && next) next = shelf.fileAt(wish, atMs);
      if (!next) return;
      searchMs = Math.max(searchMs, next.startMs);
      standBefore(atMs);
    },
    /** To the first key frame at or after the time. */
    async seekKeyFrom(atMs: number): Promise<void> {
      await enter(undefined);
      seeks(atMs - 1);
      searchMs = atMs;
      for (;;) {
        if (file) {
          const index = parts.findIndex(({ keys }) => keys.some(({ wallMs }) => wallMs >= atMs));
          if (index >= 0)
            return stand(
              index,
              parts[index]!.keys.find(({ wallMs }) => wallMs >= atMs),
            );
          partIndex = parts.length;
        }
        if (!(await leave())) return;
      }
    },
    /** To the last key frame before the time, over gaps and files. False: nothing is recorded before it. */
    async seekBack(beforeMs: number, ofEpoch?: number): Promise<boolean> {
      wish = { ...wish, epoch: ofEpoch };
      seeks(beforeMs, true);
      leadsToMs = -Infinity;
      for (let limitMs = beforeMs; ;) {
        const isHere = file !== undefined && file.startMs < limitMs && limitMs <= file.endMs;
        if (!isHere || !shelf.isWished(wish, file!)) {
          const before = shelf.before(wish, limitMs);
          if (!before) return false;
          if (before.id !== file?.id && !(await enter(before))) continue;
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
