import { useEventListener } from '@vueuse/core';
import { ref, shallowRef, type Ref } from 'vue';
import { boxIn, pointIn } from './ptz-input.ts';

/** A box that is being drawn, in pixels of the window. */
export interface DrawnBox {
  left: number;
  top: number;
  width: number;
  height: number;
}
export interface PictureActs {
  centre(point: { x: number; y: number }, aspect: number): void;
  frame(box: { x: number; y: number; size: number }, aspect: number): void;
  zoom(way: 1 | -1): void;
}
/** A hand that clicks moves a little. */
const CLICK_PX = 6;

/**
 * Steering in the picture itself, while it is switched on: a click brings a point into the middle, a drawn box fills the
 * picture, the wheel zooms the lens. The tile's own gestures (digital zoom) wait meanwhile.
 */
export function usePtzPicture(cameraId: Ref<string>, canFrame: () => boolean, acts: PictureActs) {
  const isOn = ref(false);
  const box = shallowRef<DrawnBox | null>(null);
  let from: { x: number; y: number; picture: Element; pointer: number } | null = null;
  let eatsClick = false;

  const pictureAt = (event: Event): HTMLVideoElement | HTMLCanvasElement | null => {
    const target = event.target instanceof Element ? event.target : null;
    const tile = target?.closest<HTMLElement>('figure[data-camera]');
    if (!isOn.value || tile?.dataset['camera'] !== cameraId.value || target?.closest('button')) return null;
    return tile.querySelector<HTMLVideoElement | HTMLCanvasElement>('.picture');
  };
  const aspectOf = (picture: Element) => {
    const [width, height] =
      picture instanceof HTMLVideoElement
        ? [picture.videoWidth, picture.videoHeight]
        : [(picture as HTMLCanvasElement).width, (picture as HTMLCanvasElement).height];
    return width && height ? width / height : 16 / 9;
  };
  const drawn = (event: PointerEvent): DrawnBox | null =>
    from && {
      left: Math.min(from.x, event.clientX),
      top: Math.min(from.y, event.clientY),
      width: Math.abs(event.clientX - from.x),
      height: Math.abs(event.clientY - from.y),
    };
  const eat = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const capture = { capture: true };
  useEventListener(document, 'pointerdown', (event: PointerEvent) => {
    const picture = event.button === 0 ? pictureAt(event) : null;
    eatsClick = picture !== null;
    if (!picture) return;
    from = { x: event.clientX, y: event.clientY, picture, pointer: event.pointerId };
    event.stopPropagation();
  }, capture); // prettier-ignore
  useEventListener(document, 'pointermove', (event: PointerEvent) => {
    if (event.pointerId !== from?.pointer) return;
    const now = drawn(event);
    box.value = now && canFrame() && Math.max(now.width, now.height) > CLICK_PX ? now : null;
    eat(event);
  }, capture); // prettier-ignore
  useEventListener(document, 'pointerup', (event: PointerEvent) => {
    if (event.pointerId !== from?.pointer) return;
    const { picture } = from;
    const shown = box.value;
    [from, box.value] = [null, null];
    event.stopPropagation();
    const aspect = aspectOf(picture);
    const area = picture.getBoundingClientRect();
    if (shown) {
      const framed = boxIn(shown, area, aspect);
      if (framed) acts.frame(framed, aspect);
      return;
    }
    const point = pointIn({ x: event.clientX - area.left, y: event.clientY - area.top }, area, aspect);
    if (point) acts.centre(point, aspect);
  }, capture); // prettier-ignore
  useEventListener(document, 'pointercancel', () => ([from, box.value] = [null, null]), capture);
  // tiles are dragged to other places otherwise
  useEventListener(document, 'dragstart', (event) => from && eat(event), capture);
  // neither selects the tile nor enlarges it
  for (const name of ['click', 'dblclick'] as const)
    useEventListener(document, name, (event) => eatsClick && pictureAt(event) && eat(event), capture);
  useEventListener(document, 'wheel', (event: WheelEvent) => {
    if (event.ctrlKey || !pictureAt(event)) return;
    eat(event);
    acts.zoom(event.deltaY < 0 ? 1 : -1);
  }, { capture: true, passive: false }); // prettier-ignore
  return { isOn, box };
}
