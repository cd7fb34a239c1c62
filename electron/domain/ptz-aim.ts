/** Ways to bring something of the picture into its middle, and to fill the picture with it. */
import { angleAt, zoomAt, zoomFor, type PtzMount } from './ptz-mount.ts';

export interface PtzAim {
  pan: number;
  tilt: number;
  /** True: pan and tilt are halves of the picture; false: units of the generic space. */
  fov: boolean;
}

/**
 * Click to centre. A camera that knows its field of view (ONVIF TranslationSpaceFov) gets the point itself; one that
 * does not gets angles from its opening angle at the present zoom. That is near for most domes and gets nearer with
 * every click.
 * @param point halves of the picture from its middle: x to the right, y up, -1..1
 * @param wideDegrees horizontal opening angle at zoom 0; null when unknown
 * @param zoom present position 0..1; null when the camera does not tell: as at its widest
 * @param aspect width by height of the picture
 * @returns null when the camera offers no way
 */
export function aimAt(
  point: { x: number; y: number },
  camera: { fov: boolean; relative: boolean },
  mount: PtzMount,
  { wideDegrees, zoom, aspect }: { wideDegrees: number | null; zoom: number | null; aspect: number },
): PtzAim | null {
  if (camera.fov) return { pan: point.x, tilt: point.y, fov: true };
  if (!camera.relative || wideDegrees === null || mount.tiltDegrees === 0) return null;
  const half = angleAt(mount, wideDegrees, zoom ?? 0) / 2;
  const way = mount.clockwise ? 1 : -1;
  return {
    pan: (way * point.x * half) / mount.panHalfDegrees,
    tilt: (point.y * half) / aspect / mount.tiltDegrees,
    fov: false,
  };
}

/**
 * Zoom position that fills the picture with a part of it.
 * @param size part of the picture's width or height, 0..1
 */
export const frameZoom = (mount: Pick<PtzMount, 'zoomTimes'>, zoom: number, size: number): number =>
  zoomFor(mount, zoomAt(mount, zoom) / size);
