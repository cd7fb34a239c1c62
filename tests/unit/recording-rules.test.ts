import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapsOf, type StateNote } from '#domain/recording-gaps.ts';
import {
  expired,
  headRoomBytes,
  isHeld,
  isMassDeletion,
  isMassOfStream,
  leftBytes,
  needBytes,
  oldestFor,
  reserveBytes,
  roomState,
  type Hold,
  type KeptFile,
} from '#domain/recording-retention.ts';
import { isScheduled, wantedOf } from '#domain/recording-rule.ts';
import { mergeSpans, missingFrom } from '#domain/recording-spans.ts';
import type { Span } from '#domain/recording-types.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 200 }))
  .map(([fromMs, length]): Span => ({ fromMs, toMs: fromMs + length }));
const covers = (spans: readonly Span[], at: number) =>
  spans.some(({ fromMs, toMs }) => at >= fromMs && at < toMs);

describe('spans', () => {
  it('what is missing and what is there are the whole, and never both', () => {
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 12 }), (whole, parts) => {
        const missing = missingFrom(whole, parts);
        for (let at = whole.fromMs; at < whole.toMs; at += 1)
          expect(covers(missing, at)).toBe(!covers(parts, at));
        expect(mergeSpans(missing)).toEqual(missing);
      }),
    );
  });
});

describe('the schedule', () => {
  const night = [{ days: [5], from: '22:00', to: '06:00' }];
  it('goes on over midnight into the next day, and only from its own day', () => {
    expect(isScheduled(night, { weekday: 5, minuteOfDay: 22 * 60 })).toBe(true);
    expect(isScheduled(night, { weekday: 6, minuteOfDay: 5 * 60 + 59 })).toBe(true);
    expect(isScheduled(night, { weekday: 6, minuteOfDay: 6 * 60 })).toBe(false);
    expect(isScheduled(night, { weekday: 5, minuteOfDay: 60 })).toBe(false);
    expect(isScheduled([{ days: [7], from: '22:00', to: '06:00' }], { weekday: 1, minuteOfDay: 60 })).toBe(
      true,
    );
  });
  it('a whole day is a whole day', () => {
    const days = [{ days: [1], from: '00:00', to: '24:00' }];
    for (const minuteOfDay of [0, 720, 1_439])
      expect(isScheduled(days, { weekday: 1, minuteOfDay })).toBe(true);
    expect(isScheduled(days, { weekday: 2, minuteOfDay: 0 })).toBe(false);
  });
  it('an alarm is recorded in every mode but off', () => {
    const at = { weekday: 1, minuteOfDay: 0 };
    const wanted = (mode: 'off' | 'continuous' | 'schedule' | 'alarm', alarm: boolean) =>
      wantedOf({ mode, schedule: [] }, at, alarm);
    expect(wanted('off', true)).toEqual({ pull: false, cause: null, reason: 'off' });
    expect(wanted('continuous', true).cause).toBe('continuous');
    expect(wanted('schedule', true)).toEqual({ pull: true, cause: 'alarm', reason: null });
    expect(wanted('schedule', false)).toEqual({ pull: false, cause: null, reason: 'not_scheduled' });
    // Pulled all the time: else there would be nothing before the alarm.
    expect(wanted('alarm', false)).toEqual({ pull: true, cause: null, reason: 'no_alarm' });
    expect(wanted('alarm', true).cause).toBe('alarm');
  });
});

describe('gaps', () => {
  const base = { firstEverMs: 0, oldestMs: 0, unknown: 'unknown', deleted: 'deleted', notYet: 'not_yet' };
  it('have the reason that was noted when the recording ended, also if it was noticed later', () => {
    const gaps = gapsOf({
      ...base,
      whole: { fromMs: 0, toMs: 100_000 },
      recorded: [{ fromMs: 0, toMs: 40_000 }],
      notes: [
        { atMs: 0, reason: null },
        { atMs: 48_000, reason: 'stalled' },
        { atMs: 70_000, reason: 'refused' },
      ],
    });
    expect(gaps).toEqual([
      { fromMs: 40_000, toMs: 70_000, reason: 'stalled' },
      { fromMs: 70_000, toMs: 100_000, reason: 'refused' },
    ]);
  });
  it('between what is left of one stream it was deleted with the other one', () => {
    const left = {
      ...base,
      whole: { fromMs: 500_000, toMs: 560_000 },
      recorded: [
        { fromMs: 500_000, toMs: 520_000 },
        { fromMs: 550_000, toMs: 560_000 },
      ],
      notes: [{ atMs: 0, reason: null }],
    };
    const gap = { fromMs: 520_000, toMs: 550_000 };
    expect(gapsOf({ ...left, partlyDeletedToMs: 900_000 })).toEqual([{ ...gap, reason: 'deleted' }]);
    expect(gapsOf({ ...left, partlyDeletedToMs: 530_000 })).toEqual([{ ...gap, reason: 'unknown' }]);
  });
  it('where it was recorded and is no more, it was deleted', () => {
    const notes = [{ atMs: 1_000, reason: null }];
    const recorded = [{ fromMs: 900_000, toMs: 1_000_000 }];
    const whole = { fromMs: 0, toMs: 1_000_000 };
    expect(gapsOf({ ...base, firstEverMs: 1_000, oldestMs: 900_000, whole, recorded, notes })).toEqual([
      { fromMs: 0, toMs: 1_000, reason: 'not_yet' },
      { fromMs: 1_000, toMs: 900_000, reason: 'deleted' },
    ]);
  });
  it('before a camera was recorded for the first time nothing is lost', () => {
    const whole = { fromMs: 0, toMs: 600_000 };
    const young = { ...base, whole, firstEverMs: 300_000, oldestMs: 301_200 };
    const recorded = [{ fromMs: 301_200, toMs: 600_000 }];
    expect(gapsOf({ ...young, recorded, notes: [{ atMs: 300_000, reason: null }] })).toEqual([
      { fromMs: 0, toMs: 301_200, reason: 'not_yet' },
    ]);
    const notes = [
      { atMs: 100_000, reason: 'off' },
      { atMs: 299_000, reason: 'starting' },
      { atMs: 300_500, reason: null },
    ];
    expect(gapsOf({ ...young, recorded, notes })).toEqual([
      { fromMs: 0, toMs: 100_000, reason: 'not_yet' },
      { fromMs: 100_000, toMs: 299_000, reason: 'off' },
      { fromMs: 299_000, toMs: 300_500, reason: 'starting' },
      { fromMs: 300_500, toMs: 301_200, reason: 'not_yet' },
    ]);
    // never recorded at all, and nobody ever noted anything of it
    expect(gapsOf({ ...base, whole, recorded: [], notes: [], firstEverMs: null, oldestMs: null })).toEqual([
      { ...whole, reason: 'not_yet' },
    ]);
  });
  it('what is on its way to the disk is none, what is missing for long is one', () => {
    const notes = [{ atMs: 0, reason: null }];
    const gaps = (toMs: number, endsNow: boolean) =>
      gapsOf({ ...base, whole: { fromMs: 0, toMs }, recorded: [{ fromMs: 0, toMs: 50_000 }], notes, endsNow })
        .length;
    expect([gaps(60_000, true), gaps(60_000, false), gaps(100_000, true)]).toEqual([0, 1, 1]);
  });
  it('with the recordings they are the whole, they never touch one another with one reason, and less than a breath is none', () => {
    const note = fc.record({
      at: fc.integer({ min: 0, max: 100 }),
      reason: fc.constantFrom('off', 'refused', null),
    });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.array(note, { maxLength: 8 }), (recorded, list) => {
        const seconds = recorded.map(({ fromMs, toMs }) => ({ fromMs: fromMs * 100, toMs: toMs * 100 }));
        const notes: StateNote[] = list
          .map(({ at, reason }) => ({ atMs: at * 1_000, reason }))
          .toSorted((a, b) => a.atMs - b.atMs);
        const whole = { fromMs: 10_000, toMs: 90_000 };
        const gaps = gapsOf({ ...base, whole, recorded: seconds, notes });
        for (let at = whole.fromMs; at < whole.toMs; at += 100) {
          const isThere = covers(mergeSpans(seconds, 1_500), at);
          expect(covers(gaps, at)).toBe(!isThere);
        }
        for (const [index, gap] of gaps.entries()) {
          const next = gaps[index + 1];
          if (next) expect(next.fromMs > gap.toMs || next.reason !== gap.reason).toBe(true);
        }
      }),
    );
  });
});

const DAY = 86_400_000;
const files = fc.array(
  fc.record({
    cameraId: fc.constantFrom('a', 'b'),
    stream: fc.constantFrom('main' as const, 'sub' as const),
    length: fc.integer({ min: 1, max: 300 }),
    bytes: fc.integer({ min: 1, max: 999 }),
  }),
  { maxLength: 40 },
);
const shelf = (
  rows: { cameraId: string; stream: KeptFile['stream']; length: number; bytes: number }[],
): KeptFile[] => {
  let at = 0;
  return rows.map(({ cameraId, stream, length, bytes }, id) => ({
    id,
    cameraId,
    stream,
    bytes,
    fromMs: at,
    toMs: (at += length),
  }));
};
const hold = fc
  .tuple(
    fc.constantFrom(['a'], ['b'], ['a', 'b']),
    fc.integer({ min: 0, max: 5_000 }),
    fc.integer({ min: 1, max: 2_000 }),
  )
  .map(([cameraIds, fromMs, length]): Hold => ({ cameraIds, fromMs, toMs: fromMs + length }));

describe('retention', () => {
  it('never touches what is held, takes the oldest first, and not more than is needed', () => {
    fc.assert(
      fc.property(
        files,
        fc.array(hold, { maxLength: 4 }),
        fc.integer({ min: 0, max: 20_000 }),
        (rows, holds, need) => {
          const all = shelf(rows);
          const chosen = oldestFor(all, holds, need);
          for (const file of chosen) expect(isHeld(file, holds)).toBe(false);
          const free = all.filter((file) => !isHeld(file, holds));
          expect(chosen).toEqual(free.slice(0, chosen.length));
          const sum = (list: KeptFile[]) => list.reduce((total, { bytes }) => total + bytes, 0);
          expect(sum(chosen) >= need || chosen.length === free.length).toBe(true);
          if (chosen.length > 0) expect(sum(chosen.slice(0, -1))).toBeLessThan(need);
        },
      ),
    );
  });
  it('keeps each stream of each camera by its own term', () => {
    const all = shelf([
      { cameraId: 'a', stream: 'main', length: 10, bytes: 1 },
      { cameraId: 'a', stream: 'sub', length: 10, bytes: 1 },
      { cameraId: 'b', stream: 'main', length: 10, bytes: 1 },
    ]);
    const keepMs = (of: KeptFile) => (of.cameraId === 'a' && of.stream === 'main' ? 30 : 90) * DAY;
    const over = (holds: Hold[]) => expired(all, holds, 31 * DAY, keepMs).map(({ id }) => id);
    expect(over([])).toEqual([0]);
    expect(over([{ cameraIds: ['a'], fromMs: 5, toMs: 6 }])).toEqual([]);
    expect(over([{ cameraIds: ['a'], fromMs: 10, toMs: 20 }])).toEqual([0]);
  });
  it('more than half at once is asked about, the passing of time is not', () => {
    expect(isMassDeletion(51, 100)).toBe(true);
    expect(isMassDeletion(50, 100)).toBe(false);
    expect(isMassDeletion(10, 10)).toBe(false);
  });
  it('and so is more than half of one stream, however much there is of the other one', () => {
    const files = (main: number, sub: number) => [
      ...Array.from({ length: main }, () => ({ stream: 'main' as const })),
      ...Array.from({ length: sub }, () => ({ stream: 'sub' as const })),
    ];
    const there = { main: 60, sub: 10_000 };
    const asked: number[] = [];
    const isMass = (main: number, sub: number) =>
      isMassOfStream(files(main, sub), (stream, upTo) => {
        asked.push(upTo);
        return Math.min(there[stream], upTo);
      });
    expect([isMass(30, 0), isMass(31, 0), isMass(0, 5_000), isMass(0, 5_001)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect([isMass(25, 25), asked.length]).toEqual([false, 4]);
  });
});

describe('room', () => {
  const GB = 1e9;
  const room = (freeBytes: number | null, more = {}) => ({
    ...{ freeBytes, totalBytes: 1_000 * GB, usedBytes: 100 * GB, quotaBytes: null, bytesPerHour: 20 * GB },
    ...more,
  });
  it('keeps an hour as measured, and no more than a fifth of a small disk', () => {
    expect(headRoomBytes(room(500 * GB))).toBe(20 * GB);
    expect(headRoomBytes(room(5 * GB, { totalBytes: 10 * GB }))).toBe(2 * GB);
    expect(needBytes(room(15 * GB))).toBe(5 * GB);
    expect(needBytes(room(25 * GB))).toBe(0);
  });
  it('counts a quota as the end of the disk', () => {
    expect(leftBytes(room(500 * GB, { quotaBytes: 110 * GB }))).toBe(10 * GB);
    expect(needBytes(room(500 * GB, { quotaBytes: 110 * GB }))).toBe(10 * GB);
  });
  it('a disk that does not say how much is free is no endless disk', () => {
    expect(roomState(room(null), 'ok')).toBe('error');
    expect(needBytes(room(null))).toBe(0);
  });
  it('is low before it is full, and stays full until there is twice the reserve', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_000 }),
        fc.integer({ min: 0, max: 500 }),
        (gigabytes, perHour) => {
          const disk = room(0, { totalBytes: gigabytes * GB, bytesPerHour: perHour * GB });
          expect(reserveBytes(disk) * 2).toBeLessThan(headRoomBytes(disk) * 0.9);
          const at = (freeBytes: number, before: 'ok' | 'full') => roomState({ ...disk, freeBytes }, before);
          expect(at(reserveBytes(disk), 'ok')).toBe('full');
          expect(at(reserveBytes(disk) + 1, 'ok')).toBe('low');
          expect(at(reserveBytes(disk) * 2, 'full')).toBe('full');
          expect(at(reserveBytes(disk) * 2 + 1, 'full')).toBe('low');
          expect(at(headRoomBytes(disk), 'ok')).toBe('ok');
        },
      ),
    );
  });
});
