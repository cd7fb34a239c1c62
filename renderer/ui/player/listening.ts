import { computed, onScopeDispose, ref, shallowReactive, watch, type ComputedRef } from 'vue';

/** Whether the guard wants to hear cameras. Silent until asked for, in each session anew. */
export const isListening = ref(false);

/** Tiles that could be heard, the one that asked last at the end: that one is. */
const askers = shallowReactive<symbol[]>([]);

/**
 * One tile at a time is heard: the one that somebody works with.
 * @param canBeHeard it is that tile, and there is something to hear
 */
export function useListening(canBeHeard: () => boolean): ComputedRef<boolean> {
  const own = Symbol('tile');
  const leave = () => {
    const at = askers.indexOf(own);
    if (at >= 0) askers.splice(at, 1);
  };
  watch(
    canBeHeard,
    (can) => {
      leave();
      if (can) askers.push(own);
    },
    { immediate: true },
  );
  onScopeDispose(leave);
  return computed(() => isListening.value && askers.at(-1) === own);
}
