import type { DeviceState } from '#contract/devices.contract.ts';
import type { Device, Place } from '#contract/site.ts';
import { placeChain } from '#domain/plan-offers.ts';
import { isAbnormal } from '#ui/point-value.ts';

export const SHOWN = ['all', 'online', 'offline', 'unknown', 'abnormal'] as const;
export type Shown = (typeof SHOWN)[number];
export interface DeviceRow {
  device: Device;
  state: DeviceState | undefined;
  availability: DeviceState['availability'];
  /** Points outside their limits or in trouble. */
  abnormal: string[];
}
export interface DeviceFilter {
  text: string;
  kind: Device['kind'] | null;
  placeId: string | null;
  shown: Shown;
}

export function deviceRow(device: Device, state: DeviceState | undefined): DeviceRow {
  const abnormal = device.points
    .filter((point) => isAbnormal(point, state?.values[point.key]?.value ?? null))
    .map((point) => point.key);
  return { device, state, availability: state?.availability ?? 'unknown', abnormal };
}

export function countRows(rows: readonly DeviceRow[]): Record<Shown, number> {
  const counts = { all: rows.length, online: 0, offline: 0, unknown: 0, abnormal: 0 };
  for (const row of rows) {
    counts[row.availability] += 1;
    if (row.abnormal.length > 0) counts.abnormal += 1;
  }
  return counts;
}

/** Rows of a place (with all inside it), kind and words; every word must be in the name, the id or the model. */
export function filterRows(
  rows: readonly DeviceRow[],
  filter: Omit<DeviceFilter, 'shown'>,
  places: readonly Place[],
): DeviceRow[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const inside = filter.placeId === null ? null : placesInside(places, filter.placeId);
  return rows.filter(({ device }) => {
    if (filter.kind !== null && device.kind !== filter.kind) return false;
    if (inside && !inside.has(device.placeId)) return false;
    const text = `${device.name.zh} ${device.name.en} ${device.id} ${device.model ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
export const isShown = (row: DeviceRow, shown: Shown): boolean =>
  shown === 'all' || (shown === 'abnormal' ? row.abnormal.length > 0 : row.availability === shown);

const placesInside = (places: readonly Place[], placeId: string): Set<string> =>
  new Set(places.filter((place) => placeChain(places, place.id).includes(placeId)).map(({ id }) => id));

export interface PlaceNode {
  place: Place;
  depth: number;
  count: number;
  /** Devices in it that are offline or abnormal. */
  trouble: number;
  hasChildren: boolean;
}

/** The places as an indented list without a single root, those without devices left out; children of closed ones are hidden. */
export function placeNodes(
  places: readonly Place[],
  rows: readonly DeviceRow[],
  isOpen: (placeId: string) => boolean,
): PlaceNode[] {
  const figures = new Map<string, { count: number; trouble: number }>();
  for (const { device, availability, abnormal } of rows) {
    for (const id of placeChain(places, device.placeId)) {
      const figure = figures.get(id) ?? { count: 0, trouble: 0 };
      figure.count += 1;
      if (availability === 'offline' || abnormal.length > 0) figure.trouble += 1;
      figures.set(id, figure);
    }
  }
  const ids = new Set(places.map(({ id }) => id));
  const childrenOf = (parentId: string | null) =>
    places.filter((place) => {
      const parent = place.parentId !== undefined && ids.has(place.parentId) ? place.parentId : null;
      return parent === parentId && figures.has(place.id);
    });
  const walk = (parentId: string | null, depth: number): PlaceNode[] =>
    childrenOf(parentId).flatMap((place) => {
      const figure = figures.get(place.id) ?? { count: 0, trouble: 0 };
      const children = childrenOf(place.id);
      const node = { place, depth, ...figure, hasChildren: children.length > 0 };
      return isOpen(place.id) && children.length > 0 ? [node, ...walk(place.id, depth + 1)] : [node];
    });
  // One root that holds everything says nothing that "everywhere" does not.
  const [root, ...others] = childrenOf(null);
  return root && others.length === 0 ? walk(root.id, 0) : walk(null, 0);
}

/** The points a row has room for: troubled ones first, then in the order of the site file. */
export function keyPoints(row: DeviceRow, room: number): Device['points'] {
  const known = row.device.points.filter((point) => row.state?.values[point.key] !== undefined);
  const first = known.filter((point) => row.abnormal.includes(point.key));
  const rest = known.filter((point) => !first.includes(point));
  const numbers = rest.filter((point) => point.kind === 'number');
  return [...first, ...numbers, ...rest.filter((point) => point.kind !== 'number')].slice(0, room);
}
