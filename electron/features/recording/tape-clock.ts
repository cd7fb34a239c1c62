import { prftBox } from '#native/recording/boxes.ts';
import { TICKS_PER_SECOND, type Part, type PendingPart } from '#native/recording/types.ts';

/** Wall and media time of a stream may part by this much between two parts; more is a clock that was set. */
const CLOCK_MS = { back: 1_000, away: 5_000 };
/** Nothing came for longer: a gap that is to be seen as one. */
const HOLE_MS = 3_000;

/** How the wall clock went on since the last part of a file; undefined: as it should. */
export function wallJump(
  part: Pick<Part, 'wallMs' | 'ticks'>,
  last: Part | undefined,
): 'back' | 'away' | 'hole' | undefined {
  if (!last) return undefined;
  const stepMs = part.wallMs - last.endWallMs;
  const mediaMs = ((part.ticks - last.endTicks) / TICKS_PER_SECOND) * 1000;
  if (stepMs < -CLOCK_MS.back) return 'back';
  if (Math.abs(stepMs - mediaMs) > CLOCK_MS.away) return 'away';
  return stepMs > HOLE_MS ? 'hole' : undefined;
}

/**
 * Within a file wall time never goes back. When the clock was set in the middle of a group of pictures, the file goes on
 * by media time up to the next key frame (`isClockSet`), where another file begins with the new time: nothing is lost.
 */
export function fitted(
  part: PendingPart,
  last: Part | undefined,
): { part: PendingPart; isClockSet: boolean } {
  const jump = wallJump(part, last);
  if (!last || (part.startsWithKey && jump !== undefined)) return { part, isClockSet: false };
  const mediaMs = Math.max(0, Math.round(((part.ticks - last.endTicks) / TICKS_PER_SECOND) * 1000));
  if (jump === 'back' || jump === 'away')
    return { part: shifted(part, last.endWallMs + mediaMs - part.wallMs), isClockSet: true };
  const isBefore = part.wallMs < last.endWallMs;
  return { part: isBefore ? shifted(part, last.endWallMs - part.wallMs) : part, isClockSet: false };
}

function shifted(part: PendingPart, byMs: number): PendingPart {
  const wallMs = part.wallMs + byMs;
  return {
    ...part,
    buffers: [prftBox(wallMs, part.ticks), ...part.buffers.slice(1)],
    wallMs,
    endWallMs: part.endWallMs + byMs,
    keys: part.keys.map((key) => ({ ...key, wallMs: key.wallMs + byMs })),
  };
}
