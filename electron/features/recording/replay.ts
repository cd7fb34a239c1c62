import {
  REPLAY_ALL_FRAMES_UP_TO,
  REPLAY_BACK_ALL_FRAMES_UP_TO,
  type StreamKind,
} from '#contract/media-wire.ts';
import type { RecordingState } from '#contract/recording.contract.ts';
import { GAP_SLACK_MS } from '#domain/recording-gaps.ts';
import type { Span } from '#domain/recording-types.ts';
import type { MediaOutlet, ReplayRequest, ReplayTile } from '#station/ports.ts';
import type { Clock } from '#station/clock.ts';
import type { Cursor, CursorFrame } from './cursor.ts';
import { createNap } from './nap.ts';
import { groupBefore } from './replay-back.ts';
import { createReplayOut } from './replay-out.ts';

/** So much of the recording is sent ahead of the console's clock, times its speed. */
const LEAD_MS = 2_000;
const AGAIN_MS = 50;
/** A console that cannot follow gets the key frame where its clock is, instead of what is past. */
const LATE_MS = 3_000;
/** New pictures at the end of what is recorded so far come each second. */
const END_POLL_MS = 500;
/** Fast forward: more pictures a second than this nobody sees. */
const KEYS_PER_SECOND = 10;

type Jump = { jump: number; atMs: number; direction: 0 | 1 | -1; back?: boolean; stream?: StreamKind };

export interface ReplayDeps {
  clock: Clock;
  cursor: Cursor;
  /** The span around a moment, or that reaches into a time, that this session may not see, if there is one. */
  blockAt(atMs: number, toMs?: number): Span | undefined;
  /** Why nothing is recorded in a span. */
  reasonOf(span: Span): Promise<RecordingState['reason']>;
  /** Which of the camera's streams a file is of. */
  streamOf(stream: number): StreamKind | undefined;
  onError(error: Error): void;
}

/** Sends one recording to one tile, a little ahead of the console's clock. */
export function openReplay(request: ReplayRequest, outlet: MediaOutlet, deps: ReplayDeps): ReplayTile {
  const { clock, cursor } = deps;
  const out = createReplayOut(request.sub, outlet, {
    isHidden: (fromMs, toMs) => deps.blockAt(fromMs, toMs) !== undefined,
    streamOf: ({ file }) => deps.streamOf(file.stream),
  });
  const nap = createNap(clock);
  let pace = { atMs: request.atMs, speed: request.speed, sinceMs: clock.monotonicMs() };
  let pending: Jump | undefined = {
    jump: request.jump,
    atMs: request.atMs,
    back: request.back,
    direction: 0,
  };
  /** The jump whose place the console has not been told yet. */
  let unanswered: Jump | undefined = pending;
  let isClosed = false;
  let isHeard = false;
  let lastWallMs: number | undefined;
  let lastKeySentMs = -Infinity;
  let isEndTold = false;
  let held: CursorFrame | undefined;
  /** Backwards: what is before this time comes next; null: nothing is. Undefined: it goes forwards. */
  let backMs: number | null | undefined;

  const position = () => pace.atMs + (clock.monotonicMs() - pace.sinceMs) * pace.speed;
  const isKeysOnly = () => pace.speed > REPLAY_ALL_FRAMES_UP_TO || pace.speed < -REPLAY_BACK_ALL_FRAMES_UP_TO;

  // What woke it before it rested must not be slept through.
  const rest = (ms: number | undefined) => (isClosed || pending ? Promise.resolve() : nap.rest(ms));

  function send(frame: CursorFrame, cached: boolean): void {
    out.send(frame, cached, isHeard && pace.speed === 1 && backMs === undefined);
    if (!frame.leading) lastWallMs = frame.wallMs;
  }

  /** Which of two, where the clock was set back: it was said of the stream that was asked for. */
  const epoch = () => (cursor.prefers === (request.stream ?? 'main') ? request.epoch : undefined);

  /** Frames from the key frame on up to the one to show, which is the last; empty if nothing is recorded from there on. */
  async function approach({ atMs, direction }: Pick<Jump, 'atMs' | 'direction'>): Promise<CursorFrame[]> {
    await cursor.seek(direction === -1 ? atMs - 1 : atMs, epoch());
    const frames: CursorFrame[] = [];
    held = undefined;
    for (let frame = await cursor.next(false); frame; frame = await cursor.next(false)) {
      const isPast = direction === -1 ? frame.wallMs >= atMs : frame.wallMs > atMs;
      // What leads into another file is of a later time.
      const isAfter = frame.leading || isPast;
      if (isAfter && direction !== 1 && frames.length > 0) {
        held = frame;
        break;
      }
      frames.push(frame);
      if (isPast && !frame.leading) break;
    }
    const target = frames.at(-1);
    const better = target && cursor.betterAt(target);
    if (!better) return frames;
    // That ends before the time, or the time would have been found in it: its last picture is the one to show.
    const lastMs = Math.min(direction === -1 ? atMs - 1 : atMs, better.endMs - 1);
    return approach({ atMs: Math.max(target.wallMs, lastMs), direction: 0 });
  }

  async function doJump(next: Jump): Promise<void> {
    out.begin(next.jump);
    held = undefined;
    isEndTold = false;
    lastKeySentMs = -Infinity;
    backMs = undefined;
    if (next.stream) cursor.prefer(next.stream);
    if (next.back) return doJumpBack(next);
    let frames = await approach(next);
    let hidden: Span | undefined;
    for (let block = blocked(frames); block; block = blocked(frames)) {
      hidden = block;
      await cursor.seekKeyFrom(next.direction === 1 ? Math.max(block.toMs, next.atMs) : block.toMs);
      const first = await cursor.next(false);
      frames = first ? [first] : [];
      held = undefined;
    }
    const target = frames.at(-1);
    // A newer one has come meanwhile: this one is of no interest any more.
    if (pending || isClosed) return;
    unanswered = undefined;
    out.tell('jumped', { atMs: target?.wallMs ?? null });
    lastWallMs = undefined;
    if (hidden) out.tell('blocked', { atMs: hidden.fromMs, toMs: hidden.toMs });
    if (target && frames.length === 1 && target.wallMs > next.atMs + GAP_SLACK_MS) {
      if (!hidden) await tellGap({ fromMs: next.atMs, toMs: target.wallMs });
      held = target;
      return;
    }
    for (const frame of frames) send(frame, frame !== target);
  }

  /** To the frame of the time with all of its group before it; where nothing is, what lies before comes when the clock does. */
  async function doJumpBack(next: Jump): Promise<void> {
    const frames = await approach(next);
    held = undefined;
    if (pending || isClosed) return;
    const target = frames.at(-1);
    const isThere = target !== undefined && target.wallMs <= next.atMs + GAP_SLACK_MS;
    const block = blocked(frames);
    backMs = isThere && !block ? frames[0]!.wallMs : (block?.fromMs ?? next.atMs);
    unanswered = undefined;
    out.tell('jumped', { atMs: isThere ? target.wallMs : next.atMs });
    lastWallMs = undefined;
    if (block) out.tell('blocked', { atMs: block.fromMs, toMs: block.toMs });
    else if (isThere) for (const frame of frames) send(frame, frame !== target);
  }

  const blocked = (frames: readonly CursorFrame[]): Span | undefined => {
    for (const { wallMs } of frames) {
      const block = deps.blockAt(wallMs);
      if (block) return block;
    }
    return undefined;
  };

  async function tellGap(span: Span): Promise<void> {
    out.tell('gap', { atMs: span.fromMs, toMs: span.toMs, reason: await deps.reasonOf(span) });
  }

  /** How long until a frame may be sent; undefined: not before the console says something. */
  function waitFor(frame: CursorFrame): number | undefined {
    const aheadMs = frame.wallMs - (position() + LEAD_MS * Math.max(1, pace.speed));
    if (aheadMs <= 0) return 0;
    return pace.speed === 0 ? undefined : aheadMs / pace.speed;
  }

  async function goOn(): Promise<void> {
    if (out.isFull()) return rest(AGAIN_MS);
    const kept = held && ((held.key && !held.leading) || !isKeysOnly()) ? held : undefined;
    held = undefined;
    const frame = kept ?? (await cursor.next(isKeysOnly()));
    if (pending || isClosed) return;
    if (!frame) {
      if (!isEndTold) out.tell('ended', { atMs: lastWallMs ?? null });
      isEndTold = true;
      return rest(END_POLL_MS);
    }
    isEndTold = false;
    const block = deps.blockAt(frame.wallMs);
    if (block) {
      // What only leads to a picture outside of it is of no moment that is shown.
      if (!frame.leading) out.tell('blocked', { atMs: block.fromMs, toMs: block.toMs });
      out.breakOff();
      const fromMs = Math.max(block.toMs, frame.leading ? Math.floor(lastWallMs ?? 0) + 1 : 0);
      if (!frame.leading) lastWallMs = undefined;
      return cursor.seekKeyFrom(fromMs);
    }
    if (frame.leading) return send(frame, true);
    if (pace.speed > 0 && frame.wallMs < position() - LATE_MS * Math.max(1, pace.speed)) {
      out.breakOff();
      return cursor.seek(position(), epoch());
    }
    const isGap =
      lastWallMs !== undefined && !out.isOfSentFile(frame) && frame.wallMs - lastWallMs > GAP_SLACK_MS;
    if (isGap) await tellGap({ fromMs: lastWallMs!, toMs: frame.wallMs });
    if (isGap) lastWallMs = frame.wallMs;
    const waitMs = waitFor(frame);
    if (waitMs !== 0) {
      held = frame;
      return rest(waitMs);
    }
    if (isKeysOnly()) {
      if (frame.wallMs - lastKeySentMs < (pace.speed * 1_000) / KEYS_PER_SECOND) return;
      lastKeySentMs = frame.wallMs;
      out.breakOff();
    }
    send(frame, false);
  }

  /** As `goOn`, a group of pictures at a time, the latest first. */
  async function goBack(beforeMs: number): Promise<void> {
    if (out.isFull()) return rest(AGAIN_MS);
    const speed = Math.abs(pace.speed);
    const lateMs = beforeMs - position() - LATE_MS * Math.max(1, speed);
    if (speed > 0 && lateMs > 0) beforeMs = position();
    const aheadMs = position() - LEAD_MS * Math.max(1, speed) - beforeMs;
    if (aheadMs > 0) return rest(speed === 0 ? undefined : aheadMs / speed);
    const frames = await groupBefore(cursor, beforeMs, isKeysOnly(), epoch());
    if (pending || isClosed) return;
    const block = blocked(frames);
    const seen = block ? frames.filter(({ wallMs }) => wallMs < block.fromMs) : frames;
    if (block) out.tell('blocked', { atMs: block.fromMs, toMs: block.toMs });
    const [first, last] = [seen[0], seen.at(-1)];
    backMs = first?.wallMs ?? block?.fromMs ?? null;
    out.breakOff();
    if (!first || !last) {
      if (!block) await tellBeginning(beforeMs);
      return;
    }
    if (last.file.endMs < beforeMs - GAP_SLACK_MS) await tellGap({ fromMs: last.file.endMs, toMs: beforeMs });
    const isTooSoon = Math.abs(first.wallMs - lastKeySentMs) < (speed * 1_000) / KEYS_PER_SECOND;
    if (isKeysOnly() && isTooSoon) return;
    lastKeySentMs = first.wallMs;
    for (const frame of seen) send(frame, frame !== last);
  }

  /** The last minute before the first picture says why there is none. */
  async function tellBeginning(toMs: number): Promise<void> {
    const reason = await deps.reasonOf({ fromMs: Math.max(0, toMs - 60_000), toMs });
    out.tell('gap', { atMs: 0, toMs, reason });
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      const next = pending;
      pending = undefined;
      try {
        if (next) await doJump(next);
        else if (backMs === undefined) await goOn();
        else if (backMs === null) await rest(undefined);
        else await goBack(backMs);
      } catch (error) {
        deps.onError(error as Error);
        await rest(END_POLL_MS);
      }
    }
    await cursor.close();
  }
  const ended = run();

  return {
    pace(atMs, speed) {
      pace = { atMs, speed, sinceMs: clock.monotonicMs() };
      nap.wake();
    },
    seek(number, atMs, back, stream) {
      pace = { ...pace, atMs, sinceMs: clock.monotonicMs() };
      const before = unanswered;
      // Another stream for a step that is under way: that is made in it.
      const isOfStep = before?.jump === number && before.direction !== 0;
      pending = isOfStep ? { ...before } : { jump: number, atMs, direction: 0, back };
      pending.stream = stream ?? before?.stream;
      unanswered = pending;
      nap.wake();
    },
    step(number, atMs, direction) {
      pace = { atMs, speed: 0, sinceMs: clock.monotonicMs() };
      pending = { jump: number, atMs, direction, stream: pending?.stream };
      unanswered = pending;
      nap.wake();
    },
    listen(isOn) {
      isHeard = isOn;
    },
    close() {
      isClosed = true;
      nap.wake();
    },
    rested: nap.resting,
    ended,
  };
}
