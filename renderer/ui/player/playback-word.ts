import type { ReplayNotice } from '#api/media-socket.ts';

/** What is told instead of a recorded picture, worded as `replay.<code>`; `gap` with its reason. */
export type PlaybackWord = 'nothing' | 'blocked' | 'gap' | 'ended';

/** Behind the end of what is recorded so far its last picture stays this long before it is said. */
const END_MS = 3_000;

/** Whether the newest notice of the station explains that there is no picture at the clock's time; null: one is to come. */
export function playbackWord(notice: ReplayNotice | null, clockMs: number): PlaybackWord | null {
  if (!notice) return null;
  const { state, atMs, toMs } = notice;
  // After a jump to where nothing follows the end is told too, without a time: there is none.
  if ((state === 'jumped' || state === 'ended') && atMs === null) return 'nothing';
  const isInside = clockMs >= (atMs ?? 0) && clockMs < (toMs ?? Infinity);
  if ((state === 'blocked' || state === 'gap') && isInside) return state;
  return state === 'ended' && atMs !== null && clockMs > atMs + END_MS ? 'ended' : null;
}
