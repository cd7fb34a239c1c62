import type { CameraChange } from '#contract/cameras.contract.ts';
import { camera as cameraSchema, type Camera } from '#contract/site.ts';

/** A camera with what a change of many says; the rest as it was. The password is no part of a camera. */
export function changed(camera: Camera, change: CameraChange): Camera {
  const { password: _secret, onvifEvents, username, ...plain } = change;
  const kept = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const { username: before, ...rest } = camera;
  const user = username === undefined ? before : username;
  return cameraSchema.parse({
    ...rest,
    ...kept,
    ...(user ? { username: user } : {}),
    ...(camera.onvif && onvifEvents !== undefined ? { onvif: { ...camera.onvif, events: onvifEvents } } : {}),
  });
}
