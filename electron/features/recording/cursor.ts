import type { StreamKind } from '#contract/media-wire.ts';
import type { FrameOfFile, SoundOfFile } from '#native/recording/file-reader.ts';
import type { FileSound } from '#native/recording/sound-types.ts';
import type { KeyFrame } from '#native/recording/types.ts';
import { fileFrames, type FileFrames } from './file-frames.ts';
import type { FileRow } from './files.store.ts';
import { createHeard } from './heard.ts';
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
  let open: FileFrames | undefined;
  const heard = createHeard();
  /** Where to look when nothing is there yet. */
  let searchMs = 0;
  /** Frames of the present file before this time only lead to what is shown. */
  let leadsToMs = -Infinity;
  /** What was sought: frames before it lead there. */
  let soughtMs = 0;
  /** The last one that was given out to be shown, or the time that was sought. */
  let pastMs = 0;
  let isPastShown = false;
  let isBack = false;
  /** While the other stream is read: looked for anew with each part until it is known. */
  let turn: Turn | undefined;
  let turnPart = -1;

  async function enter(next: FileRow | undefined): Promise<boolean> {
    const before = open;
    open = undefined;
    await before?.close();
    if (before && next && before.file.stream !== next.stream) heard.goesOnElsewhere();
    leadsToMs = -Infinity;
    turn = undefined;
    turnPart = -1;
    if (!next) return false;
    try {
      open = fileFrames(next, shelf.parts(next), await shelf.open(next));
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
    open?.standBefore(shownToMs);
    leadsToMs = shownToMs;
    return true;
  }

  /** On to the next file. False: nothing more is recorded so far. */
  async function leave(): Promise<boolean> {
    const before = open?.file;
    // It grows, and there is no more of it yet; or the next one has begun, and there is nothing in it yet.
    if (before && (before.closed === 0 || (!isBack && shelf.isGoingOn(before)))) return false;
    for (;;) {
      const next = before ? shelf.after(wish, before) : shelf.fileAt(wish, searchMs);
      const to = findTurn();
      const isTurn = to && (!next || to.key.wallMs <= next.startMs);
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

  function out(of: FileFrames, frame: FrameOfFile): CursorFrame {
    const leading = frame.wallMs < leadsToMs;
    if (!leading) {
      pastMs = frame.wallMs;
      isPastShown = true;
    }
    const { file, init, sound } = of;
    return { ...frame, file, init, sound, sounds: heard.fresh(of.takeSounds()), leading };
  }

  /** The first key frame of the wished stream after what was given out or sought, if the other stream is read now. */
  function findTurn(): Turn | undefined {
    if (!open || isBack || shelf.isWished(wish, open.file)) return undefined;
    const { part: here } = open.place;
    if (turn || turnPart === here) return turn;
    turnPart = here;
    const afterMs = Math.max(pastMs, soughtMs);
    for (const wished of shelf.wishedFrom(wish, afterMs)) {
      for (const [part, { keys }] of shelf.parts(wished).entries()) {
        const key = keys.find(({ wallMs }) => wallMs > afterMs && wallMs >= leadsToMs);
        if (key) return (turn = { file: wished, part, key });
      }
    }
    return undefined;
  }
  async function turnTo({ file: to, part, key }: Turn): Promise<boolean> {
    if (!(await enter(to))) return false;
    open?.stand(part, key);
    return true;
  }
  /** Whether the wished stream takes over before this frame; the cursor then stands there. */
  async function takesOver({ file, place }: FileFrames, { wallMs }: FrameOfFile): Promise<boolean> {
    const to = findTurn();
    if (!to || wallMs < to.key.wallMs) return false;
    const before = leadsToMs;
    if (await turnTo(to)) return true;
    // It cannot be read: on with what there is.
    if (await enter(file)) {
      open?.goBackTo(place);
      leadsToMs = before;
    }
    return true;
  }

  /** A place that has nothing to do with what was given out so far. */
  function seeks(atMs: number, back = false): void {
    isBack = back;
    searchMs = atMs;
    soughtMs = atMs;
    pastMs = atMs;
    isPastShown = false;
    heard.reset();
  }

  return {
    /** The next frame (or key frame); undefined: nothing is there yet, ask again later. */
    async next(keysOnly: boolean): Promise<CursorFrame | undefined> {
      for (;;) {
        try {
          const from = open;
          const frame = from && (await (keysOnly ? from.nextKey(leadsToMs) : from.next()));
          if (frame && (await takesOver(from, frame))) continue;
          if (frame) return out(from, frame);
          if (!(await leave())) return undefined;
        } catch (error) {
          if (!open) throw error;
          giveUp(open.file, error as Error);
          searchMs = pastMs;
          heard.goesOnElsewhere();
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
    /** The file of the wished stream that has a picture of that time too; undefined: it is of that, or there is none. */
    betterAt: ({ file: of, wallMs }: CursorFrame): FileRow | undefined =>
      shelf.isWished(wish, of) ? undefined : shelf.wishedAt(wish, wallMs),
    /** To the key frame at or before the time; where nothing is recorded, to the first after it. */
    async seek(atMs: number, ofEpoch?: number): Promise<void> {
      wish = { ...wish, epoch: ofEpoch };
      seeks(atMs);
      let next = shelf.fileAt(wish, atMs);
      while (!(await enter(next)) && next) next = shelf.fileAt(wish, atMs);
      if (!next) return;
      searchMs = Math.max(searchMs, next.startMs);
      open?.standBefore(atMs);
    },
    /** To the first key frame at or after the time. */
    async seekKeyFrom(atMs: number): Promise<void> {
      await enter(undefined);
      seeks(atMs - 1);
      searchMs = atMs;
      while (!open?.standFrom(atMs)) if (!(await leave())) return;
    },
    /** To the last key frame before the time, over gaps and files. False: nothing is recorded before it. */
    async seekBack(beforeMs: number, ofEpoch?: number): Promise<boolean> {
      wish = { ...wish, epoch: ofEpoch };
      seeks(beforeMs, true);
      leadsToMs = -Infinity;
      for (let limitMs = beforeMs; ;) {
        const here = open?.file;
        const isHere = here !== undefined && here.startMs < limitMs && limitMs <= here.endMs;
        if (!isHere || !shelf.isWished(wish, here)) {
          const before = shelf.before(wish, limitMs);
          if (!before) return false;
          if (before.id !== here?.id && !(await enter(before))) continue;
        }
        if (open?.standBack(limitMs)) return true;
        limitMs = open!.file.startMs;
      }
    },
    async close(): Promise<void> {
      await enter(undefined);
    },
  };
}
