import type { RecordedChunk } from '#station/recorded.ts';

/** Files of a recording follow each other within a frame or two; a longer pause is a gap, and a new MP4 begins. */
export const CONTIGUOUS_MS = 1_000;
/** A point of the clock table where wall and media time have moved this far apart since the last one. */
const CLOCK_DRIFT_MS = 100;
const TICKS_PER_MS = 90;

/** One MP4: what was recorded without a break by one clock, with one codec and size. */
export interface Segment {
  epoch: number;
  codec: string;
  width: number;
  height: number;
  init: Buffer;
  /** Wall time of its first frame and of the end of its last. */
  startMs: number;
  endMs: number;
  frames: number;
  /** Pairs of milliseconds since the file's beginning and wall time: in between it is linear. */
  clock: [mediaMs: number, wallMs: number][];
}
export interface Placed {
  segment: Segment;
  /** The chunk begins a new segment. */
  isNew: boolean;
  /** Ticks to add to the chunk's times. */
  shift: number;
}

/** Puts the chunks of one camera, in the order of recording, into segments. Pure but for what it remembers. */
export function segmentPlan(): (chunk: RecordedChunk) => Placed | null {
  let current: Segment | undefined;
  let fileId: string | undefined;
  let shift = 0;
  /** End of the segment so far on its own timeline. */
  let endTicks = 0;

  function continues(chunk: RecordedChunk): boolean {
    if (!current || current.epoch !== chunk.epoch) return false;
    const pauseMs = chunk.wallMs - current.endMs;
    if (pauseMs > CONTIGUOUS_MS || pauseMs < -CONTIGUOUS_MS) return false;
    if (fileId === chunk.fileId) return chunk.ticks + shift >= endTicks;
    return chunk.key && current.init.equals(chunk.init);
  }

  return (chunk) => {
    const isNew = !continues(chunk);
    // Frames that refer to ones that are not there cannot be shown by anybody.
    if (isNew && !chunk.key) return null;
    if (isNew) {
      const { epoch, codec, width, height, init, wallMs } = chunk;
      current = { epoch, codec, width, height, init, startMs: wallMs, endMs: wallMs, frames: 0, clock: [] };
      shift = 0 - chunk.ticks;
    } else if (fileId !== chunk.fileId) {
      const pauseMs = Math.max(0, chunk.wallMs - (current as Segment).endMs);
      shift = endTicks + Math.round(pauseMs * TICKS_PER_MS) - chunk.ticks;
    }
    fileId = chunk.fileId;
    const segment = current as Segment;
    endTicks = chunk.endTicks + shift;
    noteClock(segment, (chunk.ticks + shift) / TICKS_PER_MS, chunk.wallMs);
    segment.endMs = Math.max(segment.endMs, chunk.endWallMs);
    segment.frames += chunk.frames;
    return { segment, isNew, shift };
  };
}

function noteClock(segment: Segment, mediaMs: number, wallMs: number): void {
  const last = segment.clock.at(-1);
  if (last && Math.abs(wallMs - last[1] - (mediaMs - last[0])) <= CLOCK_DRIFT_MS) return;
  segment.clock.push([Math.round(mediaMs), Math.round(wallMs)]);
}
