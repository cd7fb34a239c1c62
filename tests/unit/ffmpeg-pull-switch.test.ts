import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import { FRAGMENT_HEAD_BYTES, fragment } from '#native/ffmpeg/fmp4.ts';
import type { MediaFrame, MediaSink, MediaTrack } from '#native/ffmpeg/media.ts';
import { startSwitched, type PullKind } from '#native/ffmpeg/pull-switch.ts';

const STEP = 6_000;
const trackOf = (name: string): MediaTrack => ({ codec: name, width: 1, height: 1, init: Buffer.from(name) });

/** Picture `number` of a camera as one pull gives it, whose own time began at picture `since`. Every fifth is a key frame. */
function picture(number: number, since: number): MediaFrame {
  const ticks = (number - since) * STEP;
  const content = Buffer.from([0x41, number >> 8, number & 255, 7]);
  const key = number % 5 === 0;
  const time = { dts: ticks, offset: 0, duration: STEP };
  const data = fragment(content, [{ start: 0, end: content.length }], time, key, number - since + 1);
  return { key, data, receivedAtMs: 1_000 + number * 66, ticks };
}

interface Seen {
  number: number;
  ticks: number;
  /** Of the box: tfdt and mfhd. */
  boxTicks: number;
  sequence: number;
}

function rig(fallBack: (kind: PullKind) => PullKind | undefined = () => undefined) {
  const seen: Seen[] = [];
  const tracks: string[] = [];
  const news: string[] = [];
  const runs: { kind: PullKind; sink: MediaSink; fail(code: string): void; stopped: boolean; up(): void }[] =
    [];
  const abort = new AbortController();
  const started = startSwitched({
    kind: 'ffmpeg',
    context: { generation: 1, signal: abort.signal, progress: () => undefined },
    sink: {
      track: ({ codec }) => void tracks.push(codec),
      frame: ({ data, ticks }) =>
        void seen.push({
          number: data.readUInt16BE(FRAGMENT_HEAD_BYTES + 5),
          ticks,
          boxTicks: data.readUInt32BE(64),
          sequence: data.readUInt32BE(20),
        }),
      skipped: () => undefined,
    },
    start(kind, sink) {
      const ready = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<never>();
      ended.promise.catch(() => undefined);
      const run = {
        ...{ kind, sink, stopped: false, up: ready.resolve },
        fail(code: string) {
          ready.reject(new FfmpegError(code as 'failed'));
          ended.reject(new FfmpegError(code as 'failed'));
        },
      };
      runs.push(run);
      const stop = async () => void (run.stopped = true);
      return ready.promise.then(() => ({ ended: ended.promise, stop }));
    },
    fallBack: (kind) => fallBack(kind),
    onRefused: (kind, error) => void news.push(`refused ${kind} ${(error as FfmpegError).code}`),
    onSwitched: (kind) => void news.push(`switched ${kind}`),
  });
  return { seen, tracks, news, runs, started, abort };
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** Every picture once, each a step after the one before, boxes and headers alike. */
function expectWhole(seen: readonly Seen[]): void {
  seen.slice(1).forEach(({ number, ticks }, at) => {
    expect([number, ticks]).toEqual([seen[at]!.number + 1, seen[at]!.ticks + STEP]);
  });
  expect(seen.every(({ ticks, boxTicks }) => ticks === boxTicks)).toBe(true);
  expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, at) => at + 1));
}

describe('a change of the pull', () => {
  it('leaves nothing out and repeats nothing, whichever pull is ahead and by how much', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -4, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 4 }),
        async (lead, before, phase) => {
          const { seen, tracks, runs, started, news } = rig();
          const [first] = runs;
          first!.sink.track(trackOf('a'));
          // The new pull begins at a key frame, and is `lead` pictures ahead (or behind) of the old one.
          let old = 0;
          const next = (run: typeof first, number: number, since: number) =>
            run!.sink.frame(picture(number, since));
          for (; old < before * 5 + phase; old += 1) next(first, old, 0);
          first!.up();
          const pull = await started;
          pull.turnTo('direct');
          const second = runs[1]!;
          second.sink.track(trackOf('a'));
          const begin = Math.ceil(Math.max(0, old + Math.min(lead, 0)) / 5) * 5;
          for (let number = old; number < old + 30; number += 1) {
            const ahead = number + lead;
            if (lead >= 0 && ahead >= begin) next(second, ahead, begin);
            if (!first!.stopped) next(first, number, 0);
            if (lead < 0 && ahead >= begin) next(second, ahead, begin);
            if (number === old) second.up();
            await settle();
          }
          expect(news).toEqual(['switched direct']);
          expect(tracks).toEqual(['a']);
          expectWhole(seen);
          expect(first!.stopped).toBe(true);
          expect(pull.kind).toBe('direct');
          await pull.stop();
          expect(second.stopped).toBe(true);
        },
      ),
    );
  });

  it('is made at a key frame where the two have no picture in common, with time going on', async () => {
    const { seen, tracks, runs, started } = rig();
    const [first] = runs;
    first!.sink.track(trackOf('a'));
    for (let number = 0; number < 10; number += 1) first!.sink.frame(picture(number, 0));
    first!.up();
    const pull = await started;
    pull.turnTo('direct');
    const second = runs[1]!;
    second.sink.track(trackOf('b'));
    second.up();
    // Another camera's pictures altogether, at the same time.
    for (let number = 10; number < 30; number += 1) {
      first!.sink.frame(picture(number, 0));
      const other = picture(number, 10);
      other.data[FRAGMENT_HEAD_BYTES + 7] = 99;
      second.sink.frame(other);
    }
    expect(tracks).toEqual(['a', 'b']);
    const ticks = seen.map((one) => one.ticks);
    expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
    expect(new Set(ticks).size).toBe(ticks.length);
    // The first key frame after half a second beside each other; the old pull had just given its own of that moment.
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
    expect(seen.map(({ number }) => number)).toEqual([...numbers(0, 21), ...numbers(20, 30)]);
    await pull.stop();
  });

  it('that fails leaves the old pull as it was', async () => {
    const { seen, runs, started, news } = rig();
    const [first] = runs;
    first!.sink.track(trackOf('a'));
    for (let number = 0; number < 3; number += 1) first!.sink.frame(picture(number, 0));
    first!.up();
    const pull = await started;
    pull.turnTo('direct');
    runs[1]!.fail('bad_data');
    await settle();
    for (let number = 3; number < 9; number += 1) first!.sink.frame(picture(number, 0));
    expect(news).toEqual(['refused direct bad_data']);
    expectWhole(seen);
    expect(seen).toHaveLength(9);
    await pull.stop();
  });

  it('after the old one broke: its last picture stays until the new one has a key frame', async () => {
    const { seen, runs, started, news } = rig(() => 'direct');
    const [first] = runs;
    first!.sink.track(trackOf('a'));
    for (let number = 0; number < 3; number += 1) first!.sink.frame(picture(number, 0));
    first!.up();
    const pull = await started;
    first!.fail('bad_data');
    await settle();
    expect(first!.stopped).toBe(true);
    const second = runs[1]!;
    second.sink.track(trackOf('a'));
    second.up();
    for (let number = 10; number < 13; number += 1) second.sink.frame(picture(number, 10));
    await settle();
    expect(news).toEqual(['switched direct']);
    expect(seen.map(({ number }) => number)).toEqual([0, 1, 2, 10, 11, 12]);
    // As much later as it came.
    expect(seen[3]!.ticks - seen[2]!.ticks).toBe(8 * 66 * 90);
    await pull.stop();
  });

  it('after which nothing is left to fall back on ends with the last reason', async () => {
    const { runs, started } = rig(() => 'direct');
    runs[0]!.sink.track(trackOf('a'));
    runs[0]!.sink.frame(picture(0, 0));
    runs[0]!.up();
    const pull = await started;
    runs[0]!.fail('bad_data');
    await settle();
    runs[1]!.fail('refused');
    await expect(pull.ended).rejects.toMatchObject({ code: 'refused' });
    await pull.stop();
  });

  it('ends both when it is stopped in the middle', async () => {
    const { runs, started, abort } = rig();
    runs[0]!.sink.track(trackOf('a'));
    runs[0]!.up();
    const pull = await started;
    pull.turnTo('direct');
    runs[1]!.up();
    await settle();
    abort.abort();
    await pull.stop();
    expect(runs.map(({ stopped }) => stopped)).toEqual([true, true]);
  });
});
