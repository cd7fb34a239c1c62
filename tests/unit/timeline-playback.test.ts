import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fragment } from '../../native/ffmpeg/fmp4.ts';
import { dueBack, keptFrames, keptOf } from '#ui/player/playback-back.ts';
import { otherSpeed, playbackClock } from '#ui/player/playback-clock.ts';
import { compositionOffset, dueFrame, skipTo, type PendingFrame } from '#ui/player/playback-frames.ts';
import { dayOf } from '../../renderer/features/replay/day.ts';
import { monthStarts, weeksOf, zoneOffset } from '../../renderer/features/replay/month.ts';

test('the clock runs at its speed, stands when paused and never passes what is recorded', () => {
  let now = 0;
  let limit = 1_000_000;
  const clock = playbackClock(
    5_000,
    () => now,
    () => limit,
  );
  now = 1_000;
  expect(clock.atMs()).toBe(5_000);
  clock.play(true);
  now = 3_000;
  expect(clock.atMs()).toBe(7_000);
  clock.setSpeed(4);
  now = 4_000;
  expect(clock.atMs()).toBe(11_000);
  clock.setSpeed(1 / 8);
  now = 12_000;
  expect(clock.atMs()).toBe(12_000);
  clock.play(false);
  now = 20_000;
  expect(clock.atMs()).toBe(12_000);
  limit = 10_000;
  expect(clock.atMs()).toBe(10_000);
  clock.setSpeed(1000);
  expect(clock.speed).toBe(16);
});
test('speeds are stepped through and end at both ends', () => {
  expect([otherSpeed(1, 1), otherSpeed(1, -1), otherSpeed(16, 1), otherSpeed(1 / 8, -1)]).toEqual([
    2,
    0.5,
    16,
    1 / 8,
  ]);
});
test('the time of a frame is that of its showing', () => {
  const of = (offset: number) => {
    const made = fragment(
      Buffer.from([1, 2, 3]),
      [{ start: 0, end: 3 }],
      { dts: 0, duration: 3_000, offset },
      true,
      1,
    );
    return compositionOffset(new Uint8Array(made));
  };
  expect([of(0), of(6_000), of(-3_000)]).toEqual([0, 6_000, -3_000]);
  expect(compositionOffset(new Uint8Array([0, 0, 0, 8, 109, 111, 111, 102]))).toBe(0);
});
test('a decoder that is late goes to the last key frame that is due', () => {
  const frame = (ms: number, key: boolean, cached = false): PendingFrame => ({
    ...{ key, wallUs: ms * 1000, cached, data: new Uint8Array(0) },
  });
  const waiting = [
    frame(0, true),
    frame(500, false),
    frame(1_000, true),
    frame(1_500, false),
    frame(2_000, true),
  ];
  expect(skipTo(waiting, 900, 1_000)).toBe(0);
  expect(skipTo(waiting, 1_900, 1_000)).toBe(2);
  expect(skipTo(waiting, 9_000, 1_000)).toBe(4);
  expect(skipTo([frame(0, true, true), ...waiting], 9_000, 1_000)).toBe(0);
  expect(skipTo([], 9_000, 1_000)).toBe(0);
});
test('the last picture that is due is shown', () => {
  expect(dueFrame([1_000, 2_000, 3_000], 2.5)).toBe(1);
  expect(dueFrame([1_000], 0.5)).toBe(-1);
});
test('a month of the park begins at its own midnights', () => {
  const china = zoneOffset('Asia/Shanghai');
  const starts = monthStarts(2026, 10, china);
  expect(starts).toHaveLength(31);
  expect(new Date(starts[0]!).toISOString()).toBe('2026-10-31T16:00:00.000Z');
  const weeks = weeksOf(2026, 10, starts);
  // 1 November 2026 is a Sunday
  expect(weeks[0]!.map((day) => day?.day ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(weeks.flat().filter(Boolean)).toHaveLength(30);
  const berlin = monthStarts(2026, 9, zoneOffset('Europe/Berlin'));
  expect(Math.max(...berlin.slice(1).map((at, index) => at - berlin[index]!))).toBe(25 * 3_600_000);
});

describe('backwards', () => {
  it('the clock runs back, never before the beginning of time, and keeps its place when it turns', () => {
    let nowMs = 0;
    const clock = playbackClock(10_000, () => nowMs, () => 1e9); // prettier-ignore
    clock.play(true);
    clock.setSpeed(-2);
    nowMs = 1_000;
    expect(clock.atMs()).toBe(8_000);
    clock.setSpeed(1);
    nowMs = 2_000;
    expect(clock.atMs()).toBe(9_000);
    clock.setSpeed(-99);
    expect(clock.speed).toBe(-16);
    nowMs = 100_000;
    expect(clock.atMs()).toBe(0);
  });
  it('faster and slower stay in their direction', () => {
    expect([otherSpeed(-1, 1), otherSpeed(-2, 1), otherSpeed(-4, 1)]).toEqual([-2, -4, -4]);
    expect([otherSpeed(-4, -1), otherSpeed(-1, -1)]).toEqual([-2, -1]);
    expect([otherSpeed(1 / 8, -1), otherSpeed(16, 1)]).toEqual([1 / 8, 16]);
  });
  it('shows what covers the time, never one that is later than what is shown', () => {
    const times = [1_000_000, 1_100_000, 1_200_000];
    expect(dueBack(times, 1_250, undefined)).toBe(2);
    expect(dueBack(times, 1_250, 1_200_000)).toBe(-1);
    expect(dueBack(times, 1_150, 1_200_000)).toBe(1);
    expect(dueBack(times, 900, 1_300_000)).toBe(0);
    expect(dueBack([], 900, undefined)).toBe(-1);
  });
  it('of a group too large for the memory keeps evenly, and always the last', () => {
    const group = Array.from({ length: 50 }, (_, index) => ({ wallUs: index }));
    expect(keptOf(group, 100).size).toBe(50);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (most) => {
        const kept = [...keptOf(group, most)];
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.at(-1)).toBe(49);
      }),
    );
    expect(keptFrames(16, 1_920, 1_080, true)).toBeLessThan(keptFrames(1, 1_920, 1_080, true));
    expect(keptFrames(1, 640, 360, false)).toBe(8);
    expect(keptFrames(64, 8_000, 6_000, true)).toBe(2);
  });
});

it('a day of the park has its own length when the clocks change', () => {
  const offset = zoneOffset('Europe/Berlin');
  const spring = dayOf(Date.UTC(2026, 2, 29, 12), offset);
  expect((spring.toMs - spring.fromMs) / 3_600_000).toBe(23);
  const plain = dayOf(Date.UTC(2026, 10, 22, 19), zoneOffset('Asia/Shanghai'));
  expect(plain).toEqual({ fromMs: Date.UTC(2026, 10, 22, 16), toMs: Date.UTC(2026, 10, 23, 16) });
});
