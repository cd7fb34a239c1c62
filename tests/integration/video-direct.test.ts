import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { FRAGMENT_HEAD_BYTES } from '#native/ffmpeg/fmp4.ts';
import type { MediaFrame } from '#native/ffmpeg/media.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import type { DirectFor } from '#native/ffmpeg/pull-choice.ts';
import { createRelay, type Relay, type RelayOptions } from '#native/ffmpeg/relay.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { parseClip, type ClipFrame } from '#native/rtsp/server-clip.ts';
import { startRtspServer as startOwnServer } from '#native/rtsp/server.ts';
import { decodeMp4, recordViewer, type RecordedViewer } from '#tests/peers/media-viewer.ts';
import { testClip } from '#tests/peers/rtsp-clip.ts';
import { SMALL_CLIP, startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startTamper } from '#tests/peers/rtsp-tamper.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

/** The pull in our own process against GStreamer's server, and the change from one pull to the other. */
const login = { user: 'guard', password: 'pa@ss:w/d #1' };
let ffmpeg: FfmpegBinary;
let open: RtspServer;
let locked: RtspServer;
let handover: Handover;
const relays: Relay[] = [];
const refused: string[] = [];

beforeAll(async () => {
  const mounts = [
    ...['/cam1', '/cam2', '/cam3'].map((path) => ({ path })),
    { path: '/nokey', keys: false },
    { path: '/jpeg', codec: 'jpeg' as const },
  ];
  ffmpeg = await findFfmpeg();
  [open, locked] = await Promise.all([startRtspServer(mounts), startRtspServer([{ path: '/cam1' }], login)]);
  handover = createHandover();
}, 120_000);

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  refused.length = 0;
  // what the next test counts is its own
  await open.forgotten();
});

afterAll(async () => {
  await Promise.all([open?.stop(), locked?.stop(), handover?.close()]);
});

/** `serves` may be changed while it runs: call `update` with the same source then. */
function relayOf(
  serves: DirectFor | (() => DirectFor),
  source: Partial<RtspSource> = {},
  options: Partial<RelayOptions> = {},
): Relay {
  const relay = createRelay({
    label: 'cam',
    source: { url: open.url('/cam1'), transport: 'tcp', ...source },
    ffmpeg: async () => ffmpeg,
    handover,
    direct: {
      start: startDirectPull,
      serves: typeof serves === 'string' ? () => serves : serves,
      onRefused: (reason) => void refused.push(reason),
    },
    ...options,
  });
  relays.push(relay);
  return relay;
}

const pullOf = (relay: Relay) => (relay.state.kind === 'live' ? relay.state.pull : undefined);
const pictureOf = (frame: MediaFrame) => frame.data.subarray(FRAGMENT_HEAD_BYTES).toString('latin1');

/** What the viewer saw has to be a piece of what the reference saw, picture by picture: nothing missing, nothing twice. */
function expectSamePictures(seen: readonly MediaFrame[], reference: readonly MediaFrame[]): void {
  const all = reference.map(pictureOf);
  const some = seen.map(pictureOf);
  const start = all.indexOf(some[0]!);
  expect(start).toBeGreaterThanOrEqual(0);
  const common = Math.min(some.length, all.length - start);
  expect(common).toBeGreaterThan(20);
  const wrong = some.slice(0, common).findIndex((picture, at) => picture !== all[start + at]);
  expect(wrong).toBe(-1);
  // And the same times, to less than a frame (the rig stamps each client's pictures when it hands them out).
  const offsets = seen.slice(0, common).map(({ ticks }, at) => ticks - reference[start + at]!.ticks);
  expect(Math.max(...offsets) - Math.min(...offsets)).toBeLessThan(6_000);
}

const hasAllOf = (reference: RecordedViewer, viewer: RecordedViewer) =>
  reference.frames.some((frame) => pictureOf(frame) === pictureOf(viewer.frames.at(-1)!));

function expectOneTimeline(frames: readonly MediaFrame[]): void {
  const steps = frames.slice(1).map((frame, at) => frame.ticks - frames[at]!.ticks);
  expect(steps.every((step) => step > 0)).toBe(true);
}

async function expectPlayable(viewer: RecordedViewer): Promise<void> {
  expect(viewer.tracks).toHaveLength(1);
  const { frames, complaints } = await decodeMp4(
    Buffer.concat([viewer.tracks[0]!.init, ...viewer.frames.map(({ data }) => data)]),
  );
  expect(complaints).toBe('');
  expect(frames).toBe(viewer.frames.length);
}

describe('the direct pull', () => {
  it('gives what ffmpeg gives, picture by picture', async () => {
    const viewers = [recordViewer(relayOf('everybody')), recordViewer(relayOf('nobody'))] as const;
    await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.frames.length >= 60, 'frames')));
    for (const viewer of viewers) viewer.leave();
    const [direct, other] = viewers;
    expect(direct.tracks[0]!.init.equals(other.tracks[0]!.init)).toBe(true);
    const from =
      direct.frames[0]!.receivedAtMs < other.frames[0]!.receivedAtMs ? [other, direct] : [direct, other];
    expectSamePictures(from[0]!.frames, from[1]!.frames);
    const keys = (frames: readonly MediaFrame[]) => frames.filter(({ key }) => key).map(pictureOf);
    expect(keys(direct.frames).length).toBeGreaterThan(2);
    expect(keys(other.frames).some((key) => keys(direct.frames).includes(key))).toBe(true);
  });

  it('gives a picture before the next one is sent; ffmpeg is one behind', async () => {
    const clip = parseClip(readFileSync(await testClip(SMALL_CLIP)), SMALL_CLIP.fps);
    let show: ((frame: ClipFrame, dueMs: number) => void) | undefined;
    let next = 0;
    const send = () => show?.(clip.frames[next++ % clip.frames.length]!, Date.now());
    const held = await startOwnServer({
      ...{ host: '127.0.0.1', port: 0 },
      mounts: {
        '/held': {
          clip: {
            shape: async () => clip,
            start(to) {
              show = to;
              return { stop: () => (show = undefined) };
            },
          },
        },
      },
    });
    const source = { url: `rtsp://127.0.0.1:${held.port}/held` };
    const [direct, other] = [
      recordViewer(relayOf('everybody', source)),
      recordViewer(relayOf('nobody', source)),
    ] as const;
    await waitFor('pictures of both', async () => {
      send();
      return [direct, other].every(({ frames }) => frames.length > 5);
    });
    /** Whether the newest picture that a viewer has is the one that was sent so many before the last. */
    const has = (viewer: RecordedViewer, before: number) => {
      // the first two bytes may be those of a fragment
      const { payloads } = clip.frames[(next - 1 - before) % clip.frames.length]!;
      return pictureOf(viewer.frames.at(-1)!).endsWith(payloads.at(-1)!.toString('latin1', 2));
    };
    await waitFor('all that was sent', () => has(direct, 0));
    for (let picture = 0; picture < 10; picture += 1) {
      send();
      await waitFor('the picture', () => has(direct, 0));
      await waitFor('the one before it', () => has(other, 1));
    }
    for (const viewer of [direct, other]) viewer.leave();
    await held.stop();
  });

  it('leaves a camera to ffmpeg only for what ffmpeg might do better', async () => {
    const cases = [
      { source: { url: open.url('/nothing') }, reason: 'not_found' },
      { source: { url: open.url('/jpeg') }, reason: 'codec_not_playable' },
      { source: { url: open.url('/nokey') }, reason: 'no_key_frame' },
    ];
    for (const { source, reason } of cases) {
      const viewer = recordViewer(relayOf('everybody', source, { keyFrameMs: 1_500 }));
      await viewer.until(() => viewer.states.some(({ kind }) => kind === 'waiting'), 'a reason');
      viewer.leave();
      expect(viewer.states.find((state) => state.kind === 'waiting')?.reason).toBe(reason);
    }
    expect(refused).toEqual(['no_key_frame']);
  });

  it('tries a wrong password as often as ffmpeg does: once', async () => {
    const before = (await locked.stats()).accepted;
    const relay = relayOf('everybody', { url: locked.url('/cam1'), user: 'guard', password: 'wrong' });
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.states.some(({ kind }) => kind === 'waiting'), 'a reason');
    expect((await locked.stats()).accepted - before).toBe(1);
    viewer.leave();
  });

  it('serves where there is no ffmpeg', async () => {
    const { FfmpegError } = await import('#native/ffmpeg/failure.ts');
    const none = () => Promise.reject(new FfmpegError('no_ffmpeg'));
    const relay = relayOf('working', {}, { ffmpeg: none });
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length >= 10, 'frames');
    expect(pullOf(relay)).toBe('direct');
    viewer.leave();
  });

  it('says goodbye: the camera keeps no session of a tile that was closed', async () => {
    const relay = relayOf('everybody', { url: open.url('/cam3') });
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length > 0, 'a frame');
    viewer.leave();
    await relay.stop();
    await expect.poll(async () => (await open.stats()).connections, { timeout: 10_000 }).toBe(0);
  });
});

describe('a change of the pull', () => {
  it('to our own client when somebody works with the camera: nothing missing, nothing twice, one pull', async () => {
    const reference = recordViewer(relayOf('nobody', { url: open.url('/cam2') }));
    const relay = relayOf('working', { url: open.url('/cam2') });
    const wall = recordViewer(relay);
    await Promise.all([
      wall.until(() => wall.frames.length >= 20, 'frames'),
      reference.until(() => reference.frames.length >= 20, 'frames'),
    ]);
    expect(pullOf(relay)).toBe('ffmpeg');
    const before = wall.frames.length;
    const leave = relay.join({ state() {}, track() {}, frame() {} }, { isWorking: true });
    await wall.until(() => pullOf(relay) === 'direct', 'the change');
    await wall.until(() => wall.frames.length >= before + 40, 'frames after it');
    wall.leave();
    await reference.until(() => hasAllOf(reference, wall), 'the reference');
    leave();
    reference.leave();
    expectSamePictures(wall.frames, reference.frames);
    expectOneTimeline(wall.frames);
    await expectPlayable(wall);
    // Never anything but live: no tile went dark. And the former pull is gone: the reference's and ours.
    const liveAt = wall.states.findIndex(({ kind }) => kind === 'live');
    expect(wall.states.slice(liveAt).every(({ kind }) => kind === 'live')).toBe(true);
    await expect.poll(async () => (await open.stats()).connections, { timeout: 10_000 }).toBe(2);
  });

  it('back to ffmpeg when the camera is set so', async () => {
    let serves: DirectFor = 'everybody';
    const source = { url: open.url('/cam2'), transport: 'tcp' as const };
    const reference = recordViewer(relayOf('nobody', source));
    const relay = relayOf(() => serves, source);
    const wall = recordViewer(relay);
    await wall.until(() => wall.frames.length >= 20 && reference.frames.length >= 20, 'frames');
    expect(pullOf(relay)).toBe('direct');
    const before = wall.frames.length;
    serves = 'nobody';
    relay.update(source);
    await wall.until(() => pullOf(relay) === 'ffmpeg', 'the change');
    await wall.until(() => wall.frames.length >= before + 40, 'frames after it');
    wall.leave();
    await reference.until(() => hasAllOf(reference, wall), 'the reference');
    reference.leave();
    expectSamePictures(wall.frames, reference.frames);
    expectOneTimeline(wall.frames);
    await expectPlayable(wall);
  });

  it('to ffmpeg when the camera misbehaves with our client: the picture stays, the stream goes on', async () => {
    let isSpoiling = false;
    const tamper = await startTamper(open.port, (text) => text, {
      media: (chunk, agent) => (isSpoiling && agent === 'Guardroom' ? Buffer.alloc(80_000, 0x55) : chunk),
    });
    const relay = relayOf('everybody', { url: `rtsp://127.0.0.1:${tamper.port}/cam3` });
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length >= 20, 'frames');
    expect(pullOf(relay)).toBe('direct');
    isSpoiling = true;
    await viewer.until(() => pullOf(relay) === 'ffmpeg', 'the change');
    const before = viewer.frames.length;
    await viewer.until(() => viewer.frames.length >= before + 20, 'frames after it');
    viewer.leave();
    expect(refused).toEqual(['bad_data']);
    expect(viewer.states.map(({ kind }) => kind).filter((kind) => kind === 'waiting')).toEqual([]);
    await expectPlayable(viewer);
    // Some pictures are gone with the connection; time went on.
    const steps = viewer.frames.slice(1).map((frame, at) => frame.ticks - viewer.frames[at]!.ticks);
    expect(steps.every((step) => step > 0)).toBe(true);
    await relay.stop();
    await tamper.stop();
  });

  it('does not happen when our client is refused: ffmpeg goes on undisturbed', async () => {
    const tamper = await startTamper(open.port, (text, agent) =>
      agent === 'Guardroom' ? text.replace('RTSP/1.0 200 OK\r\nCSeq: 3', 'RTSP/1.0 461 NO\r\nCSeq: 3') : text,
    );
    const relay = relayOf('working', { url: `rtsp://127.0.0.1:${tamper.port}/cam3` });
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length >= 5, 'frames');
    relay.join({ state() {}, track() {}, frame() {} }, { isWorking: true });
    await viewer.until(() => refused.length > 0, 'the refusal');
    const before = viewer.frames.length;
    await viewer.until(() => viewer.frames.length >= before + 15, 'frames after it');
    viewer.leave();
    expect(refused).toEqual(['unsupported']);
    expect(pullOf(relay)).toBe('ffmpeg');
    expectOneTimeline(viewer.frames);
    await relay.stop();
    await tamper.stop();
  });
});
