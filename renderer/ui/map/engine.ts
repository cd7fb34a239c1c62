/** MapLibre behind a small door: lifecycle, sources, camera. Knows no park. */
import { Map as LibreMap, setWorkerUrl } from 'maplibre-gl';
import type { GeoJSONSource, MapMouseEvent } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { LngLat } from '#contract/base.ts';
import type { Collection } from './geojson.ts';
import { createDrawBudget } from './draw-budget.ts';
import { pixelsPerMetre } from './geometry.ts';
import type { Bounds } from './geometry.ts';
import { mapImages } from './images.ts';
import { mapStyle, TOUCHABLE } from './style.ts';
import type { MapSource } from './style.ts';

setWorkerUrl(workerUrl);

/** What was clicked; null: the ground. */
export interface Picked {
  kind: 'alarm' | 'patrol' | 'camera' | 'device' | 'checkpoint' | 'zone';
  id: string;
}
export interface MapEngine {
  setData(source: MapSource, data: Collection): void;
  setFilter(layer: string, filter: unknown[] | null): void;
  fit(bounds: Bounds, animate: boolean): void;
  fly(to: LngLat): void;
  zoom(by: 1 | -1): void;
  setTilted(tilted: boolean): void;
  setRing(opacity: number): void;
  /** The cursor says that a click points at a place, not at a thing. */
  setAiming(isAiming: boolean): void;
  /** Language of the names that the site's ground features carry themselves (`name`, `nameEn`). */
  setGroundNames(language: string): void;
  destroy(): void;
}
export interface EngineOptions {
  container: HTMLElement;
  center: LngLat;
  zoom: number;
  onReady: () => void;
  onPick: (picked: Picked | null, at: LngLat) => void;
  /** The person moved the map by hand: leave it there. */
  onMoved: () => void;
  /** Metres that a pixel covers, after each change of zoom. */
  onScale: (metresPerPixel: number) => void;
}

const TOUCH_PX = 5;
const TILT_DEGREES = 50;
/** A map this low has no tools on it that the park would have to keep clear of. */
const SMALL_PX = 320;
const FLY_ZOOM = 17.2;

/** Starts a map. @throws Error when the browser has no WebGL */
export function createEngine(options: EngineOptions): MapEngine {
  const map = new LibreMap({
    container: options.container,
    style: mapStyle(options.center[1]),
    center: options.center,
    zoom: options.zoom,
    minZoom: 12,
    maxZoom: 21,
    maxPitch: 60,
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    keyboard: false,
    fadeDuration: 0,
    localIdeographFontFamily: "'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
  });
  const canvas = map.getCanvas();
  canvas.removeAttribute('tabindex');
  // Set before the style is there, data waits here.
  const waiting = new Map<MapSource, Collection>();
  const filters = new Map<string, unknown[] | null>();
  let ready = false;

  map.once('load', () => {
    for (const { name, image, pixelRatio } of mapImages()) map.addImage(name, image, { pixelRatio });
    ready = true;
    for (const [source, data] of waiting) put(source, data);
    for (const [layer, filter] of filters) map.setFilter(layer, filter as never);
    waiting.clear();
    tellScale();
    options.onReady();
  });
  const budget = createDrawBudget();
  // Sent while a picture is drawn, received when the thread is free again.
  const drawn = new MessageChannel();
  drawn.port1.onmessage = ({ data }) => budget.drawn(performance.now() - Number(data));
  map.on('render', () => drawn.port2.postMessage(performance.now()));

  map.on('movestart', (event) => {
    if ('originalEvent' in event && event.originalEvent) options.onMoved();
  });

  const tellScale = () => options.onScale(1 / pixelsPerMetre(map.getZoom(), options.center[1]));
  map.on('zoomend', tellScale);

  const touched = ({ point }: MapMouseEvent): Picked | null => {
    const box: [[number, number], [number, number]] = [
      [point.x - TOUCH_PX, point.y - TOUCH_PX],
      [point.x + TOUCH_PX, point.y + TOUCH_PX],
    ];
    const found = ready ? map.queryRenderedFeatures(box, { layers: TOUCHABLE }) : [];
    const best = found.sort((a, b) => TOUCHABLE.indexOf(a.layer.id) - TOUCHABLE.indexOf(b.layer.id))[0]
      ?.properties;
    return best ? ({ kind: String(best.kind), id: String(best.id) } as Picked) : null;
  };
  map.on('click', (event) => options.onPick(touched(event), [event.lngLat.lng, event.lngLat.lat]));
  let isAiming = false;
  map.on('mousemove', (event) => {
    canvas.style.cursor = isAiming ? 'crosshair' : touched(event) ? 'pointer' : '';
  });

  function put(source: MapSource, data: Collection): void {
    map.getSource<GeoJSONSource>(source)?.setData(data);
  }
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return {
    setData: (source, data) => {
      if (ready) budget.spend(source, () => put(source, data));
      else waiting.set(source, data);
    },
    setFilter: (layer, filter) => {
      filters.set(layer, filter);
      if (ready) map.setFilter(layer, filter as never);
    },
    fit: (bounds, animate) => {
      const small = options.container.clientHeight < SMALL_PX;
      const padding = small ? 12 : { top: 56, bottom: 78, left: 36, right: 84 };
      map.fitBounds(bounds, { padding, animate: animate && !still, duration: 400 });
    },
    fly: (to) => {
      const zoom = Math.max(map.getZoom(), FLY_ZOOM);
      if (still) map.jumpTo({ center: to, zoom });
      else map.easeTo({ center: to, zoom, duration: 500 });
    },
    zoom: (by) => void map.zoomTo(map.getZoom() + by, { duration: still ? 0 : 200 }),
    setTilted: (tilted) => {
      map.easeTo({ pitch: tilted ? TILT_DEGREES : 0, bearing: 0, duration: still ? 0 : 400 });
      map.setLayoutProperty('building-solid', 'visibility', tilted ? 'visible' : 'none');
      if (tilted) map.dragRotate.enable();
      else map.dragRotate.disable();
    },
    setRing: (opacity) => {
      const paint = () => map.setPaintProperty('alarm-ring', 'circle-stroke-opacity', opacity);
      if (ready) budget.spend('ring', paint);
    },
    setAiming: (aiming) => {
      isAiming = aiming;
      canvas.style.cursor = aiming ? 'crosshair' : '';
    },
    setGroundNames: (language) => {
      const name = language === 'en' ? ['coalesce', ['get', 'nameEn'], ['get', 'name']] : ['get', 'name'];
      if (ready) map.setLayoutProperty('ground-names', 'text-field', name as never);
    },
    destroy: () => {
      budget.stop();
      drawn.port1.close();
      map.remove();
    },
  };
}
