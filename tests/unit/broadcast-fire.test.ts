import { describe, expect, it } from 'vitest';
import { zonesOfFire, type FireCondition } from '#domain/broadcast-fire.ts';

const above: Record<string, { id: string; kind: string }[]> = {
  park: [{ id: 'park', kind: 'park' }],
  b3: [
    { id: 'b3', kind: 'building' },
    { id: 'park', kind: 'park' },
  ],
  'b3-f2': [
    { id: 'b3-f2', kind: 'floor' },
    { id: 'b3', kind: 'building' },
    { id: 'park', kind: 'park' },
  ],
  b5: [
    { id: 'b5', kind: 'building' },
    { id: 'park', kind: 'park' },
  ],
};
const places = { chain: (id: string) => above[id] ?? [] };
const zones = [
  { id: 'z3-1', placeId: 'b3' },
  { id: 'z3-2', placeId: 'b3-f2' },
  { id: 'z5', placeId: 'b5' },
  { id: 'square', placeId: 'park' },
];
const fire = (more: Partial<FireCondition> = {}): FireCondition => ({
  type: 'fire.confirmed',
  active: true,
  drill: false,
  placeId: 'b3-f2',
  ...more,
});
const held = (...fires: FireCondition[]) => zonesOfFire(fires, zones, places).sort();

describe('zones that the fire controller has', () => {
  it('are those of the whole building of a confirmed fire', () => {
    expect(held(fire())).toEqual(['z3-1', 'z3-2']);
    expect(held(fire({ type: 'fire.confirmed.sprinkler', placeId: 'b5' }), fire())).toEqual([
      'z3-1',
      'z3-2',
      'z5',
    ]);
  });

  it('are all where the fire is in no building or nobody knows where', () => {
    for (const placeId of ['park', 'nowhere', null]) expect(held(fire({ placeId }))).toHaveLength(4);
  });

  it('are none for one detector, a fire that is over, a drill, or another type that begins alike', () => {
    expect(held(fire({ type: 'fire.smoke' }))).toEqual([]);
    expect(held(fire({ active: false }))).toEqual([]);
    expect(held(fire({ drill: true }))).toEqual([]);
    expect(held(fire({ type: 'fire.confirmedly' }))).toEqual([]);
  });
});
