import type { RecordingState } from '#contract/recording.contract.ts';

const FIRST_CAMERAS = 4;

type Kept = Pick<RecordingState, 'id' | 'newestMs'>;

/**
 * Where the screen opens: a while ago; that long before the last picture of these cameras where all of theirs end
 * earlier, since a clock behind them shows nothing.
 */
export function firstTime(
  cameraIds: readonly string[],
  states: readonly Kept[],
  agoMs: number,
  nowMs: number,
): number {
  const ends = states.flatMap(({ id, newestMs }) =>
    cameraIds.includes(id) && newestMs !== null ? [newestMs] : [],
  );
  return ends.length === 0 ? nowMs - agoMs : Math.min(nowMs, Math.max(...ends)) - agoMs;
}

/**
 * What the screen opens with for whoever has chosen nothing yet: the first cameras of the site of which anything is
 * kept, the first ones if none has; none while it is not known what is kept.
 */
export function firstCameras(siteIds: readonly string[], states: readonly Kept[]): string[] {
  if (states.length === 0) return [];
  const kept = new Set(states.flatMap(({ id, newestMs }) => (newestMs === null ? [] : [id])));
  const those = siteIds.filter((id) => kept.has(id));
  return (those.length > 0 ? those : siteIds).slice(0, FIRST_CAMERAS);
}
