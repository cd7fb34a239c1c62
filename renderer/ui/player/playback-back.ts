import { dueFrame, type PendingFrame } from './playback-frames.ts';

/** All that tiles keep decoded for playing backwards, together. */
const ALL_BYTES = 256 * 1024 * 1024;
/** A decoder in hardware has few pictures to lend. */
const FEW_FRAMES = 8;

/** How many decoded pictures of a group one of `tiles` tiles may keep; two groups are in memory at once. */
export function keptFrames(tiles: number, widthPx: number, heightPx: number, isSoftware: boolean): number {
  if (!isSoftware) return FEW_FRAMES;
  const frameBytes = Math.max(1, widthPx * heightPx * 1.5);
  return Math.max(2, Math.floor(ALL_BYTES / Math.max(1, tiles) / 2 / frameBytes));
}

/** Times of the pictures of a group that are kept, microseconds: all, or as many as may be, the last one among them. */
export function keptOf(group: readonly Pick<PendingFrame, 'wallUs'>[], most: number): Set<number> {
  const every = Math.ceil(group.length / Math.max(1, most));
  return new Set(
    group.filter((_, index) => (group.length - 1 - index) % every === 0).map(({ wallUs }) => wallUs),
  );
}

/**
 * Which of the decoded pictures (in the order of their times) is to be shown when the clock runs backwards; -1: the one on
 * screen stays. Where the clock is before all of them, the first is the nearest.
 */
export function dueBack(timesUs: readonly number[], clockMs: number, shownUs: number | undefined): number {
  if (timesUs.length === 0 || (shownUs !== undefined && clockMs * 1000 >= shownUs)) return -1;
  return Math.max(0, dueFrame(timesUs, clockMs));
}
