import { useEventListener } from '@vueuse/core';
import { computed, type Ref } from 'vue';
import { useSteering } from '#ui/ptz/use-steering.ts';
import { useMatrixState } from './state.ts';

/**
 * Whether the guard is at work in the matrix: what is pressed or turned there, a dialog, a half written text, a camera
 * that this person steers.
 */
export function useFocus(root: Ref<HTMLElement | null>, cameraIds: Ref<readonly string[]>) {
  const matrix = useMatrixState();
  const steers = useSteering();
  const work = () => (matrix.workedAtMs = performance.now());
  for (const name of ['pointerdown', 'wheel', 'keydown', 'dragstart'] as const)
    useEventListener(root, name, work, { passive: true });

  const isSteering = computed(() => cameraIds.value.some(steers));
  const isWriting = () =>
    [...(root.value?.querySelectorAll<HTMLInputElement>('input[type=text], textarea') ?? [])].some(
      (field) => !field.readOnly && field.value.trim() !== '',
    );
  return {
    work,
    /** Asked whenever the matrix would change; dialogs live outside the screen. */
    now: () => ({
      held: matrix.held,
      busy: isSteering.value || isWriting() || document.querySelector('[aria-modal=true]') !== null,
      workedAtMs: matrix.workedAtMs,
    }),
  };
}
