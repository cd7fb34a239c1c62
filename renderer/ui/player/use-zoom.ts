import { useEventListener } from '@vueuse/core';
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import type { Size } from './choose-stream.ts';
import {
  centreOn,
  fitOf,
  panBy,
  seenPart,
  transformOf,
  WHOLE,
  wheelFactor,
  zoomAt,
  type Part,
} from './zoom.ts';

/** A pointer that has moved less has clicked. */
const DRAG_PIXELS = 4;
/** In a smaller tile the wheel goes on scrolling the page; Ctrl with the wheel enlarges in any. */
const WHEEL_FROM_PIXELS = 280;
/** What a press of `+` does. */
const KEY_FACTOR = 1.5;

export type Zoom = ReturnType<typeof useZoom>;

/**
 * Digital zoom of one tile: wheel at the pointer, drag, pinch; keys and buttons call what it returns.
 * @param tile the element that the picture fills; gestures are heard on it
 * @param source what is shown: another one begins whole
 * @param picture size of the picture now
 */
export function useZoom(
  tile: Ref<HTMLElement | null>,
  source: () => string,
  picture: () => Size | undefined,
) {
  const view = shallowRef(WHOLE);
  const isZoomed = computed(() => view.value.scale > 1);
  watch(source, () => (view.value = WHOLE));

  const box = () => tile.value?.getBoundingClientRect() ?? new DOMRect();
  const fit = () => fitOf(box(), picture());
  const at = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const { left, top, width, height } = box();
    return { x: (clientX - left) / (width || 1), y: (clientY - top) / (height || 1) };
  };
  const isControl = (event: Event) =>
    event.target instanceof Element && event.target.closest('button, input, a, [data-no-pan]') !== null;

  useEventListener(
    tile,
    'wheel',
    (event: WheelEvent) => {
      if (!event.ctrlKey && box().width < WHEEL_FROM_PIXELS) return;
      if (!isZoomed.value && event.deltaY > 0) return;
      event.preventDefault();
      view.value = zoomAt(view.value, wheelFactor(event), at(event), fit());
    },
    { passive: false },
  );

  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  useEventListener(tile, 'pointerdown', (event: PointerEvent) => {
    if (event.button !== 0 || isControl(event)) return;
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, at(event));
  });
  useEventListener(tile, 'pointermove', (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (!isZoomed.value && !other) return;
    travelled += Math.hypot((now.x - before.x) * box().width, (now.y - before.y) * box().height);
    pointers.set(event.pointerId, now);
    if (travelled < DRAG_PIXELS && !other) return;
    if (!tile.value?.hasPointerCapture(event.pointerId)) tile.value?.setPointerCapture(event.pointerId);
    const by = { x: now.x - before.x, y: now.y - before.y };
    if (!other) return void (view.value = panBy(view.value, by, fit()));
    const far = (point: { x: number; y: number }) =>
      Math.hypot((point.x - other.x) * box().width, (point.y - other.y) * box().height);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const pinched = zoomAt(view.value, far(now) / Math.max(1, far(before)), middle, fit());
    view.value = panBy(pinched, { x: by.x / 2, y: by.y / 2 }, fit());
  });
  function release(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId) || travelled < DRAG_PIXELS) return;
    // The click that ends a drag selects nothing, and centres no camera.
    const swallow = (click: Event) => click.stopPropagation();
    window.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener('click', swallow, { capture: true }));
  }
  useEventListener(tile, ['pointerup', 'pointercancel'], release);
  // A tile that can be dragged to another place is panned while it is enlarged.
  useEventListener(tile, 'dragstart', (event: DragEvent) => isZoomed.value && event.preventDefault());
  onScopeDispose(() => pointers.clear());

  return {
    view,
    isZoomed,
    /** For the element that holds the picture. */
    style: computed(() => (isZoomed.value ? { transform: transformOf(view.value) } : undefined)),
    seen: (): Part => seenPart(view.value, fit()),
    centre: (point: { x: number; y: number }) => (view.value = centreOn(view.value, point, fit())),
    nearer: () => (view.value = zoomAt(view.value, KEY_FACTOR, { x: 0.5, y: 0.5 }, fit())),
    wider: () => (view.value = zoomAt(view.value, 1 / KEY_FACTOR, { x: 0.5, y: 0.5 }, fit())),
    whole: () => (view.value = WHOLE),
  };
}
