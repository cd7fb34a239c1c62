import type { Alarm } from '#contract/alarms.contract.ts';
import type { Camera } from '#contract/site.ts';

/**
 * Cameras of the strip: the one picked on the map, then those of the alarm in its order, then the
 * park's first ones, so that no place stays empty while there are cameras.
 */
export function stripCameras(
  cameras: readonly Camera[],
  alarm: Pick<Alarm, 'cameraIds'> | null,
  picked: { kind: string; id: string } | null,
  places: number,
): Camera[] {
  const byId = new Map(cameras.map((camera) => [camera.id, camera]));
  const wanted = [
    ...(picked?.kind === 'camera' ? [picked.id] : []),
    ...(alarm?.cameraIds ?? []),
    ...byId.keys(),
  ];
  return [...new Set(wanted)].flatMap((id) => byId.get(id) ?? []).slice(0, places);
}
