import type { RecordingState } from '#contract/recording.contract.ts';

const FIRST_CAMERAS = 4;

/**
 * What the screen opens with for whoever has chosen nothing yet: the first cameras of the site of which anything is
 * kept, the first ones if none has; none while it is not known what is kept.
 */
export function firstCameras(
  siteIds: readonly string[],
  states: readonly Pick<RecordingState, 'id' | 'newestMs'>[],
): string[] {
  if (states.length === 0) return [];
  const kept = new Set(states.flatMap(({ id, newestMs }) => (newestMs === null ? [] : [id])));
  const those = siteIds.filter((id) => kept.has(id));
  return (those.length > 0 ? those : siteIds).slice(0, FIRST_CAMERAS);
}
