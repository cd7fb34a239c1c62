/** Places that take turns: when the next camera comes, and which. Free of the screen. */
import { isFree, step, turn, type Wall } from './wall.ts';

/** How long each part has left until its turn: the wall's pages, and places with a list by their key. Milliseconds. */
export type TimeLeft = ReadonlyMap<number | 'wall', number>;
export const NOTHING_LEFT: TimeLeft = new Map();

/** The next picture is fetched this long before it is due: a camera that nobody watches takes a second or two to come. */
export const PREFETCH_MS = 3_000;
/** A page of more places than this is not fetched ahead: twice the streams would drown the machine. Its tiles change as their pictures come. */
const PREFETCH_PLACES = 9;

/** Whether anything on this wall takes turns. */
export const takesTurns = (wall: Wall): boolean =>
  wall.carousel !== null || wall.places.some(({ list, held }) => list !== null && !held);

/**
 * Time passes: what is due goes on. A place that the guard works in waits, and the wall's pages wait for every place that
 * they would change.
 * @param isBusy whether the guard works in a place now
 */
export function passTime(
  wall: Wall,
  pool: readonly string[],
  left: TimeLeft,
  elapsedMs: number,
  isBusy: (at: number) => boolean,
): { wall: Wall; left: TimeLeft } {
  const next = new Map<number | 'wall', number>();
  let now = wall;
  const spend = (key: number | 'wall', dwellSeconds: number, waits: boolean, go: () => Wall) => {
    const dwellMs = dwellSeconds * 1_000;
    const rest = Math.min(left.get(key) ?? dwellMs, dwellMs) - (waits ? 0 : elapsedMs);
    if (rest <= 0) now = go();
    next.set(key, rest <= 0 ? dwellMs : rest);
  };
  wall.places.forEach(({ key, list, held }, at) => {
    if (list && !held) spend(key, list.dwellSeconds, isBusy(at), () => step(now, at, 1));
  });
  if (wall.carousel) {
    const waits = wall.places.some((_, at) => isFree(wall, at) && isBusy(at));
    spend('wall', wall.carousel.dwellSeconds, waits, () => turn(now, pool, 1));
  }
  return { wall: now, left: next };
}

/** The camera that each place will show next, if that is soon enough to fetch it now. */
export function comingCameras(wall: Wall, pool: readonly string[], left: TimeLeft): (string | null)[] {
  const isSoon = (key: number | 'wall') => (left.get(key) ?? Infinity) <= PREFETCH_MS;
  const free = wall.places.filter((_, at) => isFree(wall, at)).length;
  const page = wall.carousel && isSoon('wall') && free <= PREFETCH_PLACES ? turn(wall, pool, 1) : wall;
  return wall.places.map(({ key, list, held, cameraId }, at) => {
    const next = list && !held && isSoon(key) ? step(wall, at, 1) : page;
    const coming = next.places[at]?.cameraId ?? null;
    return coming === cameraId ? null : coming;
  });
}
