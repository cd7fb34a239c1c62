import type { Device } from '#contract/site.ts';

/** What the map shows or hides together. */
export const MAP_LAYERS = [
  'cameras',
  'access',
  'perimeter',
  'patrol',
  'fire',
  'environment',
  'facility',
] as const;
export type MapLayer = (typeof MAP_LAYERS)[number];
export const DEFAULT_LAYERS: readonly MapLayer[] = ['cameras', 'perimeter', 'patrol'];

const OF_KIND: Partial<Record<Device['kind'], MapLayer>> = {
  fire_controller: 'fire',
  smoke: 'fire',
  heat: 'fire',
  manual_call_point: 'fire',
  hydrant: 'fire',
  sprinkler: 'fire',
  gas: 'environment',
  environment: 'environment',
  water_level: 'environment',
  fence_vibration: 'perimeter',
  fence_beam: 'perimeter',
  intercom: 'access',
  panic_button: 'access',
  door: 'access',
  turnstile: 'access',
  barrier: 'access',
  parking: 'access',
  patrol_terminal: 'patrol',
};
/** Layer that a device belongs to; whatever is not safety is a facility. */
export const layerOf = (device: Pick<Device, 'kind'>): MapLayer => OF_KIND[device.kind] ?? 'facility';
