import { afterEach, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from '#tests/fixtures/recording-desk.ts';

const DAY = 86_400_000;
/** Each stream's frames have a length of their own. */
const BOTH = ['cam', 'cam/sub'];

let desk: Desk;
afterEach(async () => {
  await desk.end();
  expect(desk.errors).toEqual([]);
});

/** The usual wish: the small stream all the time, the large one around alarms. */
const USUAL = {
  ...{ mode: 'alarm', stream: 'main', preSeconds: 5, postSeconds: 20, keepDays: 90 },
  beside: { mode: 'continuous', keepDays: 30, schedule: [], preSeconds: 0, postSeconds: 60 },
} as const;
async function begin(rule: Parameters<Desk['rule']>[0] = USUAL as never): Promise<number> {
  desk = await openDesk();
  desk.rule(rule);
  await desk.start();
  return desk.clock.nowMs();
}
const streams = () => desk.state()!.streams.map(({ stream, state, reason }) => [stream, state, reason]);

describe('both streams of a camera', () => {
  it('are recorded at once, each by its own rule, and the console is told of both', async () => {
    const fromMs = await begin();
    await desk.play(30, { id: BOTH });
    expect(desk.state()).toMatchObject({ mode: 'alarm', state: 'recording', cause: 'continuous' });
    expect(streams()).toEqual([
      ['main', 'armed', 'no_alarm'],
      ['sub', 'recording', null],
    ]);
    const alarmMs = desk.clock.nowMs();
    desk.alarm('a1', 1);
    await desk.play(60, { id: BOTH });
    const { ranges, gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(gaps).toEqual([]);
    const of = (stream: string) => ranges.filter((range) => range.stream === stream);
    expect(of('sub')).toEqual([expect.objectContaining({ fromMs, cause: 'continuous' })]);
    expect(of('main')).toEqual([
      expect.objectContaining({
        cause: 'alarm',
        fromMs: expect.toSatisfy((ms: number) => ms <= alarmMs - 5_000 && ms > alarmMs - 8_000),
        toMs: expect.toSatisfy((ms: number) => ms >= alarmMs + 20_000 && ms < alarmMs + 24_000),
      }),
    ]);
    const kilobits = desk.state()!.streams.map(({ kilobitsPerSecond }) => kilobitsPerSecond);
    expect(kilobits.every((rate) => rate !== null && rate > 0)).toBe(true);
    expect(desk.state()!.kilobitsPerSecond).toBe(kilobits[0]! + kilobits[1]!);
  });

  it('keep each their own post-roll', async () => {
    const beside = { ...USUAL.beside, mode: 'alarm', postSeconds: 40 } as const;
    const fromMs = await begin({ ...USUAL, beside } as never);
    await desk.play(10, { id: BOTH });
    const alarmMs = desk.clock.nowMs();
    desk.alarm('a1', 1);
    await desk.play(60, { id: BOTH });
    const { ranges, gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    const endOf = (stream: string) => ranges.find((range) => range.stream === stream)!.toMs - alarmMs;
    expect([Math.round(endOf('main') / 5_000), Math.round(endOf('sub') / 5_000)]).toEqual([4, 8]);
    // A time is missing only where neither is recorded.
    expect(gaps.map(({ reason }) => reason)).toEqual(['no_alarm', 'no_alarm']);
    expect(gaps[1]!.fromMs - alarmMs).toBe(endOf('sub'));
  });

  it('are missed one by one: a stream that stands still is counted while the other one runs', async () => {
    const fromMs = await begin({ ...USUAL, mode: 'continuous' } as never);
    await desk.play(20, { id: BOTH });
    desk.stream('cam').fail('stalled');
    await desk.play(30, { id: 'cam/sub' });
    expect(desk.state()).toMatchObject({ state: 'recording', reason: null });
    expect(streams()).toEqual([
      ['main', 'waiting', 'stalled'],
      ['sub', 'recording', null],
    ]);
    expect(desk.kernel.health('recording')).toMatchObject({
      level: 'warn',
      code: 'waiting',
      params: { total: 2, recording: 1, waiting: 1 },
    });
    expect((await desk.timeline(fromMs, desk.clock.nowMs())).gaps).toEqual([]);
    desk.stream('cam/sub').fail('wrong_password');
    await desk.wait(30);
    const { gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(gaps).toHaveLength(1);
    expect(gaps[0]!.fromMs).toBeCloseTo(fromMs + 50_000, -3);
  });

  it('have each their own term', async () => {
    const fromMs = await begin({
      ...USUAL,
      mode: 'continuous',
      keepDays: 2,
      beside: { ...USUAL.beside, keepDays: 5 },
    } as never);
    await desk.play(10, { id: BOTH });
    for (const id of BOTH) desk.stream(id).fail('stalled');
    await desk.wait(2);
    const left = async () =>
      (await desk.timeline(fromMs, fromMs + 20_000)).ranges.map(({ stream }) => stream).toSorted();
    expect(await left()).toEqual(['main', 'sub']);
    desk.clock.advance(3 * DAY);
    await desk.recording.settle();
    expect(await left()).toEqual(['sub']);
    // Switched off it keeps the term that it had.
    desk.rule({
      mode: 'continuous',
      keepDays: 1,
      beside: { ...USUAL.beside, mode: 'off', keepDays: 5 },
    } as never);
    await desk.recording.settle();
    expect(await left()).toEqual(['sub']);
    desk.clock.advance(3 * DAY);
    await desk.recording.settle();
    expect(await left()).toEqual([]);
  });

  it('change places without losing what was being written', async () => {
    const fromMs = await begin({ mode: 'continuous', stream: 'main' });
    await desk.play(10, { id: BOTH });
    desk.rule({ mode: 'continuous', stream: 'sub' });
    await desk.play(10, { id: BOTH });
    await desk.wait(2);
    const { ranges, gaps } = await desk.timeline(fromMs, fromMs + 19_000);
    expect(ranges.map(({ stream }) => stream)).toEqual(['main', 'sub']);
    expect(gaps).toEqual([]);
    expect(streams()).toHaveLength(1);
  });
});
