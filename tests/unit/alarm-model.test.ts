import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledge, close, comment } from '#domain/alarm-handling.ts';
import { isOpen, type AlarmCondition, type AlarmTrack } from '#domain/alarm-condition.ts';
import { believedAtMs, type Stamp } from '#domain/alarm-order.ts';
import { clear, raise } from '#domain/alarm.ts';
import type { AlarmPriority } from '#domain/alarm-types.ts';

const KEY = { deviceId: 'd', type: 't', drill: false };
const T0 = 1_800_000_000_000;
const HOUR = 3_600_000;
const priority = fc.constantFrom<AlarmPriority>(1, 2, 3, 4);
type Said = { kind: 'raise' | 'clear'; minute: number; priority: AlarmPriority };

/** Messages with distinct times, in the order of those times, and an order of arrival. */
const story = fc
  .uniqueArray(
    fc.record({
      kind: fc.constantFrom<'raise' | 'clear'>('raise', 'clear'),
      minute: fc.integer({ min: 0, max: 300 }),
      priority,
    }),
    {
      selector: (said: Said) => said.minute,
      minLength: 1,
      maxLength: 25,
    },
  )
  .chain((said) =>
    fc.record({
      arrival: fc.shuffledSubarray(said, { minLength: said.length }),
      numbered: fc.boolean(),
      handledAfter: fc.array(fc.constantFrom('ack', 'close', 'comment', 'nothing'), {
        minLength: said.length,
        maxLength: said.length,
      }),
    }),
  );

function play(
  run: { arrival: Said[]; numbered: boolean; handledAfter?: string[] },
  look?: (before: AlarmTrack, after: AlarmTrack, said: Said) => void,
) {
  const alarms = new Map<string, AlarmCondition>();
  let track: AlarmTrack = { alarm: null, lastClear: null };
  run.arrival.forEach((said, index) => {
    const stamp: Stamp = {
      occurredAtMs: T0 + said.minute * 60_000,
      receivedAtMs: T0 + 6 * HOUR + index,
      bootId: run.numbered ? 'b' : null,
      seq: run.numbered ? said.minute : null,
    };
    const before = track;
    const outcome =
      said.kind === 'raise'
        ? raise(track, KEY, { stamp, priority: said.priority, data: {} }, `a${index}`)
        : clear(track, stamp);
    track = outcome.track;
    if (track.alarm) alarms.set(track.alarm.id, track.alarm);
    look?.(before, track, said);
    const what = run.handledAfter?.[index];
    if (!track.alarm || !what) return;
    const atMs = stamp.receivedAtMs;
    const result =
      what === 'ack'
        ? acknowledge(track.alarm, 'li', atMs)
        : what === 'close'
          ? close(track.alarm, 'li', atMs, { disposition: 'real', comment: 'x', mayForce: true })
          : what === 'comment'
            ? comment(track.alarm, 'li', atMs, 'x')
            : null;
    if (result?.ok) {
      track = { ...track, alarm: result.alarm };
      alarms.set(result.alarm.id, result.alarm);
    }
  });
  return { track, alarms: [...alarms.values()] };
}

describe('whatever the order of arrival', () => {
  it('the open alarm is active exactly when the newest thing said was a raise', () => {
    fc.assert(
      fc.property(story, ({ arrival, numbered }) => {
        const newest = [...arrival].sort((a, b) => b.minute - a.minute)[0]!;
        const { track } = play({ arrival, numbered });
        expect(isOpen(track.alarm) && track.alarm.active).toBe(newest.kind === 'raise');
      }),
      { numRuns: 500 },
    );
  });
  it('every occurrence is counted once, at most one alarm is open, closed ones stay closed', () => {
    fc.assert(
      fc.property(story, (run) => {
        const closedIds = new Set<string>();
        const { alarms } = play(run, (before, after) => {
          if (before.alarm && !isOpen(before.alarm)) closedIds.add(before.alarm.id);
          if (isOpen(after.alarm)) expect(closedIds.has(after.alarm.id)).toBe(false);
        });
        expect(alarms.reduce((sum, one) => sum + one.count, 0)).toBe(
          run.arrival.filter((said) => said.kind === 'raise').length,
        );
        expect(alarms.filter((one) => isOpen(one)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
  it('an acknowledgement is lost only to a condition that is active again or a higher priority; comments never are', () => {
    fc.assert(
      fc.property(story, (run) => {
        play(run, (before, after, said) => {
          if (!before.alarm || before.alarm.id !== after.alarm?.id) return;
          expect(after.alarm.commentCount).toBe(before.alarm.commentCount);
          expect(after.alarm.priority).toBeLessThanOrEqual(before.alarm.priority);
          if (before.alarm.acknowledged && !after.alarm.acknowledged) {
            expect(said.kind).toBe('raise');
            const isActiveAgain = !before.alarm.active && after.alarm.active;
            expect(isActiveAgain || after.alarm.priority < before.alarm.priority).toBe(true);
            expect(after.alarm.annunciation).toBe(before.alarm.annunciation + 1);
          }
        });
      }),
      { numRuns: 500 },
    );
  });
  it('priority 1 and 2 never end in history unseen', () => {
    fc.assert(
      fc.property(story, ({ arrival, numbered }) => {
        const { alarms } = play({ arrival, numbered });
        for (const one of alarms) if (one.priority <= 2) expect(isOpen(one)).toBe(true);
      }),
    );
  });
  it('never believes a time after the receipt', () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(time, time, (occurredAtMs, receivedAtMs) => {
        expect(believedAtMs({ occurredAtMs, receivedAtMs, bootId: null, seq: null })).toBeLessThanOrEqual(
          receivedAtMs,
        );
      }),
    );
  });
});
