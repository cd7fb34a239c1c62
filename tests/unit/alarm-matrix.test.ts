import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseAlarm,
  EMPTY_MATRIX,
  MATRIX_RULES,
  matrixRank,
  neighbour,
  stepMatrix,
  type GuardFocus,
  type MatrixAlarm,
  type MatrixState,
} from '#domain/alarm-matrix.ts';
import { arrangeTiles, loopSpan, swapPrimary } from '#domain/matrix-tiles.ts';

const IDLE: GuardFocus = { held: false, busy: false, workedAtMs: -Infinity };
const { dwellMs, workMs, lingerMs } = MATRIX_RULES;
const alarm = (id: string, priority: 1 | 2 | 3 | 4, more: Partial<MatrixAlarm> = {}): MatrixAlarm => ({
  ...{ id, priority, drill: false, acknowledged: false, sinceMs: 0 },
  ...more,
});

describe('which alarm the matrix shows', () => {
  it('takes the first alarm at once and a higher one after the dwell, never an equal or lower one', () => {
    const first = stepMatrix(EMPTY_MATRIX, [alarm('a', 2)], IDLE, 100);
    expect(first.shownId).toBe('a');
    const others = [alarm('a', 2), alarm('b', 2), alarm('c', 3)];
    expect(stepMatrix(first, others, IDLE, 1e6).shownId).toBe('a');
    const higher = [...others, alarm('d', 1)];
    expect(stepMatrix(first, higher, IDLE, 100 + dwellMs - 1).shownId).toBe('a');
    expect(stepMatrix(first, higher, IDLE, 100 + dwellMs).shownId).toBe('d');
  });

  it('a real alarm breaks through a drill, a drill never through a real one', () => {
    const drill = alarm('drill', 1, { drill: true });
    const real = alarm('real', 4);
    expect(stepMatrix(chooseAlarm('drill', 0), [drill, real], IDLE, 1e6).shownId).toBe('real');
    expect(stepMatrix(chooseAlarm('real', 0), [drill, real], IDLE, 1e6).shownId).toBe('real');
  });

  it.each([
    ['held', { ...IDLE, held: true }],
    ['busy', { ...IDLE, busy: true }],
    ['worked in', { ...IDLE, workedAtMs: 1e6 - workMs + 1 }],
  ])('is not seized while it is %s', (_, focus) => {
    const shown = chooseAlarm('a', 0);
    expect(stepMatrix(shown, [alarm('a', 4), alarm('b', 1)], focus, 1e6)).toEqual(shown);
    // nor does it leave when it is dealt with
    expect(stepMatrix(shown, [alarm('b', 1)], focus, 1e6).shownId).toBe('a');
  });

  it('an acknowledged alarm makes room after a moment, and stays while nothing else waits', () => {
    const seen = alarm('a', 1, { acknowledged: true });
    const at = stepMatrix(chooseAlarm('a', 0), [seen, alarm('b', 3)], IDLE, 1e5);
    expect(at).toMatchObject({ shownId: 'a', handledSinceMs: 1e5 });
    expect(stepMatrix(at, [seen, alarm('b', 3)], IDLE, 1e5 + lingerMs - 1).shownId).toBe('a');
    expect(stepMatrix(at, [seen, alarm('b', 3)], IDLE, 1e5 + lingerMs).shownId).toBe('b');
    expect(stepMatrix(at, [seen], IDLE, 1e9).shownId).toBe('a');
    expect(stepMatrix(at, [], IDLE, 1e5 + lingerMs)).toEqual(EMPTY_MATRIX);
    // it asks again: it is as new
    expect(stepMatrix(at, [alarm('a', 1), alarm('b', 3)], IDLE, 1e9)).toMatchObject({
      shownId: 'a',
      handledSinceMs: null,
    });
  });

  it('walks the queue round: who waits first, then priority, then age', () => {
    const queue = [
      alarm('seen', 1, { acknowledged: true }),
      alarm('young', 2, { sinceMs: 9 }),
      alarm('old', 2, { sinceMs: 1 }),
      alarm('fire', 1, { sinceMs: 20 }),
    ];
    const walk: string[] = [];
    for (let id: string | null = null, turn = 0; turn < 5; turn += 1)
      walk.push((id = neighbour(queue, id, 1)!));
    expect(walk).toEqual(['fire', 'old', 'young', 'seen', 'fire']);
    expect(neighbour(queue, 'fire', -1)).toBe('seen');
    expect(neighbour([], 'x', 1)).toBeNull();
  });
});

/** A guard room's hour: alarms come, are acknowledged and closed, the guard works in between. */
const scene = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 4_000 }),
    what: fc.constantFrom('raise', 'raise', 'raise', 'acknowledge', 'close', 'work', 'hold', 'release'),
    pick: fc.nat(200),
    priority: fc.constantFrom(1, 2, 3, 4) as fc.Arbitrary<1 | 2 | 3 | 4>,
    drill: fc.boolean(),
  }),
  { maxLength: 120 },
);

describe('whatever happens', () => {
  it('changes at a bounded rate, never under the hands of the guard, and ends at the right alarm', () => {
    fc.assert(
      fc.property(scene, (steps) => {
        let now = 0;
        let open: MatrixAlarm[] = [];
        let state: MatrixState = EMPTY_MATRIX;
        let focus = IDLE;
        const shows: number[] = [];
        const step = () => {
          const before = state;
          state = stepMatrix(before, open, focus, now);
          if (state.shownId === before.shownId) return;
          const isWorking = focus.held || focus.busy || now < focus.workedAtMs + workMs;
          if (before.shownId !== null) expect(isWorking).toBe(false);
          if (state.shownId !== null) shows.push(now);
        };
        for (const [index, { afterMs, what, pick, priority, drill }] of steps.entries()) {
          for (const until = now + afterMs; now < until;) {
            now = Math.min(until, now + 1_000);
            step();
          }
          const at = open.length > 0 ? pick % open.length : -1;
          if (what === 'raise') open = [...open, alarm(`a${index}`, priority, { drill, sinceMs: now })];
          if (what === 'acknowledge')
            open = open.map((one, i) => (i === at ? { ...one, acknowledged: true } : one));
          if (what === 'close') open = open.filter((_, i) => i !== at);
          if (what === 'work') focus = { ...focus, workedAtMs: now };
          if (what === 'hold') focus = { ...focus, held: true };
          if (what === 'release') focus = { ...focus, held: false };
          step();
        }
        for (let i = 1; i < shows.length; i += 1)
          expect(shows[i]! - shows[i - 1]!).toBeGreaterThanOrEqual(dwellMs);

        focus = { ...focus, held: false };
        for (let turn = 0; turn < 120; turn += 1) {
          now += 1_000;
          step();
        }
        const waiting = open.filter((one) => !one.acknowledged);
        const shown = open.find(({ id }) => id === state.shownId);
        if (waiting.length > 0) {
          expect(shown?.acknowledged).toBe(false);
          expect(matrixRank(shown!)).toBe(Math.min(...waiting.map(matrixRank)));
        } else expect(state.shownId === null || shown?.acknowledged).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('a burst of 100 alarms in a second changes the screen at most once more', () => {
    const burst = Array.from({ length: 100 }, (_, i) =>
      alarm(`b${i}`, (4 - (i % 4)) as 1 | 2 | 3 | 4, { sinceMs: i * 10 }),
    );
    let state = EMPTY_MATRIX;
    const shown: string[] = [];
    for (let now = 0; now <= 60_000; now += 10) {
      const next = stepMatrix(
        state,
        burst.filter(({ sinceMs }) => sinceMs <= now),
        IDLE,
        now,
      );
      if (next.shownId !== state.shownId) shown.push(next.shownId!);
      state = next;
    }
    // the first to come, then the oldest of the highest priority
    expect(shown).toEqual(['b0', 'b3']);
  });
});

describe('tiles', () => {
  const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnopqrst'), { maxLength: 20 });
  const held = fc.uniqueArray(
    fc.record({ cameraId: fc.constantFrom(...'aceXYZ'), at: fc.integer({ min: 0, max: 14 }) }),
    { selector: ({ cameraId }) => cameraId, maxLength: 6 },
  );

  it('held tiles stay, nothing twice, no more than 15, the rest in order', () => {
    fc.assert(
      fc.property(ids, fc.option(fc.constantFrom(...'abcX')), held, (cameraIds, primary, kept) => {
        const tiles = arrangeTiles(cameraIds, primary, kept);
        expect(tiles.length).toBeLessThanOrEqual(15);
        expect(new Set(tiles).size).toBe(tiles.length);
        for (const { cameraId } of kept) expect(tiles).toContain(cameraId);
        const seats = new Set<number>();
        for (const { cameraId, at } of kept) {
          if (at < tiles.length && !seats.has(at)) expect(tiles[at]).toBe(cameraId);
          seats.add(at);
        }
        const isKept = (id: string) => kept.some(({ cameraId }) => cameraId === id);
        const free = tiles.filter((id) => !isKept(id));
        const first = primary !== null && free.includes(primary) ? [primary] : [];
        const inOrder = cameraIds.filter((id) => free.includes(id) && !first.includes(id));
        expect(free).toEqual([...first, ...inOrder]);
      }),
    );
  });
});

describe('making a held tile primary', () => {
  it('changes places with the primary one, and both stay held', () => {
    const held = [
      { cameraId: 'x', at: 0 },
      { cameraId: 'b', at: 2 },
    ];
    const swapped = swapPrimary(held, 'b', 2);
    expect(arrangeTiles(['a', 'b', 'c', 'x'], 'b', swapped)).toEqual(['b', 'a', 'x', 'c']);
    // one that is not held takes the place of a held primary one
    expect(arrangeTiles(['a', 'b', 'x'], 'a', swapPrimary([held[0]!], 'a', 1))).toEqual(['a', 'x', 'b']);
  });
});

describe('the loop', () => {
  const at = { firstOccurredAtMs: 1e12, lastOccurredAtMs: 1e12, receivedAtMs: 1e12 + 80, backlog: false };
  it('reaches from ten seconds before the alarm to five after it', () => {
    expect(loopSpan(at, null)).toEqual({ alarmMs: 1e12, fromMs: 1e12 - 10_000, toMs: 1e12 + 5_000 });
  });
  it('goes by the station when the device has another time, and by the device when it tells late', () => {
    const late = { ...at, receivedAtMs: 1e12 + 3_600_000 };
    expect(loopSpan(late, null).alarmMs).toBe(1e12 + 3_600_000);
    expect(loopSpan({ ...late, backlog: true }, null).alarmMs).toBe(1e12);
  });
  it('does not start anew with each repeat, but for one that lies beyond it', () => {
    const present = loopSpan(at, null);
    expect(loopSpan({ ...at, lastOccurredAtMs: 1e12 + 14_000 }, present)).toBe(present);
    expect(loopSpan({ ...at, lastOccurredAtMs: 1e12 + 15_000 }, present).alarmMs).toBe(1e12 + 15_000);
  });
});
