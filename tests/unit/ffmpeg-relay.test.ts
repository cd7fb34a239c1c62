import { describe, expect, it } from 'vitest';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import type { MediaFrame, MediaSink } from '#native/ffmpeg/media.ts';
import type { PullOptions } from '#native/ffmpeg/pull.ts';
import { createRelay, type RelayOptions, type StreamState } from '#native/ffmpeg/relay.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

const frame = (name: string, key = false): MediaFrame => ({
  key,
  data: Buffer.from(name),
  receivedAtMs: 1,
  ticks: 0,
});
const track = { codec: 'avc1.4d4016', width: 640, height: 360, init: Buffer.from('init') };

/** A relay whose pulls are played by the test. */
function rig(options: Partial<RelayOptions> = {}) {
  const clock = fakeClock();
  const pulls: {
    options: PullOptions;
    context: WorkerContext;
    sink: MediaSink;
    fail(code: string): void;
    up(): void;
  }[] = [];
  let running = 0;
  function pull(pullOptions: PullOptions, context: WorkerContext): Promise<Worker> {
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => undefined);
    const ready = Promise.withResolvers<Worker>();
    running += 1;
    let isOver = false;
    const over = () => {
      if (!isOver) running -= 1;
      isOver = true;
    };
    const fail = (code: string) => {
      const error = new FfmpegError(code as 'failed');
      ready.promise.then(
        () => ended.reject(error),
        () => undefined,
      );
      over();
      ready.reject(error);
      ended.reject(error);
    };
    context.signal.addEventListener('abort', () => fail('ended'));
    pulls.push({
      options: pullOptions,
      context,
      sink: pullOptions.sink,
      fail,
      up: () => ready.resolve({ ended: ended.promise, stop: async () => over() }),
    });
    return ready.promise;
  }
  const relay = createRelay({
    label: 'cam',
    source: { url: 'rtsp://cam/1', transport: 'tcp' },
    ffmpeg: async () => ({ path: 'ffmpeg', origin: 'system', version: '5', formatMajor: 59 }),
    handover: { addressFor: async () => '', close: async () => undefined },
    clock,
    pull,
    ...options,
  });
  function viewer() {
    const seen: string[] = [];
    const states: StreamState[] = [];
    const leave = relay.join({
      state: (state) => void states.push(state),
      track: () => void seen.push('track'),
      frame: (one, isCached) => void seen.push(`${one.data.toString()}${isCached ? '*' : ''}`),
    });
    return { seen, states, leave };
  }
  const last = () => pulls[pulls.length - 1]!;
  async function goLive() {
    await clock.advance(0);
    last().sink.track(track);
    last().up();
    await clock.advance(0);
  }
  return { clock, relay, pulls, last, viewer, goLive, running: () => running };
}

describe('relay', () => {
  it('pulls once for many, and gives a newcomer the present group of pictures', async () => {
    const { relay, pulls, last, viewer, goLive } = rig();
    const first = viewer();
    await goLive();
    for (const one of [frame('k1', true), frame('a'), frame('k2', true), frame('b')]) last().sink.frame(one);
    const second = viewer();
    last().sink.frame(frame('c'));
    expect(pulls).toHaveLength(1);
    expect(first.seen).toEqual(['track', 'k1', 'a', 'k2', 'b', 'c']);
    expect(second.seen).toEqual(['track', 'k2*', 'b*', 'c']);
    expect(second.states).toMatchObject([
      { kind: 'live', codec: 'avc1.4d4016', width: 640, transcoded: null },
    ]);
    await relay.stop();
  });

  it('ends the pull a while after the last viewer has left, and not if one comes back', async () => {
    const { relay, clock, viewer, goLive, pulls, running } = rig({ lingerMs: 5_000 });
    const one = viewer();
    await goLive();
    one.leave();
    await clock.advance(4_999);
    const two = viewer();
    await clock.advance(2_000);
    expect(pulls).toHaveLength(1);
    expect(running()).toBe(1);
    two.leave();
    await clock.advance(5_000);
    expect(running()).toBe(0);
    await relay.stop();
    expect(clock.pending()).toBe(0);
  });

  it('starts again for a viewer after it had ended', async () => {
    const { clock, viewer, goLive, pulls, running, relay } = rig({ lingerMs: 1_000 });
    const one = viewer();
    await goLive();
    one.leave();
    one.leave();
    await clock.advance(1_000);
    expect(running()).toBe(0);
    expect(relay.state).toEqual({ kind: 'idle' });
    viewer();
    await goLive();
    expect(pulls).toHaveLength(2);
    expect(relay.state.kind).toBe('live');
    await relay.stop();
  });

  it('reads the stream for its size if the description lacks it, at once and from then on', async () => {
    const { clock, viewer, pulls, last, relay } = rig();
    const { states } = viewer();
    await clock.advance(0);
    last().fail('probe_failed');
    await clock.advance(0);
    expect(pulls.map(({ options }) => options.probe)).toEqual(['fast', 'slow']);
    last().fail('ended');
    await clock.advance(1_000);
    expect(pulls.map(({ options }) => options.probe)).toEqual(['fast', 'slow', 'slow']);
    expect(states.map((state) => (state.kind === 'waiting' ? state.reason : state.kind))).toEqual([
      'connecting',
      'ended',
      'connecting',
    ]);
    await relay.stop();
  });

  it.each([
    ['probe_failed', 'slow'],
    ['unsupported', 'reordered'],
  ] as const)('reads on after %s in mid-stream, the picture staying', async (code, probe) => {
    const { viewer, pulls, last, goLive, clock, relay } = rig();
    viewer();
    await goLive();
    last().fail(code);
    await clock.advance(0);
    expect(pulls.map(({ options }) => options.probe)).toEqual(['fast', probe]);
    expect(relay.state.kind).toBe('live');
    await relay.stop();
  });

  it('starts again at once when the address changes, and only then', async () => {
    const { viewer, pulls, goLive, clock, relay } = rig();
    viewer();
    await goLive();
    relay.update({ url: 'rtsp://cam/1', transport: 'tcp' });
    await clock.advance(0);
    expect(pulls).toHaveLength(1);
    relay.update({ url: 'rtsp://cam/2', transport: 'udp' });
    await clock.advance(0);
    expect(pulls.map(({ options }) => options.source.url)).toEqual(['rtsp://cam/1', 'rtsp://cam/2']);
    await relay.stop();
  });

  it('says that there is no ffmpeg, and finds the one that is installed later', async () => {
    let isInstalled = false;
    const { viewer, pulls, clock, relay } = rig({
      async ffmpeg() {
        if (!isInstalled) throw new FfmpegError('no_ffmpeg');
        return { path: 'ffmpeg', origin: 'system', version: '5', formatMajor: 59 };
      },
    });
    viewer();
    await clock.advance(0);
    expect(relay.state).toMatchObject({ kind: 'waiting', reason: 'no_ffmpeg' });
    isInstalled = true;
    await clock.advance(1_000);
    expect(pulls).toHaveLength(1);
    await relay.stop();
  });

  it.each([
    ['refused', 1_000],
    ['wrong_password', 60_000],
    ['codec_not_playable', 60_000],
  ])('tries again after %s in %d ms', async (reason, waitMs) => {
    const { clock, viewer, last, relay, pulls } = rig();
    viewer();
    await clock.advance(0);
    last().fail(reason);
    await clock.advance(0);
    expect(relay.state).toEqual({ kind: 'waiting', reason, attempt: 1, retryAtMs: clock.nowMs() + waitMs });
    await clock.advance(waitMs - 1);
    expect(pulls).toHaveLength(1);
    relay.retryNow();
    await clock.advance(0);
    expect(pulls).toHaveLength(2);
    await relay.stop();
  });

  describe('that starts with our own client and then tries ffmpeg', () => {
    /** Our client's tries, played by the test too. */
    function withDirect() {
      const starts: { context: WorkerContext; fail(code: string): void }[] = [];
      const made = rig({
        keyFrameMs: 15_000,
        direct: {
          serves: () => 'everybody',
          start(_options, context) {
            const ready = Promise.withResolvers<Worker>();
            const fail = (code: string) => ready.reject(new FfmpegError(code as 'failed'));
            context.signal.addEventListener('abort', () => fail('ended'));
            starts.push({ context, fail });
            return ready.promise;
          },
        },
      });
      return { ...made, starts };
    }
    /** Pictures come each second, none of them can be shown. */
    async function useless(clock: ReturnType<typeof fakeClock>, context: WorkerContext, seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        context.progress();
        await clock.advance(1_000);
      }
    }

    it('says that there is no key frame, however long both have waited for one', async () => {
      const { clock, relay, viewer, starts, last } = withDirect();
      const { states } = viewer();
      await clock.advance(7_000);
      await useless(clock, starts[0]!.context, 15);
      starts[0]!.fail('no_key_frame');
      await clock.advance(7_000);
      await useless(clock, last().context, 15);
      last().fail('no_key_frame');
      await clock.advance(0);
      expect(states.slice(1)).toMatchObject([{ kind: 'waiting', reason: 'no_key_frame', attempt: 1 }]);
      await relay.stop();
      expect(clock.pending()).toBe(0);
    });

    it.each(['timeout', 'ended', 'stalled', 'failed'])(
      'says so too where the camera does not serve ffmpeg then (%s)',
      async (code) => {
        const { clock, relay, viewer, starts, last } = withDirect();
        viewer();
        await clock.advance(0);
        starts[0]!.fail('no_key_frame');
        await clock.advance(0);
        if (code === 'timeout') await clock.advance(25_000);
        else last().fail(code);
        await clock.advance(0);
        expect(relay.state).toMatchObject({ kind: 'waiting', reason: 'no_key_frame' });
        await relay.stop();
      },
    );

    it('says what ffmpeg found where that says more', async () => {
      const { clock, relay, viewer, starts, last } = withDirect();
      viewer();
      await clock.advance(0);
      starts[0]!.fail('unsupported');
      await clock.advance(0);
      last().fail('ended');
      await clock.advance(0);
      expect(relay.state).toMatchObject({ kind: 'waiting', reason: 'ended' });
      await relay.stop();
    });

    it('gives up a camera that says nothing, and tells it from one that stops', async () => {
      const { clock, relay, viewer, starts } = withDirect();
      viewer();
      await clock.advance(24_999);
      expect(relay.state.kind).toBe('connecting');
      await clock.advance(1);
      expect(relay.state).toMatchObject({ kind: 'waiting', reason: 'timeout' });
      await clock.advance(1_000);
      await useless(clock, starts[1]!.context, 3);
      await clock.advance(24_000);
      expect(relay.state).toMatchObject({ kind: 'waiting', reason: 'stalled' });
      await relay.stop();
      expect(clock.pending()).toBe(0);
    });
  });

  it('asks what is to be heard first while nobody knows the login: one refusal instead of two', async () => {
    const source = { url: 'rtsp://cam/1', transport: 'tcp', user: 'a', password: 'b', sound: true } as const;
    const questions: { answer: (offer: null) => void; refuse: (error: Error) => void }[] = [];
    const { clock, relay, pulls, viewer, goLive } = rig({
      source,
      soundOffer(_source, onLetIn) {
        const { promise, resolve, reject } = Promise.withResolvers<null>();
        questions.push({ answer: (offer) => (onLetIn(), resolve(offer)), refuse: reject });
        return promise;
      },
    });
    const { states } = viewer();
    await clock.advance(0);
    expect([questions.length, pulls.length]).toEqual([1, 0]);
    questions[0]!.refuse(new FfmpegError('wrong_password'));
    await clock.advance(0);
    expect(states.at(-1)).toMatchObject({ kind: 'waiting', reason: 'wrong_password' });
    expect(pulls).toHaveLength(0);

    relay.retryNow();
    await clock.advance(0);
    questions[1]!.answer(null);
    await clock.advance(0);
    expect(pulls).toHaveLength(1);
    await goLive();
    expect(relay.state.kind).toBe('live');
    await relay.stop();
  });

  it('waits a second at most for what is to be heard', async () => {
    const source = { url: 'rtsp://cam/1', transport: 'tcp', user: 'a', password: 'b', sound: true } as const;
    const { clock, relay, pulls, viewer } = rig({ source, soundOffer: () => new Promise(() => undefined) });
    viewer();
    await clock.advance(999);
    expect(pulls).toHaveLength(0);
    await clock.advance(1);
    expect(pulls).toHaveLength(1);
    await relay.stop();
  });

  it('takes a stream without frames for stalled, and shows nothing of a discarded pull', async () => {
    const { clock, viewer, last, goLive, relay } = rig({ stallMs: 8_000 });
    const { seen } = viewer();
    await goLive();
    last().sink.frame(frame('k', true));
    const stalled = last();
    await clock.advance(8_000);
    expect(relay.state).toMatchObject({ kind: 'waiting', reason: 'stalled' });
    stalled.sink.track(track);
    stalled.sink.frame(frame('late', true));
    expect(seen).toEqual(['track', 'k']);
    const newcomer = viewer();
    expect(newcomer.seen).toEqual([]);
    await relay.stop();
  });
});
