import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addScan,
  checkpointsSince,
  isWalking,
  patrolId,
  patrolProgress,
  ROUND_GAP_MS,
  type PatrolScan,
  type PatrolTrack,
} from '#domain/patrol.ts';
import { startOfDayMs } from '#domain/day-start.ts';

const ROUTE = ['c1', 'c2', 'c3', 'c4'];
const MINUTE = 60_000;
const scan = (checkpointId: string, minute: number, rest: Partial<PatrolScan> = {}): PatrolScan => ({
  id: `${checkpointId}-${minute}`,
  guard: '赵',
  routeId: 'r1',
  checkpointId,
  occurredAtMs: minute * MINUTE,
  receivedAtMs: minute * MINUTE,
  ...rest,
});
const track = (...scans: PatrolScan[]) => {
  let result: PatrolTrack | undefined;
  for (const one of scans) result = addScan(result, one);
  if (!result) throw new Error('no scan');
  return result;
};
const progress = (...scans: PatrolScan[]) => patrolProgress(track(...scans), ROUTE);

describe('a round', () => {
  test('goes along the route', () => {
    expect(progress(scan('c1', 0), scan('c2', 5))).toEqual({
      lastCheckpointId: 'c2',
      lastScanAtMs: 5 * MINUTE,
      scannedIds: ['c1', 'c2'],
      nextCheckpointId: 'c3',
    });
  });
  test('what was left out comes next when the end of the route is reached', () => {
    expect(progress(scan('c1', 0), scan('c3', 5))?.nextCheckpointId).toBe('c4');
    expect(progress(scan('c1', 0), scan('c3', 5), scan('c4', 9))?.nextCheckpointId).toBe('c2');
  });
  test('is complete, and the next scan begins another', () => {
    const whole = ROUTE.map((id, index) => scan(id, index * 5));
    expect(progress(...whole)).toMatchObject({ scannedIds: ROUTE, nextCheckpointId: null });
    expect(progress(...whole, scan('c1', 30))).toMatchObject({ scannedIds: ['c1'], nextCheckpointId: 'c2' });
    expect(progress(...whole, scan('c4', 16, { id: 'again' }))?.scannedIds).toEqual(ROUTE);
  });
  test('begins anew at the first checkpoint and after a long pause', () => {
    expect(progress(scan('c1', 0), scan('c2', 5), scan('c1', 40))?.scannedIds).toEqual(['c1']);
    const later = ROUND_GAP_MS / MINUTE + 6;
    expect(progress(scan('c1', 0), scan('c2', 5), scan('c3', later))?.scannedIds).toEqual(['c3']);
  });
  test('a checkpoint pressed twice counts once', () => {
    expect(progress(scan('c1', 0), scan('c1', 1), scan('c2', 5), scan('c2', 6))?.scannedIds).toEqual([
      'c1',
      'c2',
    ]);
  });
  test('without a known route there is no next checkpoint', () => {
    const walk = track(scan('c1', 0, { routeId: null }));
    expect(patrolProgress(walk, null)).toMatchObject({ scannedIds: ['c1'], nextCheckpointId: null });
    expect(walk.id).toBe('赵');
    expect(patrolId(scan('c1', 0))).toBe('赵@r1');
  });
});

test('scans that arrive late, out of order and twice give the same patrol as in order', () => {
  const anyWalk = fc.array(
    fc.record({ at: fc.constantFrom(...ROUTE), gap: fc.integer({ min: 1, max: 90 }) }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(anyWalk, fc.infiniteStream(fc.nat()), (walk, dice) => {
      let minute = 0;
      const scans = walk.map(({ at, gap }) => scan(at, (minute += gap), { receivedAtMs: 1e12 }));
      const shuffled = [...scans, ...scans.slice(0, 3)]
        .map((one) => ({ one, key: dice.next().value }))
        .sort((a, b) => a.key - b.key)
        .map(({ one }) => one);
      expect(progress(...shuffled)).toEqual(progress(...scans));
    }),
  );
});

test('a terminal whose clock is ahead does not hold the patrol at one place', () => {
  const ahead = scan('c1', 0, { occurredAtMs: 1e12, receivedAtMs: 0 });
  expect(progress(ahead, scan('c2', 5))?.lastCheckpointId).toBe('c2');
});

test('a patrol of long ago is not walking', () => {
  const here = progress(scan('c1', 0));
  expect(here && isWalking(here, ROUND_GAP_MS)).toBe(true);
  expect(here && isWalking(here, ROUND_GAP_MS + 1)).toBe(false);
});

test('the day begins at midnight where the park is, also on days with a change of the clocks', () => {
  const at = (text: string) => Date.parse(text);
  expect(startOfDayMs(at('2026-11-22T19:30:15.250Z'), 'Asia/Shanghai')).toBe(at('2026-11-22T16:00:00Z'));
  // Berlin, 29 March 2026: 2 o'clock becomes 3; 25 October 2026: 3 o'clock becomes 2.
  expect(startOfDayMs(at('2026-03-29T10:00:00Z'), 'Europe/Berlin')).toBe(at('2026-03-28T23:00:00Z'));
  expect(startOfDayMs(at('2026-10-25T10:00:00Z'), 'Europe/Berlin')).toBe(at('2026-10-24T22:00:00Z'));
  expect(startOfDayMs(at('2026-11-22T19:30:00Z'), 'Nowhere/Atall')).toBe(at('2026-11-22T00:00:00Z'));
});

test('checkpoints of the day count once, whoever scanned them', () => {
  const other = track(scan('c1', 20, { guard: '孙' }), scan('c3', 25, { guard: '孙' }));
  expect(checkpointsSince([track(scan('c1', 5), scan('c2', 12)), other], 10 * MINUTE)).toBe(3);
});
