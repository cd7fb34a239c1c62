import { useElementHover, useElementSize, useFocusWithin } from '@vueuse/core';
import { computed, ref, type Ref } from 'vue';
import { BAR_FROM_PIXELS } from './tile-tools.ts';

/** A tile as large as this is what a person looks at, pointed at or not. */
const LARGE_FROM_PIXELS = 640;

const NARROW_BELOW_PIXELS = 480;

/** Whether somebody works with a tile: it is pointed at, has the focus or is selected, or a dialog of it is open. */
export function useAttention(tile: Ref<HTMLElement | null>, selected: Ref<boolean>) {
  const hovered = useElementHover(tile);
  const { focused } = useFocusWithin(tile);
  const { width } = useElementSize(tile);
  const pinned = ref(false);
  return {
    isLooked: computed(() => hovered.value || focused.value || selected.value || pinned.value),
    isLarge: computed(() => width.value >= LARGE_FROM_PIXELS),
    isRoomy: computed(() => width.value >= BAR_FROM_PIXELS),
    /** Name, tools and figures do not fit beside each other. */
    isNarrow: computed(() => width.value < NARROW_BELOW_PIXELS),
    pin: (isPinned: boolean) => void (pinned.value = isPinned),
  };
}
