import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { findFfmpeg } from '#native/ffmpeg/binary.ts';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import type { DirectFor } from '#native/ffmpeg/pull-choice.ts';
import { createRelay, type Relay, type RelayOptions } from '#native/ffmpeg/relay.ts';
import { parseClip } from '#native/rtsp/server-clip.ts';
import { startRtspServer, type RtspServer } from '#native/rtsp/server.ts';
import { childrenOf } from '#tests/peers/cpu-time.ts';
import { testClip } from '#tests/peers/rtsp-clip.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

/** A camera that is lost and comes back again and again leaves nothing behind: sockets, timers, processes, memory. */
const CYCLES = 1_000;
/** Through ffmpeg each is a process that starts and ends: as many as fit into a minute. */
const FFMPEG_CYCLES = 200;
const login = { user: 'guard', password: 'pw' };
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
let camera: RtspServer;
let relay: Relay;
let handover: Handover;

afterEach(async () => {
  await relay?.stop();
  await camera?.stop();
  await handover.close();
});

async function start(options: Pick<RelayOptions, 'ffmpeg'> & { serves: () => DirectFor }) {
  handover = createHandover();
  // Every picture a key frame: nothing waits for the next second.
  const clip = await testClip({
    ...{ codec: 'h264', width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 / 25, bitrateKbps: 900 },
  });
  camera = await startRtspServer({
    ...{ host: '127.0.0.1', port: 0 },
    mounts: {
      '/cam': { clip: parseClip(readFileSync(clip), 25), username: login.user, password: login.password },
    },
  });
  const source = { url: `rtsp://127.0.0.1:${camera.port}/cam`, transport: 'tcp' as const, ...login };
  relay = createRelay({
    ...{ label: 'cam', source, handover, ffmpeg: options.ffmpeg },
    direct: { start: startDirectPull, serves: options.serves },
  });
  const seen = { frames: 0 };
  relay.join({ state() {}, track() {}, frame: () => void (seen.frames += 1) });
  await waitFor('frames', () => seen.frames > 5);
  return { seen, source };
}

/** Open handles by kind, and bytes in use when all garbage is gone. */
async function holdings() {
  // what is under way between a process and us is given back a little later than what is garbage
  let bytes = Infinity;
  for (let look = 0; look < 10; look += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    bytes = Math.min(bytes, heapUsed + arrayBuffers);
  }
  const resources = process.getActiveResourcesInfo();
  const count = (name: string) => resources.filter((one) => one === name).length;
  return {
    sockets: count('TCPSocketWrap'),
    pipes: count('PipeWrap'),
    files: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
    timers: count('Timeout'),
    bytes,
  };
}

it(`${CYCLES} times lost and back`, async () => {
  const { seen } = await start({
    ffmpeg: () => Promise.reject(new FfmpegError('no_ffmpeg')),
    serves: () => 'everybody',
  });
  let before = await holdings();
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    camera.setMount('/cam', 'off');
    await waitFor('the loss', () => relay.state.kind === 'waiting');
    const frames = seen.frames;
    camera.setMount('/cam', 'on');
    relay.retryNow();
    await waitFor('the return', () => relay.state.kind === 'live' && seen.frames > frames);
    // What warms up has warmed up.
    if (cycle === CYCLES / 4) before = await holdings();
  }
  expect(camera.viewers('/cam')).toBe(1);
  const after = await holdings();
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);
  expect(after.timers).toBeLessThanOrEqual(before.timers + 2);
  expect(after.files).toBeLessThanOrEqual(before.files + 2);
  expect(after.bytes - before.bytes).toBeLessThan(2_000_000);
}, 180_000);

it(`${FFMPEG_CYCLES} times lost and back through ffmpeg`, async () => {
  const ffmpeg = await findFfmpeg();
  const others = childrenOf(process.pid, 'ffmpeg').length;
  const { seen } = await start({ ffmpeg: async () => ffmpeg, serves: () => 'nobody' });
  let before = await holdings();
  for (let cycle = 0; cycle < FFMPEG_CYCLES; cycle += 1) {
    camera.setMount('/cam', 'off');
    await waitFor('the loss', () => relay.state.kind === 'waiting');
    // the process is gone with the picture, before the next one starts
    await waitFor('no ffmpeg', () => childrenOf(process.pid, 'ffmpeg').length === others);
    const frames = seen.frames;
    camera.setMount('/cam', 'on');
    relay.retryNow();
    await waitFor('the return', () => relay.state.kind === 'live' && seen.frames > frames);
    if (cycle === FFMPEG_CYCLES / 4) before = await holdings();
  }
  expect(childrenOf(process.pid, 'ffmpeg').length).toBe(others + 1);
  const after = await holdings();
  expect(after.pipes).toBeLessThanOrEqual(before.pipes);
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);
  expect(after.timers).toBeLessThanOrEqual(before.timers + 2);
  expect(after.files).toBeLessThanOrEqual(before.files + 2);
  expect(after.bytes - before.bytes).toBeLessThan(2_000_000);
}, 180_000);

it('twenty changes of the pull, to and fro', async () => {
  const ffmpeg = await findFfmpeg();
  let serves: DirectFor = 'nobody';
  const { seen, source } = await start({ ffmpeg: async () => ffmpeg, serves: () => serves });
  const pull = () => (relay.state.kind === 'live' ? relay.state.pull : undefined);
  const others = childrenOf(process.pid, 'ffmpeg').length - 1;
  for (let change = 0; change < 20; change += 1) {
    serves = change % 2 === 0 ? 'everybody' : 'nobody';
    const wanted = change % 2 === 0 ? 'direct' : 'ffmpeg';
    relay.update(source);
    await waitFor(`the pull by ${wanted}`, () => pull() === wanted);
    const frames = seen.frames;
    await waitFor('frames', () => seen.frames > frames + 3);
    await waitFor('one pull', () => camera.viewers('/cam') === 1);
  }
  await waitFor('one ffmpeg', () => childrenOf(process.pid, 'ffmpeg').length === others + 1);
  serves = 'everybody';
  relay.update(source);
  await waitFor(
    'no ffmpeg',
    () => pull() === 'direct' && childrenOf(process.pid, 'ffmpeg').length === others,
  );
}, 120_000);
