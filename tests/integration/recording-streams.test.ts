import { afterEach, describe, expect, it } from 'vitest';
import { readMediaHeader, type MediaNotice, type StreamKind } from '#contract/media-wire.ts';
import type { ReplayTile } from '#station/ports.ts';
import { openDesk, type Desk } from '#tests/fixtures/recording-desk.ts';
import { LEADER } from '#tests/fixtures/response-kernel.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

const DAY = 86_400_000;
/** Each stream's frames have a length of their own. */
const BOTH = ['cam', 'cam/sub'];

let desk: Desk;
let tile: ReplayTile | undefined;
afterEach(async () => {
  tile?.close();
  desk.clock.advance(1_000);
  await tile?.ended;
  tile = undefined;
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

describe('a deletion that looks like a mistake', () => {
  it('is that of all of one stream too, however much there is of the other one: a person has to say so', async () => {
    const beside = {
      mode: 'continuous',
      keepDays: 90,
      schedule: [],
      preSeconds: 0,
      postSeconds: 60,
    } as const;
    const fromMs = await begin({ mode: 'continuous', keepDays: 7, beside } as never);
    for (let index = 0; index < 52; index += 1)
      await desk.play(2, { id: BOTH, again: true, fps: 5, gop: 5, bytes: 50 });
    const toMs = desk.clock.nowMs();
    const count = (stream: StreamKind) => desk.frames(fromMs, toMs, 'cam', stream);
    const [volume] = desk.recording.volumes.all();
    for (const id of BOTH) desk.stream(id).fail('refused');
    await desk.settle();
    const [main, sub] = [await count('main'), await count('sub')];
    expect([main > 0, sub > 0]).toEqual([true, true]);
    // The clock runs away by more than the shorter of the two terms.
    desk.clock.jump(30 * DAY);
    desk.clock.advance(61_000);
    await desk.recording.settle();
    expect([await count('main'), await count('sub')]).toEqual([main, sub]);
    expect(desk.recording.volumes.describe(volume!)).toMatchObject({
      state: 'held',
      heldDeletion: { files: 52 },
    });
    expect(desk.errors.splice(0)).toEqual([expect.stringContaining('more than half')]);
    desk.recording.volumes.allowDeletion(LEADER, volume!.row.id);
    desk.clock.advance(61_000);
    await desk.recording.settle();
    expect([await count('main'), await count('sub')]).toEqual([0, sub]);
  });
});

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
    const threeDaysPass = async () => {
      desk.clock.jump(3 * DAY);
      // Terms are looked at once a minute.
      desk.clock.advance(61_000);
      await desk.recording.settle();
    };
    const left = async () =>
      (await desk.timeline(fromMs, fromMs + 20_000)).ranges.map(({ stream }) => stream).toSorted();
    expect(await left()).toEqual(['main', 'sub']);
    await threeDaysPass();
    expect(await left()).toEqual(['sub']);
    // Switched off it keeps the term that it had.
    desk.rule({
      mode: 'continuous',
      keepDays: 1,
      beside: { ...USUAL.beside, mode: 'off', keepDays: 5 },
    } as never);
    await desk.recording.settle();
    expect(await left()).toEqual(['sub']);
    await threeDaysPass();
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

describe('replay of both', () => {
  /** A minute of the sub stream; an alarm in its middle has the main stream. @returns when it began, and where the main stream is */
  async function recorded(): Promise<{ fromMs: number; mainFromMs: number; mainToMs: number }> {
    const fromMs = await begin();
    await desk.play(20, { id: BOTH });
    desk.alarm('a1', 1);
    await desk.play(40, { id: BOTH });
    desk.clock.advance(2_000);
    await desk.settle();
    const { ranges } = await desk.timeline(fromMs, desk.clock.nowMs());
    const main = ranges.find(({ stream }) => stream === 'main')!;
    return { fromMs, mainFromMs: main.fromMs, mainToMs: main.toMs };
  }
  /** What a tile shows: the wall times of its pictures with their stream. */
  function open(atMs: number, speed: number, stream: StreamKind | undefined, withBlocked = false) {
    const shown: { atMs: number; stream: StreamKind | undefined }[] = [];
    const sent: number[] = [];
    const replays: MediaNotice[] = [];
    let now: StreamKind | undefined;
    const request = { type: 'replay', sub: 7, jump: 1, cameraId: 'cam', atMs, speed, stream } as const;
    tile = desk.recording.openReplay(
      request,
      {
        unsentBytes: 0,
        sendNotice(notice) {
          if (notice.type === 'track') now = notice.stream;
          if (notice.type === 'replay') replays.push(notice);
          if (notice.type === 'replay' && notice.state === 'jumped') shown.length = 0;
        },
        sendBytes(bytes) {
          const header = readMediaHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
          if (header.init) return;
          sent.push(header.receivedAtMs);
          if (!header.cached) shown.push({ atMs: header.receivedAtMs, stream: now });
        },
      },
      withBlocked,
    )!;
    const said = (jump: number) =>
      waitFor(`jumped ${jump}`, () =>
        replays.some((one) => one.type === 'replay' && one.state === 'jumped' && one.jump === jump),
      );
    return { shown, sent, replays, said };
  }
  async function pass(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 200) {
      desk.clock.advance(200);
      await tile!.rested();
    }
  }
  const runs = (shown: readonly { stream: StreamKind | undefined }[]) =>
    shown.map(({ stream }) => stream).filter((stream, index, all) => stream !== all[index - 1]);
  const isGrowing = (shown: readonly { atMs: number }[]) =>
    shown.every(({ atMs }, index) => index === 0 || atMs > shown[index - 1]!.atMs);

  it.each([1, 2])(
    'at %dx goes into the main stream where that begins and back where it ends, every picture once',
    async (speed) => {
      const { fromMs, mainFromMs, mainToMs } = await recorded();
      const { shown, said } = open(fromMs + 5_000, speed, 'main');
      await said(1);
      await pass(45_000 / speed);
      expect(runs(shown)).toEqual(['sub', 'main', 'sub']);
      expect(isGrowing(shown)).toBe(true);
      const inMain = shown.filter(({ stream }) => stream === 'main').map(({ atMs }) => atMs);
      expect(inMain[0]).toBe(mainFromMs);
      expect(mainToMs - inMain.at(-1)!).toBeLessThan(70);
      // 15 frames a second, none missing where one stream goes on in the other.
      for (const [index, { atMs }] of shown.entries())
        if (index > 0) expect(atMs - shown[index - 1]!.atMs).toBeLessThanOrEqual(134);
    },
  );

  it('at 16x shows the key frames of the main stream in it', async () => {
    const { fromMs, mainFromMs, mainToMs } = await recorded();
    const { shown, said } = open(fromMs, 16, 'main');
    await said(1);
    await pass(4_000);
    expect(runs(shown)).toEqual(['sub', 'main', 'sub']);
    expect(isGrowing(shown)).toBe(true);
    for (const { atMs, stream } of shown)
      expect(stream === 'main').toBe(atMs >= mainFromMs && atMs < mainToMs);
  });

  it('backwards too', async () => {
    const { fromMs, mainFromMs, mainToMs } = await recorded();
    const { shown, said } = open(mainToMs + 5_000, 0, 'main');
    await said(1);
    tile!.pace(mainToMs + 5_000, -4);
    tile!.seek(2, mainToMs + 5_000, true);
    await said(2);
    await pass(12_000);
    expect(runs(shown)).toEqual(['sub', 'main', 'sub']);
    expect(isGrowing(shown.toReversed())).toBe(true);
    const inMain = shown.filter(({ stream }) => stream === 'main').map(({ atMs }) => atMs);
    expect(inMain[0]).toBeGreaterThan(mainToMs - 2_000);
    expect(inMain.at(-1)).toBe(mainFromMs);
    expect(shown.at(-1)!.atMs).toBeLessThan(fromMs + 3_000);
  });

  it('steps over both borders, forwards and backwards, a picture at a time', async () => {
    const { mainFromMs, mainToMs } = await recorded();
    for (const borderMs of [mainFromMs, mainToMs]) {
      const { shown, said } = open(borderMs - 200, 0, 'main');
      await said(1);
      await tile!.rested();
      const seen = [shown[0]!];
      let jump = 1;
      for (const direction of [1, 1, 1, 1, 1, -1, -1, -1, -1, -1] as const) {
        jump += 1;
        const from = seen.at(-1)!.atMs;
        tile!.step(jump, direction === 1 ? Math.ceil(from) : Math.floor(from), direction);
        await said(jump);
        await tile!.rested();
        seen.push(shown[0]!);
      }
      const [out, back] = [seen.slice(0, 6), seen.slice(5).toReversed()];
      expect(runs(out)).toEqual(borderMs === mainFromMs ? ['sub', 'main'] : ['main', 'sub']);
      expect(isGrowing(out)).toBe(true);
      expect(back).toEqual(out);
      tile!.close();
      desk.clock.advance(1_000);
      await tile!.ended;
    }
  });

  it('changes to the stream that a tile asks for when it becomes larger, at the same moment', async () => {
    const { mainFromMs } = await recorded();
    const { shown, said } = open(mainFromMs + 5_000, 0, 'sub');
    await said(1);
    await tile!.rested();
    expect(shown[0]!.stream).toBe('sub');
    const atMs = shown[0]!.atMs;
    tile!.seek(2, Math.round(atMs), false, 'main');
    await said(2);
    await tile!.rested();
    expect(shown[0]).toEqual({ atMs, stream: 'main' });
    // And it stays the wish for what is sought after it.
    tile!.seek(3, mainFromMs + 8_000);
    await said(3);
    await tile!.rested();
    expect(shown[0]!.stream).toBe('main');
  });

  it('sends nothing of what is blocked, not even what only leads into the other stream', async () => {
    const { mainToMs } = await recorded();
    // The key frame of the sub stream before the main one ends is of a blocked time.
    const block = { fromMs: mainToMs - 3_000, toMs: mainToMs - 300 };
    desk.recording.holds.addBlock(LEADER, { cameraIds: ['cam'], ...block, reason: '隐私' });
    const { shown, sent, said } = open(mainToMs - 8_000, 1, 'main');
    await said(1);
    await pass(14_000);
    expect(sent.filter((atMs) => atMs >= block.fromMs && atMs < block.toMs)).toEqual([]);
    expect(isGrowing(shown)).toBe(true);
    expect(shown.at(-1)!.atMs).toBeGreaterThan(mainToMs + 4_000);
  });

  it('is of the main stream for a console that does not say which one', async () => {
    const { mainFromMs } = await recorded();
    const { shown, said } = open(mainFromMs + 1_000, 0, undefined);
    await said(1);
    await tile!.rested();
    expect(shown[0]!.stream).toBe('main');
  });
});
