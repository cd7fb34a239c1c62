import { useElementSize } from '@vueuse/core';
import { ref, shallowRef, watch, type Ref } from 'vue';
import type { StreamKind } from '#contract/media-wire.ts';
import { chooseStream, subSizes, type Size } from './choose-stream.ts';

/** Which of a camera's streams fits a tile's size, live or recorded: the smallest that is at least as large. */
export function useFittingStream(input: {
  tile: Ref<HTMLElement | null>;
  cameraId: Ref<string>;
  /** How many times the picture is enlarged in the tile. */
  scale: Ref<number>;
}) {
  const { width, height } = useElementSize(input.tile);
  const fitting = ref<StreamKind>('sub');
  const sizeOfSub = shallowRef<Size>();

  function choose(): StreamKind {
    // Enlarged in the tile is as good as a larger tile.
    const ratio = (globalThis.devicePixelRatio || 1) * input.scale.value;
    const size = { width: width.value * ratio, height: height.value * ratio };
    fitting.value = chooseStream(size, sizeOfSub.value, fitting.value);
    return fitting.value;
  }
  watch(
    [input.cameraId, sizeOfSub, width, height, input.scale],
    ([cameraId], [before]) => {
      if (cameraId !== before) {
        sizeOfSub.value = subSizes.get(cameraId);
        fitting.value = 'sub';
      }
      choose();
    },
    { immediate: true },
  );
  return {
    fitting,
    /** At this moment, before the screen has been told. */
    choose,
    /** What a stream's picture has turned out to be. */
    noteSize(cameraId: string, stream: StreamKind | undefined, { width: of, height: by }: Size): void {
      if (stream !== 'sub') return;
      const size = { width: of, height: by };
      subSizes.note(cameraId, size);
      if (cameraId === input.cameraId.value) sizeOfSub.value = size;
    },
  };
}
