import { watchThrottled } from '@vueuse/core';
import { computed, watchEffect } from 'vue';
import type { Ref } from 'vue';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { LngLat } from '#contract/base.ts';
import { useAlarms } from '#api/alarms.ts';
import { useLive } from '#api/live.ts';
import { useSite } from '#api/site.ts';
import type { useText } from '../text.ts';
import type { MapEngine } from './engine.ts';
import { alarmMarks, cameraPoints, devicePoints, lookShapes, patrolShapes, placeShapes, zoneLines } from './geojson.ts'; // prettier-ignore
import type { MapLayer } from './layers.ts';
import { levelNumber } from './levels.ts';
import { useHeadings, useSights } from './sights.ts';

export interface MapView {
  level: number;
  layers: readonly MapLayer[];
  alarm: Alarm | null;
  cameraIds: readonly string[];
  /** The point that is looked at. */
  look: LngLat | null;
}
/** Size of an alarm mark on the screen, with a little air. */
const MARK_PX = 24;
/** A thousand messages a second redraw the map no more often than this. */
const DEVICES_EVERY_MS = 1000;
const ALARMS_EVERY_MS = 200;
const NOTHING = ['==', ['get', 'kind'], 'nothing'];

/** Keeps a map's sources and filters true. Call it in an effect scope; it ends with that. */
export function feedMap(
  engine: MapEngine,
  view: Readonly<MapView>,
  metresPerPixel: Readonly<Ref<number>>,
  { t, lt }: Pick<ReturnType<typeof useText>, 't' | 'lt'>,
): void {
  const site = useSite();
  const alarms = useAlarms();
  const devices = useLive('devices.live');
  const zones = useLive('perimeter.live');
  const patrols = useLive('patrol.live');
  const park = computed(() => site.site);
  const sights = useSights();
  const headings = useHeadings();
  const levelName = (level: number) => (level === 0 ? t('map.ground') : levelNumber(level));

  watchEffect(() => {
    if (!park.value) return;
    const { shapes, names } = placeShapes(park.value, view.level, lt);
    engine.setData('places', shapes);
    engine.setData('names', names);
  });
  watchEffect(() => {
    const seeing = view.look ? view.cameraIds.flatMap((id) => site.cameras.get(id) ?? []) : [];
    engine.setData('look', lookShapes(view.look, seeing));
  });
  watchEffect(() => {
    if (!park.value) return;
    if (!sights.value) return;
    const shown = new Set(view.cameraIds);
    const { points, views } = cameraPoints(park.value, view.level, lt, shown, sights.value, headings.value); // prettier-ignore
    engine.setData('cameras', points);
    engine.setData('views', views);
  });
  watchThrottled(
    [park, devices.items, () => view.level],
    () => {
      if (park.value)
        engine.setData('devices', devicePoints(park.value, view.level, devices.items.value, lt));
    },
    { throttle: DEVICES_EVERY_MS, immediate: true },
  );
  watchEffect(() => {
    if (park.value) engine.setData('zones', zoneLines(park.value, zones.items.value));
  });
  watchEffect(() => {
    if (!park.value) return;
    const label = (patrol: { guard: string }) => t('map.patrolOf', { guard: patrol.guard });
    const { points, ways } = patrolShapes(park.value, patrols.list.value, label);
    engine.setData('patrols', points);
    engine.setData('ways', ways);
  });
  watchThrottled(
    [() => alarms.open, park, () => view.alarm, () => view.level, metresPerPixel],
    () => {
      const { alarm, level } = view;
      // A closed one that is looked at has a mark too.
      const extra = alarm && !alarms.get(alarm.id) ? [alarm] : [];
      const options = {
        level,
        selectedId: alarm?.id ?? null,
        levelName,
        mergeMetres: MARK_PX * metresPerPixel.value,
      };
      engine.setData('alarms', alarmMarks([...alarms.open, ...extra], site.places, options));
    },
    { throttle: ALARMS_EVERY_MS, immediate: true },
  );
  watchEffect(() => filterLayers(engine, new Set(view.layers)));
}

/** Hides what is switched off; what is abnormal or lit stays on the map whatever is chosen. */
function filterLayers(engine: MapEngine, on: ReadonlySet<MapLayer>): void {
  const cameras = on.has('cameras') ? null : ['==', ['get', 'lit'], true];
  for (const layer of ['cameras', 'camera-names', 'views', 'views-edge']) engine.setFilter(layer, cameras);
  const chosen = ['in', ['get', 'layer'], ['literal', [...on]]];
  engine.setFilter('devices', ['any', ['==', ['get', 'availability'], 'offline'], chosen]);
  const abnormal = ['in', ['get', 'condition'], ['literal', ['alarm', 'tamper', 'fault', 'offline']]];
  for (const layer of ['zones', 'zones-touch'])
    engine.setFilter(layer, on.has('perimeter') ? null : abnormal);
  const patrol = (kind: string) => (on.has('patrol') ? ['==', ['get', 'kind'], kind] : NOTHING);
  for (const layer of ['patrols', 'patrol-ring', 'patrol-names']) engine.setFilter(layer, patrol('patrol'));
  engine.setFilter('checkpoints', patrol('checkpoint'));
  engine.setFilter('ways', on.has('patrol') ? null : NOTHING);
}
