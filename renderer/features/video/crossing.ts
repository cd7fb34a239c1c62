/** How one camera takes over from another in a place without a dark moment. Free of the screen. */

/** A camera without a picture by then is shown all the same: it says why. Milliseconds. */
export const PATIENCE_MS = 4_000;

/**
 * The camera whose tile is in front.
 * @param front the one in front now; null: none yet
 * @param wanted the one to be shown
 * @param hasPicture whether a camera's tile has a picture
 * @param isLost whether the station cannot get a camera's picture
 * @param waitedMs since `wanted` was wanted
 */
export function frontOf(
  front: string | null,
  wanted: string | null,
  hasPicture: (cameraId: string) => boolean,
  isLost: (cameraId: string) => boolean,
  waitedMs: number,
): string | null {
  if (front === wanted || front === null || wanted === null) return wanted;
  const isOver = hasPicture(wanted) || isLost(wanted) || !hasPicture(front) || waitedMs >= PATIENCE_MS;
  return isOver ? wanted : front;
}
