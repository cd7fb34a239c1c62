import { describe, expect, it } from 'vitest';
import type { Patrol, PerimeterZoneState } from '#contract/patrol.contract.ts';
import type { PerimeterZone } from '#contract/site.ts';
import { ladderOf } from '#ui/receipt-ladder.ts';
import { legLeftMs, marksOf } from '../../../renderer/features/patrol/progress.ts';
import { countZones, isTrouble, sortZones } from '../../../renderer/features/perimeter/zones.ts';

const walk = (over: Partial<Patrol> = {}): Patrol => ({
  id: 'w',
  guard: 'Wang',
  routeId: 'r',
  lastCheckpointId: 'b',
  lastScanAtMs: 1000,
  position: [0, 0],
  scannedIds: ['a', 'b'],
  nextCheckpointId: 'c',
  ...over,
});
describe('a walk', () => {
  it('is shown in the order of its route', () => {
    const marks = marksOf(walk(), { checkpointIds: ['a', 'b', 'c', 'd'] });
    expect(marks.map(({ state }) => state)).toEqual(['scanned', 'last', 'next', 'open']);
  });
  it('is what was scanned when its route is unknown', () => {
    expect(marksOf(walk({ nextCheckpointId: null }), undefined).map(({ id }) => id)).toEqual(['a', 'b']);
  });
  it('has the time of one leg from the last scan', () => {
    expect(legLeftMs(walk(), { legMinutes: 1 }, 31_000)).toBe(30_000);
    expect(legLeftMs(walk(), { legMinutes: 1 }, 62_000)).toBe(-1000);
    expect(legLeftMs(walk({ nextCheckpointId: null }), { legMinutes: 1 }, 0)).toBeNull();
    expect(legLeftMs(walk(), undefined, 0)).toBeNull();
  });
});

const row = (id: string, condition?: PerimeterZoneState['condition'], armed = condition === 'armed') => ({
  zone: { id } as PerimeterZone,
  state: condition && { id, armed, condition, causeIds: [], sinceMs: 0 },
});
describe('perimeter zones', () => {
  it('that need a look come first, then what is not armed', () => {
    const sorted = sortZones([
      row('new'),
      row('a', 'armed'),
      row('d', 'disarmed'),
      row('x', 'alarm'),
      row('o', 'offline'),
    ]);
    expect(sorted.map(({ zone }) => zone.id)).toEqual(['o', 'x', 'd', 'a', 'new']);
  });
  it('count as armed also while they are in alarm', () => {
    expect(countZones([row('x', 'alarm', true), row('d', 'disarmed'), row('new')])).toEqual({
      armed: 1,
      total: 3,
      trouble: 1,
    });
    expect(isTrouble(undefined)).toBe(false);
  });
});

describe('a ladder of receipts', () => {
  it('marks the rungs that were reached', () => {
    expect(ladderOf('command', 'accepted')).toMatchObject({ reached: 2, tone: 'open' });
    expect(ladderOf('command', 'confirmed')).toMatchObject({ reached: 4, tone: 'good' });
    expect(ladderOf('effect', 'ended')).toMatchObject({ reached: 3, tone: 'good' });
    expect(ladderOf('zone', 'ended')).toMatchObject({ reached: 3, tone: 'good' });
  });
  it('tells failure, a drill, and silence apart', () => {
    expect(ladderOf('command', 'timeout').tone).toBe('bad');
    expect(ladderOf('effect', 'simulated')).toMatchObject({ reached: 0, tone: 'none' });
    expect(ladderOf('zone', 'queued')).toMatchObject({ reached: 0, tone: 'open' });
    expect(ladderOf('zone', null)).toMatchObject({ reached: 0, tone: 'open' });
  });
});
