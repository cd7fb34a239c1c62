import { computed, ref, shallowRef } from 'vue';
import { api } from '#api/client.ts';
import { useSession } from '#api/session.ts';
import { useSite } from '#api/site.ts';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { LngLat } from '#contract/base.ts';
import type { PtzLook } from '#contract/ptz.contract.ts';
import { camerasSeeing, type Sighting } from '#domain/field-of-view.ts';
import { useAction } from '#ui/action.ts';
import { alarmPosition } from '#ui/map/geojson.ts';
import { useHeadings, useSights } from '#ui/map/sights.ts';

export interface Spot {
  at: LngLat;
  level: number;
  /** The alarm whose place it is. */
  alarm: Pick<Alarm, 'id' | 'cameraIds'> | null;
}

/**
 * "Who sees this point": a click on the map, or an alarm's place, gives the cameras that see it, the best first, and
 * turns the PTZ cameras among them to it for whoever may steer.
 */
export function useLook() {
  const session = useSession();
  const site = useSite();
  const sights = useSights();
  const headings = useHeadings();
  const { busy: turning, run } = useAction();
  /** A click on the map points at a place. */
  const aiming = ref(false);
  const spot = shallowRef<Spot | null>(null);
  const answers = shallowRef<ReadonlyMap<string, PtzLook>>(new Map());
  const sightings = computed<Sighting[]>(() => {
    const [point, now] = [spot.value, sights.value];
    if (!point || !now) return [];
    return camerasSeeing(now.eyes, now.scene, point.at, point.level, headings.value);
  });
  /** Those that see it, then those that the park linked to the alarm for whatever reason of its own. */
  const cameras = computed(() => {
    const seeing = sightings.value.map(({ cameraId }) => cameraId);
    const ids = new Set([...seeing, ...(spot.value?.alarm?.cameraIds ?? [])]);
    return [...ids].flatMap((id) => site.cameras.get(id) ?? []);
  });

  async function turn(): Promise<void> {
    const point = spot.value;
    if (!point || !session.may('video.control')) return;
    await run(async () => {
      const { cameras: told } = await api.ptz.lookAt({
        at: point.at,
        level: point.level,
        ...(point.alarm ? { alarmId: point.alarm.id } : {}),
      });
      // another point may have been clicked meanwhile
      if (spot.value === point) answers.value = new Map(told.map((one) => [one.cameraId, one]));
    });
  }
  function look(at: LngLat, level: number, alarm: Spot['alarm'] = null): void {
    spot.value = { at, level, alarm };
    answers.value = new Map();
    if (sightings.value.some(({ turns }) => turns)) void turn();
  }
  return {
    aiming,
    spot,
    answers,
    sightings,
    cameras,
    turning,
    turn,
    look,
    /** At an alarm; false when it has no place on the map. */
    lookAtAlarm(alarm: Alarm): boolean {
      const at = alarmPosition(alarm, site.places);
      if (at) look(at, alarm.level ?? 0, alarm);
      return at !== null;
    },
    leave(): void {
      aiming.value = false;
      spot.value = null;
      answers.value = new Map();
    },
  };
}
