import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { collection } from './geojson.ts';
import { pixelsPerMetre } from './geometry.ts';

/** Sources of the map; each is GeoJSON that the component replaces. */
export const SOURCES = [
  'base',
  'places',
  'names',
  'views',
  'look',
  'cameras',
  'devices',
  'zones',
  'ways',
  'patrols',
  'alarms',
] as const;
export type MapSource = (typeof SOURCES)[number];

/** Families of the system: no font comes over the network, and without a glyph address MapLibre draws each letter here. */
const FONT = ['Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'sans-serif'];
const CONDITIONS = [
  'match',
  ['get', 'condition'],
  'alarm',
  '#ff5252',
  'tamper',
  '#ff9f2e',
  'fault',
  '#f2d24b',
  'offline',
  '#8c979e',
  'armed',
  '#4f7f63',
  '#46525a',
] as const;

/** Kinds of the site's ground features (`kind` of each in its map file); unknown ones are not drawn. */
const kind = ['coalesce', ['get', 'kind'], ''] as const;
const isKind = (...kinds: string[]) => ['in', kind, ['literal', kinds]];
const AREAS: readonly (readonly [color: string, kinds: readonly string[]])[] = [
  ['#12202a', ['water']],
  ['#172019', ['green']],
  ['#1d2428', ['road']],
  ['#191f23', ['paved', 'tank_pad', 'parking']],
  ['#14191c', ['neighbour']],
  ['#262f34', ['tank']],
];
const ROADS = ['road', 'path'];

/** Width in metres drawn true to scale at any zoom. */
function metres(width: unknown, lat: number): unknown {
  const at = (zoom: number) => ['*', width, pixelsPerMetre(zoom, lat)];
  return ['interpolate', ['exponential', 2], ['zoom'], 12, at(12), 22, at(22)];
}

function groundLayers(lat: number): unknown[] {
  const polygons = ['==', ['geometry-type'], 'Polygon'];
  const lines = (...kinds: string[]) => ['all', ['==', ['geometry-type'], 'LineString'], isKind(...kinds)];
  const roadWidth = metres(['coalesce', ['get', 'width'], ['match', kind, 'path', 2, 9]], lat);
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': '#101416' } },
    ...AREAS.map(([color, kinds]) => ({ id: `ground-${kinds[0]}`, type: 'fill', source: 'base', filter: ['all', polygons, isKind(...kinds)], paint: { 'fill-color': color } })),
    { id: 'road', type: 'line', source: 'base', filter: lines(...ROADS), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': '#1d2428', 'line-width': roadWidth } },
    { id: 'lane', type: 'line', source: 'base', minzoom: 15.5, filter: lines('lane', ...ROADS), paint: { 'line-color': '#2a3338', 'line-width': 1, 'line-dasharray': [10, 12] } },
    { id: 'bay', type: 'line', source: 'base', minzoom: 17, filter: lines('bay'), paint: { 'line-color': '#2a3338', 'line-width': 1 } },
    { id: 'fence', type: 'line', source: 'base', filter: lines('fence'), paint: { 'line-color': '#39454c', 'line-width': 1.5 } },
  ]; // prettier-ignore
}

function placeLayers(): unknown[] {
  const of = (...kinds: string[]) => ['in', ['get', 'kind'], ['literal', kinds]];
  const dim = (normal: number, absent: number) => ['case', ['get', 'absent'], absent, normal];
  return [
    { id: 'park', type: 'line', source: 'places', filter: of('park'), paint: { 'line-color': '#4a5a52', 'line-width': 2 } },
    { id: 'area', type: 'line', source: 'places', filter: of('area'), paint: { 'line-color': '#2b3338', 'line-width': 1, 'line-dasharray': [4, 4] } },
    { id: 'building', type: 'fill', source: 'places', filter: of('building', 'floor'), paint: { 'fill-color': '#20282d', 'fill-opacity': dim(1, 0.35) } },
    { id: 'building-edge', type: 'line', source: 'places', filter: of('building', 'floor'), paint: { 'line-color': '#39454c', 'line-width': 1, 'line-opacity': dim(1, 0.4) } },
    { id: 'building-solid', type: 'fill-extrusion', source: 'places', filter: of('building'), layout: { visibility: 'none' }, paint: { 'fill-extrusion-color': '#242e34', 'fill-extrusion-height': ['get', 'height'], 'fill-extrusion-opacity': 0.92, 'fill-extrusion-vertical-gradient': true } },
  ]; // prettier-ignore
}

function thingLayers(): unknown[] {
  const lit = (yes: unknown, no: unknown) => ['case', ['get', 'lit'], yes, no];
  const text = { 'text-font': FONT, 'text-size': 12, 'text-optional': true };
  const halo = { 'text-halo-color': '#0e1113', 'text-halo-width': 1.4 };
  return [
    { id: 'views', type: 'fill', source: 'views', paint: { 'fill-color': '#5aa9e6', 'fill-opacity': ['case', ['get', 'whole'], 0.04, lit(0.2, 0.05)] } },
    { id: 'views-edge', type: 'line', source: 'views', paint: { 'line-color': '#5aa9e6', 'line-opacity': ['case', ['get', 'whole'], 0.25, lit(0.6, 0.1)], 'line-width': 1 } },
    { id: 'look-lines', type: 'line', source: 'look', filter: ['==', ['get', 'kind'], 'look-line'], paint: { 'line-color': '#9cc9ec', 'line-width': 1.2, 'line-opacity': 0.7, 'line-dasharray': [3, 3] } },
    { id: 'zones', type: 'line', source: 'zones', layout: { 'line-cap': 'round' }, paint: { 'line-color': CONDITIONS, 'line-width': ['match', ['get', 'condition'], ['alarm', 'tamper'], 5, 3] } },
    { id: 'zones-touch', type: 'line', source: 'zones', paint: { 'line-opacity': 0, 'line-width': 16 } },
    { id: 'ways', type: 'line', source: 'ways', layout: { 'line-cap': 'round' }, paint: { 'line-color': '#5aa9e6', 'line-width': 2, 'line-dasharray': [0.5, 3], 'line-opacity': ['case', ['get', 'walked'], 0.9, 0.45] } },
    { id: 'checkpoints', type: 'circle', source: 'patrols', filter: ['==', ['get', 'kind'], 'checkpoint'], paint: { 'circle-radius': 3.5, 'circle-color': ['case', ['get', 'scanned'], '#5aa9e6', '#101416'], 'circle-stroke-color': '#6f9dc0', 'circle-stroke-width': 1.2 } },
    { id: 'devices', type: 'circle', source: 'devices', paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 15, 2, 18, 4.5], 'circle-color': ['match', ['get', 'availability'], 'offline', '#101416', '#7b8891'], 'circle-stroke-color': ['match', ['get', 'availability'], 'offline', '#ff9f2e', '#0e1113'], 'circle-stroke-width': ['match', ['get', 'availability'], 'offline', 1.4, 0.8] } },
    { id: 'cameras', type: 'symbol', source: 'cameras', layout: { 'icon-image': ['concat', 'camera', ['case', ['get', 'turns'], '-dome', ''], ['case', ['get', 'lit'], '-lit', '']], 'icon-rotate': ['get', 'direction'], 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 15, 0.7, 18, 1] } },
    { id: 'ground-names', type: 'symbol', source: 'base', filter: ['has', 'name'], layout: { ...text, 'text-field': ['get', 'name'], 'text-size': 12, 'text-max-width': 9 }, paint: { 'text-color': '#6d7a82', ...halo } },
    { id: 'names', type: 'symbol', source: 'names', layout: { ...text, 'text-field': ['get', 'name'], 'text-size': ['interpolate', ['linear'], ['zoom'], 15, 11, 18, 15], 'text-max-width': 9 }, paint: { 'text-color': ['case', ['==', ['get', 'kind'], 'area'], '#74808a', ['get', 'absent'], '#59646b', '#94a1aa'], 'text-halo-color': '#14181b', 'text-halo-width': 1 } },
    { id: 'camera-names', type: 'symbol', source: 'cameras', minzoom: 17.2, layout: { ...text, 'text-field': ['get', 'name'], 'text-offset': [0, 1.2], 'text-anchor': 'top', 'text-size': 11 }, paint: { 'text-color': '#8fa6b7', ...halo } },
    { id: 'patrols', type: 'circle', source: 'patrols', filter: ['==', ['get', 'kind'], 'patrol'], paint: { 'circle-radius': 5, 'circle-color': '#5aa9e6', 'circle-stroke-color': '#0e1113', 'circle-stroke-width': 3 } },
    { id: 'patrol-ring', type: 'circle', source: 'patrols', filter: ['==', ['get', 'kind'], 'patrol'], paint: { 'circle-radius': 9, 'circle-opacity': 0, 'circle-stroke-color': '#5aa9e6', 'circle-stroke-width': 2 } },
    { id: 'patrol-names', type: 'symbol', source: 'patrols', filter: ['==', ['get', 'kind'], 'patrol'], layout: { ...text, 'text-field': ['get', 'name'], 'text-anchor': 'left', 'text-offset': [1.1, 0], 'text-allow-overlap': true }, paint: { 'text-color': '#9cc9ec', ...halo } },
    { id: 'look-ring', type: 'circle', source: 'look', filter: ['==', ['get', 'kind'], 'look'], paint: { 'circle-radius': 11, 'circle-opacity': 0, 'circle-stroke-color': '#e3e8ea', 'circle-stroke-width': 1.6 } },
    { id: 'look-dot', type: 'circle', source: 'look', filter: ['==', ['get', 'kind'], 'look'], paint: { 'circle-radius': 2.5, 'circle-color': '#e3e8ea' } },
    { id: 'alarm-ring', type: 'circle', source: 'alarms', filter: ['get', 'urgent'], paint: { 'circle-radius': 22, 'circle-opacity': 0, 'circle-stroke-color': '#ff5252', 'circle-stroke-width': 2.5, 'circle-stroke-opacity-transition': { duration: 0 } } },
    { id: 'alarm-selected', type: 'circle', source: 'alarms', filter: ['get', 'selected'], paint: { 'circle-radius': 16, 'circle-opacity': 0, 'circle-stroke-color': '#e3e8ea', 'circle-stroke-width': 1.5 } },
    { id: 'alarms', type: 'symbol', source: 'alarms', layout: { 'icon-image': ['get', 'image'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['get', 'order'], ...text, 'text-field': ['get', 'note'], 'text-offset': [0, 1.4], 'text-anchor': 'top', 'text-size': 11, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': '#e3e8ea', ...halo } },
  ]; // prettier-ignore
}

/** Layers of things that can be clicked, topmost first. */
export const TOUCHABLE = ['alarms', 'patrols', 'cameras', 'devices', 'checkpoints', 'zones-touch'];

/**
 * The map's whole style: nothing in it points outside.
 * @param lat latitude of the park, for widths true to scale
 */
export function mapStyle(lat: number): StyleSpecification {
  const empty = { type: 'geojson', data: collection([]) } as const;
  return {
    version: 8,
    sources: Object.fromEntries(SOURCES.map((source) => [source, empty])),
    layers: [...groundLayers(lat), ...placeLayers(), ...thingLayers()] as LayerSpecification[],
  };
}
