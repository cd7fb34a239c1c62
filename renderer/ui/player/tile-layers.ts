import type { StreamKind } from '#contract/media-wire.ts';

/** One picture of a tile: a stream in a decoder. */
export interface TileLayer {
  /** Unique in the tile's life: the same stream twice has two elements. */
  key: number;
  cameraId: string;
  stream: StreamKind;
  decoder: 'mse' | 'webcodecs';
}

export type WantedLayer = Omit<TileLayer, 'key'>;

const isSame = (a: WantedLayer, b: WantedLayer) =>
  a.cameraId === b.cameraId && a.stream === b.stream && a.decoder === b.decoder;

/**
 * What a tile holds when `wanted` is to be shown: the picture in front, and perhaps one behind it that is coming.
 * The one in front stays until the other has its first picture; never that of another camera, and not if it has none.
 * Pure; `hasPicture` is about the layer in front.
 */
export function layersFor(
  layers: readonly TileLayer[],
  wanted: WantedLayer,
  hasPicture: boolean,
  nextKey: number,
): readonly TileLayer[] {
  const [front, coming] = layers;
  if (front && isSame(front, wanted)) return [front];
  if (coming && isSame(coming, wanted)) return layers;
  const made = { ...wanted, key: nextKey };
  return front && front.cameraId === wanted.cameraId && hasPicture ? [front, made] : [made];
}

/** The layers after one of them got its first picture: if it was the coming one, it is in front now, alone. */
export function layersAfterPicture(layers: readonly TileLayer[], key: number): readonly TileLayer[] {
  const [, coming] = layers;
  return coming?.key === key ? [coming] : layers;
}
