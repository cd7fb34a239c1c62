/** What cameras see, for drawing. Pure. */
import type { PtzState } from '#contract/ptz.contract.ts';
import type { Camera } from '#contract/site.ts';
import { DEFAULT_ANGLE_DEGREES, viewRing, type Eye, type Heading } from '#domain/field-of-view.ts';
import { angleAt, bearingAt, mountOf } from '#domain/ptz-mount.ts';
import type { Scene } from '#domain/sight-scene.ts';

export interface Sights {
  scene: Scene;
  eyes: readonly Eye[];
  byCamera: ReadonlyMap<string, Eye>;
}

/** Where a PTZ camera looks now; undefined while it does not tell. */
export function headingOf(camera: Camera, state: PtzState | undefined): Heading | undefined {
  const pan = state?.position?.pan;
  if (pan == null) return undefined;
  const mount = mountOf(camera);
  const wide = camera.viewAngleDegrees ?? DEFAULT_ANGLE_DEGREES;
  // a sliver would not be seen on the map
  const angleDegrees = Math.max(4, angleAt(mount, wide, state?.position?.zoom ?? 0));
  return { bearing: bearingAt(mount, pan), angleDegrees };
}

const drawn = new WeakMap<Eye, Map<string, [number, number][]>>();
/** The ring of what a camera sees, kept: a site has hundreds, and they seldom change. */
export function ringOfView(eye: Eye, scene: Scene, heading?: Heading): [number, number][] {
  const rings = drawn.get(eye) ?? new Map<string, [number, number][]>();
  drawn.set(eye, rings);
  const key = heading ? `${heading.bearing.toFixed(1)} ${heading.angleDegrees.toFixed(1)}` : '';
  let ring = rings.get(key);
  if (!ring) {
    if (rings.size > 8) rings.clear();
    ring = viewRing(eye, scene, heading);
    rings.set(key, ring);
  }
  return ring;
}
