import type { StreamKind } from '#contract/media-wire.ts';

export interface Size {
  width: number;
  height: number;
}

/** Enlarged by less than this, the small stream is as good: nobody sees it, and a tile at the limit does not change to and fro. */
const TOLERANCE = 1.1;

/**
 * The smallest stream that is at least as large as the picture in a tile.
 * @param tile in pixels of the screen (CSS pixels times the device's ratio); the picture is fitted into it
 * @param sub size of the sub stream's picture, if it is known; without it the sub stream tells
 * @param current what the tile shows now
 */
export function chooseStream(tile: Size, sub: Size | undefined, current: StreamKind): StreamKind {
  if (!sub || tile.width <= 0 || tile.height <= 0) return current;
  const enlarged = Math.min(tile.width / sub.width, tile.height / sub.height);
  if (enlarged > TOLERANCE) return 'main';
  return enlarged <= 1 ? 'sub' : current;
}

/** Sizes of sub streams, by camera, that a tile of this console has seen: the next tile need not find out again. */
const known = new Map<string, Size>();
export const subSizes = {
  get: (cameraId: string): Size | undefined => known.get(cameraId),
  note: (cameraId: string, size: Size): void => void known.set(cameraId, size),
};
