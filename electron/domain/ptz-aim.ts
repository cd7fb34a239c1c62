/** A way to bring a point of the picture into its middle. */
export interface PtzAim {
  pan: number;
  tilt: number;
  /** True: pan and tilt are halves of the picture; false: parts of half a turn (generic ONVIF space). */
  fov: boolean;
}

/**
 * Click to centre. A camera that knows its field of view (ONVIF TranslationSpaceFov) gets the point itself; one that
 * does not gets angles from its opening angle at wide zoom, with the generic space read as -1..1 = a half turn each way
 * (pan) and a quarter turn (tilt). That is near for most domes and gets nearer with every click.
 * @param point halves of the picture from its middle: x to the right, y up, -1..1
 * @param angleDegrees horizontal opening angle; null when unknown
 * @param aspect width by height of the picture
 * @returns null when the camera offers no way
 */
export function aimAt(
  point: { x: number; y: number },
  camera: { fov: boolean; relative: boolean },
  angleDegrees: number | null,
  aspect: number,
): PtzAim | null {
  if (camera.fov) return { pan: point.x, tilt: point.y, fov: true };
  if (!camera.relative || angleDegrees === null) return null;
  const half = angleDegrees / 2;
  return { pan: (point.x * half) / 180, tilt: (point.y * half) / aspect / 90, fov: false };
}
