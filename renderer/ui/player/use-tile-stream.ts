import { computed, ref, shallowReactive, shallowRef, watch, type Ref } from 'vue';
import { useElementSize } from '@vueuse/core';
import type { StreamKind } from '#contract/media-wire.ts';
import { chooseStream, subSizes, type Size } from './choose-stream.ts';
import { layersAfterPicture, layersFor, type TileLayer } from './tile-layers.ts';
import type TilePicture from './TilePicture.vue';

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
  const { width, height } = useElementSize(input.tile);
  const fitting = ref<StreamKind>('sub');
  const sizeOfSub = shallowRef<Size>();
  const layers = shallowRef<readonly TileLayer[]>([]);
  const pictures = shallowReactive(new Map<number, TilePictureApi>());
  let made = 0;

  watch(
    [input.cameraId, sizeOfSub, width, height, input.scale],
    ([cameraId], [before]) => {
      if (cameraId !== before) {
        sizeOfSub.value = subSizes.get(cameraId);
        fitting.value = 'sub';
      }
      // Enlarged in the tile is as good as a larger tile.
      const ratio = (globalThis.devicePixelRatio || 1) * input.scale.value;
      const size = { width: width.value * ratio, height: height.value * ratio };
      fitting.value = chooseStream(size, sizeOfSub.value, fitting.value);
    },
    { immediate: true },
  );

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
    onSize(layer: TileLayer, size: Size) {
      if (layer.stream !== 'sub') return;
      subSizes.note(layer.cameraId, size);
      if (layer.cameraId === input.cameraId.value) sizeOfSub.value = size;
    },
  };
}
