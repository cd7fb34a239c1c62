import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingRule, type RecordingRule } from '#contract/site.ts';
import { oldestFor, type KeptFile } from '#domain/recording-retention.ts';
import { mergeSpans, overlaps } from '#domain/recording-spans.ts';
import { alarmSpansSince, touchesAlarm } from '#features/recording/alarm-spans.ts';
import { createAlarmTerm } from '#features/recording/alarm-term.ts';
import { migrate } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import { migrations } from '#station/migrations/index.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

const START = Date.UTC(2026, 10, 22, 8);
const DAY_MS = 86_400_000;
const span = fc
  .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 60 }))
  .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));

describe('the time around alarms', () => {
  it('is found in a file exactly where one of its spans is', () => {
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 20 }), (file, spans) => {
        const merged = mergeSpans(spans);
        expect(touchesAlarm(file, merged)).toBe(merged.some((one) => overlaps(file, one)));
      }),
    );
  });

  it('goes last when room is needed, the oldest of it first', () => {
    const file = (id: number): KeptFile => ({
      id,
      cameraId: 'cam',
      stream: 'main',
      bytes: 10,
      fromMs: id,
      toMs: id + 1,
    });
    const files = [1, 2, 3, 4].map(file);
    const isOfAlarm = ({ id }: KeptFile) => id === 1 || id === 3;
    const chosen = (need: number) => oldestFor(files, [], need, isOfAlarm).map(({ id }) => id);
    expect([chosen(10), chosen(20), chosen(30), chosen(99)]).toEqual([[2], [2, 4], [2, 4, 1], [2, 4, 1, 3]]);
    const held = { cameraIds: ['cam'], fromMs: 0, toMs: 2 };
    expect(oldestFor(files, [held], 99, isOfAlarm).map(({ id }) => id)).toEqual([2, 4, 3].slice(0, 3));
  });
});

describe('its term', () => {
  let folder: string;
  let db: ReturnType<typeof openWritable>;
  const clock = new TestClock(START);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guardroom-term-'));
    db = openWritable(join(folder, 'station.sqlite'));
    migrate(db, migrations);
  });
  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  const fileAt = (fromMs: number): KeptFile => ({
    ...{ id: 1, cameraId: 'cam', stream: 'main', bytes: 1 },
    ...{ fromMs, toMs: fromMs + 60_000 },
  });

  it('is that of the rule, over a restart; alarms that follow each other are one span', () => {
    const rule: RecordingRule = recordingRule.parse({ mode: 'continuous', keepDays: 30, keepAlarmDays: 90 });
    const alarmMs = clock.nowMs();
    const term = createAlarmTerm({ db, clock }, () => rule);
    term.note(['cam']);
    clock.advance(30_000);
    term.note(['cam']);
    expect(alarmSpansSince(db, 'cam', 0)).toEqual([{ fromMs: alarmMs - 10_000, toMs: alarmMs + 90_000 }]);
    const afterRestart = createAlarmTerm({ db, clock }, () => rule);
    expect(afterRestart.keeps(fileAt(alarmMs))).toBe(true);
    expect(afterRestart.keeps(fileAt(alarmMs + 90_000))).toBe(false);
    expect(afterRestart.keeps(fileAt(alarmMs - 70_000))).toBe(false);
    clock.advance(91 * DAY_MS);
    expect(afterRestart.keeps(fileAt(alarmMs))).toBe(false);
    expect(alarmSpansSince(db, 'cam', 0)).toEqual([]);
  });

  it("is each stream's own: the time around an alarm is that of the camera", () => {
    const beside = { mode: 'continuous', keepDays: 30, postSeconds: 300, keepAlarmDays: 90 };
    const rule = recordingRule.parse({ mode: 'alarm', keepDays: 7, keepAlarmDays: 60, beside });
    const term = createAlarmTerm({ db, clock }, () => rule);
    const alarmMs = clock.nowMs();
    term.note(['cam']);
    expect(alarmSpansSince(db, 'cam', 0)).toEqual([{ fromMs: alarmMs - 10_000, toMs: alarmMs + 300_000 }]);
    const keeps = () =>
      (['main', 'sub'] as const).map((stream) => term.keeps({ ...fileAt(alarmMs), stream }));
    expect(keeps()).toEqual([true, true]);
    clock.advance(61 * DAY_MS);
    expect(keeps()).toEqual([false, true]);
    clock.advance(30 * DAY_MS);
    expect(keeps()).toEqual([false, false]);
  });

  it('is nothing where the rule has none, or none that is longer', () => {
    for (const keepAlarmDays of [undefined, 7]) {
      const rule = recordingRule.parse({ mode: 'continuous', keepDays: 30, keepAlarmDays });
      const term = createAlarmTerm({ db, clock }, () => rule);
      term.note(['cam']);
      expect(term.keeps(fileAt(clock.nowMs()))).toBe(false);
    }
  });
});
