import { PRFT_BYTES, prftBox } from './boxes.ts';
import { TICKS_PER_SECOND, type KeyFrame, type PendingPart, type RecordedFrame } from './types.ts';

/** What a killed process loses at most: a part is written when it is as long as this. */
export const PART_TICKS = TICKS_PER_SECOND;
/** A key frame begins a new part unless the present one is shorter than this: seeking is simplest from a part's beginning. */
const KEY_CUT_TICKS = TICKS_PER_SECOND / 5;
/** A camera that "sends 50" and sends 5 a second must not stretch a part to ten seconds of wall time. */
const PART_WALL_MS = 1_000;
/** Wall time may run this much ahead of media time within a part; more is a clock that was set. */
const WALL_SLACK_MS = 5_000;
/** For the last frame of a stream, whose duration nobody knows. */
const USUAL_FRAME_TICKS = TICKS_PER_SECOND / 25;

export interface PartBuilder {
  /** Takes a frame; returns the part before it if that is finished now. */
  add(frame: RecordedFrame): PendingPart | undefined;
  /** Finishes what is there. */
  flush(): PendingPart | undefined;
  /** The next key frame begins a new part however short the present one is. */
  cutAtNextKey(): void;
  /** Wall time of the first frame that is not in a part yet. */
  readonly sinceMs: number | undefined;
}

/** Collects frames into parts of about a second. */
export function partBuilder(): PartBuilder {
  let frames: RecordedFrame[] = [];
  let lastStep = USUAL_FRAME_TICKS;
  let isCutDue = false;

  function isFull(next: RecordedFrame): boolean {
    const first = frames[0];
    if (!first) return false;
    const span = next.ticks - first.ticks;
    if (next.key && (isCutDue || span >= KEY_CUT_TICKS)) return true;
    const wall = next.receivedAtMs - first.receivedAtMs;
    return span >= PART_TICKS || wall >= PART_WALL_MS || wall < 0;
  }

  function build(next: RecordedFrame | undefined): PendingPart | undefined {
    const [first] = frames;
    const last = frames.at(-1);
    if (!first || !last) return undefined;
    const endTicks = next?.ticks ?? last.ticks + lastStep;
    const mediaMs = ((endTicks - first.ticks) / TICKS_PER_SECOND) * 1000;
    const wallMs = Math.round(first.receivedAtMs);
    const lastWall = next?.receivedAtMs ?? last.receivedAtMs + (lastStep / TICKS_PER_SECOND) * 1000;
    const isSteady = lastWall >= wallMs && lastWall <= wallMs + mediaMs + WALL_SLACK_MS;
    const endWallMs = Math.round(isSteady ? lastWall : wallMs + mediaMs);
    const keys: KeyFrame[] = [];
    let bytes = PRFT_BYTES;
    for (const { key, data, ticks, receivedAtMs } of frames) {
      const at = Math.min(Math.max(Math.round(receivedAtMs), wallMs), endWallMs);
      if (key) keys.push({ offset: bytes, bytes: data.length, ticks, wallMs: at });
      bytes += data.length;
    }
    const part: PendingPart = {
      buffers: [prftBox(wallMs, first.ticks), ...frames.map(({ data }) => data)],
      ...{ bytes, wallMs, endWallMs, ticks: first.ticks, endTicks, frames: frames.length, keys },
      startsWithKey: first.key,
    };
    frames = [];
    return part;
  }

  return {
    add(frame) {
      const last = frames.at(-1);
      const part = isFull(frame) ? build(frame) : undefined;
      if (last && frame.ticks > last.ticks) lastStep = frame.ticks - last.ticks;
      if (frame.key) isCutDue = false;
      frames.push(frame);
      return part;
    },
    flush: () => build(undefined),
    cutAtNextKey: () => (isCutDue = true),
    get sinceMs() {
      return frames[0]?.receivedAtMs;
    },
  };
}
