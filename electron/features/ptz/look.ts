import type { PtzLook } from '#contract/ptz.contract.ts';
import type { Camera, Site } from '#contract/site.ts';
import { camerasSeeing, eyeOf, type Eye } from '#domain/field-of-view.ts';
import { bearingTo, distanceMetres, toPlane, type LngLatPair } from '#domain/plane.ts';
import { aimAtPoint, calibrate, mountOf, type PtzMark } from '#domain/ptz-mount.ts';
import { askControl, type PtzPerson } from '#domain/ptz.ts';
import { prepareScene, type Scene } from '#domain/sight-scene.ts';
import type { OnvifError } from '#native/onvif/errors.ts';
import type { PtzDesk } from './desk.ts';

/** The walls and eyes of a site: made when first asked for, and anew after `forget`. */
export function createSights(site: () => Site) {
  let made: { scene: Scene; eyes: Eye[] } | undefined;
  return {
    get() {
      if (made) return made;
      const { places, cameras, site: about } = site();
      const scene = prepareScene(places, about.center);
      const eyes = cameras.filter(({ ptz }) => ptz).flatMap((camera) => eyeOf(camera, scene) ?? []);
      return (made = { scene, eyes });
    },
    forget: () => void (made = undefined),
  };
}

/** PTZ cameras that can see a point when they are turned to it, the best first. */
export function turnable(sights: ReturnType<typeof createSights>, at: LngLatPair, level: number): string[] {
  const { eyes, scene } = sights.get();
  return camerasSeeing(eyes, scene, at, level).map(({ cameraId }) => cameraId);
}

const target = (camera: Camera, at: LngLatPair) => {
  const position = camera.position as LngLatPair;
  const point = toPlane(at, position);
  return { bearing: bearingTo({ x: 0, y: 0 }, point), metres: distanceMetres(position, at) };
};
const nothing = { holder: null, seconds: null, reason: null };

/**
 * Turns one camera to a point, if it may be taken.
 * @param take takes control once it is known that the camera can do it; may refuse by throwing
 */
export async function lookFrom(
  desk: PtzDesk,
  camera: Camera,
  at: LngLatPair,
  who: PtzPerson,
  nowMs: number,
  take: () => void,
): Promise<PtzLook> {
  const cameraId = camera.id;
  const asked = askControl(desk.hold, who, nowMs);
  if (!asked.granted) {
    const seconds = Math.ceil((asked.freeAtMs - nowMs) / 1_000);
    return { ...nothing, cameraId, outcome: 'held', holder: asked.hold.name, seconds };
  }
  const { head, drive } = await desk.open();
  if (!head.node.absolute.panTilt) return { ...nothing, cameraId, outcome: 'no_absolute' };
  const mount = mountOf(camera);
  const wide = head.node.absolute.zoom ? (camera.viewAngleDegrees ?? null) : null;
  const aim = aimAtPoint(mount, target(camera, at), wide, head.node.limits);
  if (!aim) return { ...nothing, cameraId, outcome: 'out_of_range' };
  take();
  if (drive.isMoving) await drive.stop();
  await head.ptz.absolute(aim);
  desk.works();
  desk.look();
  return { ...nothing, cameraId, outcome: 'turned' };
}

/** What a camera's refusal to look is to the person who asked: it did not answer, or it said no. */
export function refusedLook(cameraId: string, error: OnvifError): PtzLook {
  const outcome = error.code === 'fault' ? 'failed' : 'unreachable';
  return { ...nothing, cameraId, outcome, reason: error.code };
}

/** A camera's mount as the marks say. @param marks where it looked, by its own numbers, when it showed a point */
export function learnMount(
  camera: Camera,
  heightMetres: number,
  marks: readonly { at: LngLatPair; pan: number; tilt: number }[],
) {
  const known: PtzMark[] = marks.map(({ at, pan, tilt }) => ({ pan, tilt, ...target(camera, at) }));
  return calibrate({ ...mountOf(camera), heightMetres }, known);
}
