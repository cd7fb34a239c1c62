import { describe, expect, it } from 'vitest';
import type { Broadcast } from '#contract/broadcast.contract.ts';
import {
  missingOf,
  newestOwn,
  openZones,
  placesWithZones,
  sourceOf,
  toggled,
  underWay,
  zonesInside,
} from '../../../renderer/features/broadcast/rules.ts';
import type { Draft } from '../../../renderer/features/broadcast/rules.ts';

const draft = (over: Partial<Draft> = {}): Draft => ({
  zoneIds: ['z'],
  kind: 'speech',
  text: 'leave',
  messageId: null,
  class: 'manual',
  repeat: 1,
  chime: true,
  ...over,
});
const broadcast = (id: string, over: Partial<Broadcast> = {}): Broadcast => ({
  id,
  class: 'manual',
  source: { kind: 'speech', text: 'x' },
  title: 'x',
  repeat: 1,
  drill: false,
  runId: null,
  startedBy: 'Li',
  requestedAtMs: 0,
  endedAtMs: null,
  receipts: [],
  ...over,
});

describe('what is missing before a broadcast may start', () => {
  it('is zones, then something to say', () => {
    expect(missingOf(draft({ zoneIds: [] }), null)).toBe('zones');
    expect(missingOf(draft({ text: '  ' }), null)).toBe('text');
    expect(missingOf(draft({ kind: 'message' }), null)).toBe('message');
    expect(missingOf(draft(), null)).toBeNull();
  });
  it('is that an emergency text was heard, word for word', () => {
    const emergency = draft({ class: 'emergency_recorded' });
    expect(missingOf(emergency, null)).toBe('preview');
    expect(missingOf(emergency, { kind: 'speech', text: 'leav' })).toBe('preview');
    expect(missingOf(emergency, { kind: 'speech', text: 'leave' })).toBeNull();
  });
  it('is nothing for a recording: it cannot read wrongly', () => {
    expect(
      missingOf(draft({ class: 'emergency_recorded', kind: 'message', messageId: 'm' }), null),
    ).toBeNull();
  });
});
it('trims the spoken text', () => {
  expect(sourceOf(draft({ text: ' a ' }))).toEqual({ kind: 'speech', text: 'a' });
});

describe('selection of zones', () => {
  const name = { zh: 'x', en: '' };
  const places = [
    { id: 'park', kind: 'park' as const, name },
    { id: 'b', kind: 'building' as const, name, parentId: 'park' },
    { id: 'f', kind: 'floor' as const, name, parentId: 'b' },
    { id: 'empty', kind: 'area' as const, name, parentId: 'park' },
  ];
  const zones = [
    { id: 'zb', placeId: 'b' },
    { id: 'zf', placeId: 'f' },
    { id: 'zp', placeId: 'park' },
  ];
  it('takes a place with everything inside it', () => {
    expect(zonesInside(places, zones, 'b')).toEqual(['zb', 'zf']);
    expect(placesWithZones(places, zones).map(({ place }) => place.id)).toEqual(['b', 'f']);
  });
  it('turns a group on unless all of it is on', () => {
    expect(toggled(['a'], ['a', 'b'])).toEqual(['a', 'b']);
    expect(toggled(['a', 'b', 'c'], ['a', 'b'])).toEqual(['c']);
  });
});

describe('what is on air', () => {
  const list = [
    broadcast('old', { requestedAtMs: 1 }),
    broadcast('new', { requestedAtMs: 2 }),
    broadcast('over', { requestedAtMs: 9, endedAtMs: 10 }),
    broadcast('alarm', { class: 'emergency_recorded', startedBy: 'Wei', requestedAtMs: 0 }),
  ];
  it('begins with the strongest class, then the newest', () => {
    expect(underWay(list).map(({ id }) => id)).toEqual(['alarm', 'new', 'old']);
  });
  it('offers the newest own one to be stopped', () => {
    expect(newestOwn(list, 'Li')?.id).toBe('new');
    expect(newestOwn(list, 'Zhou')).toBeNull();
  });
  it('can be stopped where it has not ended', () => {
    const rungs = ['queued', 'started', 'ended', 'failed', 'preempted'] as const;
    const receipts = rungs.map((rung) => ({ zoneId: rung, rung, reason: null, atMs: 0 }));
    expect(openZones(broadcast('x', { receipts }))).toEqual(['queued', 'started']);
  });
});
