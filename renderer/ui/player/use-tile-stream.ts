import { computed, shallowReactive, shallowRef, watch, type Ref } from 'vue';
import type { StreamKind } from '#contract/media-wire.ts';
import type { Size } from './choose-stream.ts';
import { layersAfterPicture, layersFor, type TileLayer } from './tile-layers.ts';
import type TilePicture from './TilePicture.vue';
import { useFittingStream } from './use-fitting-stream.ts';

export type TilePictureApi = InstanceType<typeof TilePicture>;

/**
 * Which stream a tile shows: the one that fits its size unless told otherwise, and the change from one to another
 * without a dark moment.
 */
export function useTileStream(input: {
  tile: Ref<HTMLElement | null>;
  cameraId: Ref<string>;
  stream: Ref<StreamKind | 'auto'>;
  decoder: Ref<'mse' | 'webcodecs'>;
  /** How many times the picture is enlarged in the tile. */
  scale: Ref<number>;
}) {
  const { fitting, noteSize } = useFittingStream(input);
  const layers = shallowRef<readonly TileLayer[]>([]);
  const pictures = shallowReactive(new Map<number, TilePictureApi>());
  let made = 0;

  const wanted = computed(() => ({
    cameraId: input.cameraId.value,
    // Enlarging is asking for detail: a tile that is told to take the small stream takes the large one for it.
    stream:
      input.stream.value === 'auto' || (input.stream.value === 'sub' && input.scale.value > 1)
        ? fitting.value
        : input.stream.value,
    decoder: input.decoder.value,
  }));
  const front = computed(() => pictures.get(layers.value[0]?.key ?? 0));
  /** What is to take over, while it has no picture. */
  const coming = computed(() => pictures.get(layers.value[1]?.key ?? 0));

  watch(
    wanted,
    (next) => {
      const now = layersFor(layers.value, next, front.value?.hasPicture ?? false, made + 1);
      if (now.some(({ key }) => key > made)) made += 1;
      layers.value = now;
    },
    { immediate: true },
  );

  return {
    layers,
    front,
    coming,
    keep(key: number, picture: TilePictureApi | null) {
      if (picture) pictures.set(key, picture);
      else pictures.delete(key);
    },
    onPicture: (key: number) => void (layers.value = layersAfterPicture(layers.value, key)),
    onSize: (layer: TileLayer, size: Size) => noteSize(layer.cameraId, layer.stream, size),
  };
}
