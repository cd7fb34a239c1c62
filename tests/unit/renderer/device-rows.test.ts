import { describe, expect, it } from 'vitest';
import type { DeviceState } from '#contract/devices.contract.ts';
import { device as deviceSchema } from '#contract/site.ts';
import type { Device } from '#contract/site.ts';
import { isAbnormal, limitText, pointText } from '#ui/point-value.ts';
import { paramsOf, settable } from '../../../renderer/features/devices/command-params.ts';
import {
  countRows,
  deviceRow,
  filterRows,
  isShown,
  keyPoints,
  placeNodes,
} from '../../../renderer/features/devices/rows.ts';

const name = (zh: string) => ({ zh, en: '' });
const device = (id: string, over: Record<string, unknown> = {}): Device =>
  deviceSchema.parse({
    id,
    kind: 'gas',
    name: name(id),
    placeId: 'room',
    points: [
      { key: 'alarm', name: name('a'), kind: 'boolean' },
      { key: 'level', name: name('l'), kind: 'number', unit: '%LEL', high: 10 },
      { key: 'load', name: name('o'), kind: 'number' },
    ],
    ...over,
  });
const state = (
  values: Record<string, number | boolean>,
  availability: DeviceState['availability'] = 'online',
): DeviceState => ({
  id: 'x',
  availability,
  reason: null,
  lastSeenAtMs: 1,
  missed: 0,
  values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, atMs: 1 }])),
});
const places = [
  { id: 'park', kind: 'park' as const, name: name('p') },
  { id: 'house', kind: 'building' as const, name: name('h'), parentId: 'park' },
  { id: 'room', kind: 'area' as const, name: name('r'), parentId: 'house' },
  { id: 'gate', kind: 'area' as const, name: name('g'), parentId: 'park' },
  { id: 'empty', kind: 'area' as const, name: name('e'), parentId: 'park' },
];
const rows = [
  deviceRow(device('one'), state({ level: 12, alarm: false, load: 3 })),
  deviceRow(device('two', { kind: 'door', placeId: 'gate' }), state({}, 'offline')),
  deviceRow(device('three', { model: 'GX-9' }), undefined),
];

describe('values', () => {
  it('are abnormal outside their limits, at the limit not', () => {
    expect(isAbnormal({ key: 'x', high: 10 }, 10)).toBe(false);
    expect(isAbnormal({ key: 'x', high: 10 }, 10.01)).toBe(true);
    expect(isAbnormal({ key: 'x', low: 0 }, -1)).toBe(true);
    expect(isAbnormal({ key: 'x', high: 10 }, null)).toBe(false);
  });
  it('are abnormal when a yes means trouble', () => {
    expect(isAbnormal({ key: 'tamper' }, true)).toBe(true);
    expect(isAbnormal({ key: 'armed' }, true)).toBe(false);
  });
  it('are shown with two decimals at the most and their unit', () => {
    const word = (kind: string, text: string) => `${kind}${text}`;
    expect(pointText({ unit: 'kW' }, 3.14159, word)).toBe('3.14 kW');
    expect(pointText({}, true, word)).toBe('yes');
    expect(pointText({}, 'auto', word)).toBe('stateauto');
    expect(limitText({ low: 1, high: 2, unit: 'V' })).toBe('1 – 2 V');
    expect(limitText({})).toBe('');
  });
});

describe('the list', () => {
  it('counts a device that never spoke as unknown', () => {
    expect(countRows(rows)).toEqual({ all: 3, online: 1, offline: 1, unknown: 1, abnormal: 1 });
  });
  it('finds by place with all inside it, by kind, and by every word', () => {
    const ids = (filter: object) =>
      filterRows(rows, { text: '', kind: null, placeId: null, ...filter }, places).map(
        (row) => row.device.id,
      );
    expect(ids({ placeId: 'house' })).toEqual(['one', 'three']);
    expect(ids({ kind: 'door' })).toEqual(['two']);
    expect(ids({ text: 'gx-9 three' })).toEqual(['three']);
    expect(ids({ text: 'gx-9 one' })).toEqual([]);
  });
  it('shows what is asked for', () => {
    expect(rows.filter((row) => isShown(row, 'abnormal')).map((row) => row.device.id)).toEqual(['one']);
    expect(rows.filter((row) => isShown(row, 'offline')).map((row) => row.device.id)).toEqual(['two']);
  });
  it('has room for troubled points first, then numbers, and none that never came', () => {
    expect(keyPoints(rows[0]!, 2).map((point) => point.key)).toEqual(['level', 'load']);
    expect(keyPoints(rows[2]!, 2)).toEqual([]);
  });
});

describe('the tree of places', () => {
  it('leaves out the single root and places without devices, and adds up what is inside', () => {
    const closed = placeNodes(places, rows, () => false);
    expect(closed.map(({ place, count, trouble }) => [place.id, count, trouble])).toEqual([
      ['house', 2, 1],
      ['gate', 1, 1],
    ]);
    expect(placeNodes(places, rows, () => true).map(({ place, depth }) => [place.id, depth])).toEqual([
      ['house', 0],
      ['room', 1],
      ['gate', 0],
    ]);
  });
});

describe('commands that set something', () => {
  it('name the point in the command, or leave the choice among the numbers', () => {
    expect(settable('set_volume', device('a'))).toEqual(['volume']);
    expect(settable('set', device('a'))).toEqual(['level', 'load']);
    expect(settable('open', device('a'))).toEqual([]);
    expect(paramsOf('volume', 30)).toEqual({ volume: 30 });
    expect(paramsOf(null, null)).toEqual({});
  });
});
