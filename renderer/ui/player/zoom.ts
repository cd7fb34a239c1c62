import type { Size } from './choose-stream.ts';

/** What of a tile's box is seen: enlarged `scale` times, with the point (x, y), in parts of the box, in the middle. */
export interface ZoomView {
  scale: number;
  x: number;
  y: number;
}
interface Point {
  x: number;
  y: number;
}
/** A part of something, each number in parts of the whole, 0 to 1. */
export interface Part extends Point, Size {}

export const WHOLE: ZoomView = { scale: 1, x: 0.5, y: 0.5 };
/** More shows blocks, not detail: 4K in a tile of 480 pixels is one to one at 8. */
export const MAX_SCALE = 16;
/** So near to the whole picture that it is meant. */
const NEARLY_WHOLE = 1.03;

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** The part of a box that a picture with its own proportions covers (object-fit: contain). */
export function fitOf(box: Size, picture: Size | undefined): Size {
  if (!picture || box.width <= 0 || box.height <= 0 || picture.width <= 0 || picture.height <= 0)
    return { width: 1, height: 1 };
  const ratio = picture.width / picture.height / (box.width / box.height);
  return ratio >= 1 ? { width: 1, height: 1 / ratio } : { width: ratio, height: 1 };
}

/** Nothing beside the picture is shown while there is picture to show. */
function within({ scale, x, y }: ZoomView, fit: Size): ZoomView {
  if (scale < NEARLY_WHOLE) return WHOLE;
  const half = 0.5 / scale;
  const along = (centre: number, covered: number) =>
    half * 2 >= covered ? 0.5 : clamp(centre, 0.5 - covered / 2 + half, 0.5 + covered / 2 - half);
  return { scale, x: along(x, fit.width), y: along(y, fit.height) };
}

/**
 * Enlarges by a factor around a point that stays where it is on the screen.
 * @param at where the pointer is, in parts of the tile's box
 * @param fit of {@link fitOf}
 */
export function zoomAt(view: ZoomView, factor: number, at: Point, fit: Size): ZoomView {
  const scale = clamp(view.scale * factor, 1, MAX_SCALE);
  const keep = (centre: number, pointer: number) =>
    centre + (pointer - 0.5) / view.scale - (pointer - 0.5) / scale;
  return within({ scale, x: keep(view.x, at.x), y: keep(view.y, at.y) }, fit);
}

/** Moves the picture with the pointer; `by` in parts of the tile's box. */
export function panBy(view: ZoomView, by: Point, fit: Size): ZoomView {
  return within({ ...view, x: view.x - by.x / view.scale, y: view.y - by.y / view.scale }, fit);
}

/** Brings a point of the picture into the middle; `at` in parts of the picture. */
export function centreOn(view: ZoomView, at: Point, fit: Size): ZoomView {
  const x = 0.5 + (at.x - 0.5) * fit.width;
  return within({ ...view, x, y: 0.5 + (at.y - 0.5) * fit.height }, fit);
}

/** The part of the picture that is seen. */
export function seenPart(view: ZoomView, fit: Size): Part {
  const along = (centre: number, covered: number): [number, number] => {
    const inPicture = (box: number) => clamp((box - 0.5) / covered + 0.5, 0, 1);
    return [inPicture(centre - 0.5 / view.scale), inPicture(centre + 0.5 / view.scale)];
  };
  const [left, right] = along(view.x, fit.width);
  const [top, bottom] = along(view.y, fit.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** For an element that fills the tile, with its origin in the middle. */
export const transformOf = ({ scale, x, y }: ZoomView): string =>
  `scale(${scale}) translate(${(0.5 - x) * 100}%, ${(0.5 - y) * 100}%)`;

/** How much a turn of the wheel enlarges. A pinch on a touch pad comes as a wheel with Ctrl, in small steps. */
export function wheelFactor(event: Pick<WheelEvent, 'deltaY' | 'deltaMode' | 'ctrlKey'>): number {
  const pixels = event.deltaY * (event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1);
  return Math.exp(-clamp(pixels, -200, 200) * (event.ctrlKey ? 0.01 : 0.002));
}
