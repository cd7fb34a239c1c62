import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegCandidates, probeVersion, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import { createRelay, type Relay, type RelayOptions } from '#native/ffmpeg/relay.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { decodeMp4, recordViewer } from '#tests/peers/media-viewer.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startTamper } from '#tests/peers/rtsp-tamper.ts';

/** Every ffmpeg that this machine has: Debian's 5.1 and the 4.1 of the npm package differ in many ways. */
const binaries: FfmpegBinary[] = [];
for (const candidate of ffmpegCandidates())
  binaries.push({ ...candidate, ...(await probeVersion(candidate.path)) });

const login = { user: 'guard', password: 'pa@ss:w/d #1' };
let open: RtspServer;
let locked: RtspServer;
let handover: Handover;
const relays: Relay[] = [];

beforeAll(async () => {
  const mounts = [
    { path: '/cam1' },
    { path: '/cam2' },
    { path: '/nokey', keys: false },
    { path: '/jpeg', codec: 'jpeg' as const },
  ];
  [open, locked] = await Promise.all([startRtspServer(mounts), startRtspServer([{ path: '/cam1' }], login)]);
  handover = createHandover();
}, 120_000);

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  // what the next test counts is its own
  await open.forgotten();
});

afterAll(async () => {
  await Promise.all([open?.stop(), locked?.stop(), handover?.close()]);
});

function relayOf(
  source: Partial<RtspSource>,
  options: Partial<RelayOptions> = {},
  ffmpeg = binaries[0]!,
): Relay {
  const relay = createRelay({
    label: 'cam',
    source: { url: open.url('/cam1'), transport: 'tcp', ...source },
    ffmpeg: async () => ffmpeg,
    handover,
    ...options,
  });
  relays.push(relay);
  return relay;
}

describe.each(binaries)('a pull with ffmpeg $version', (ffmpeg) => {
  it.each(['tcp', 'udp'] as const)(
    'over %s gives fMP4 that another decoder plays without a complaint',
    async (transport) => {
      const viewer = recordViewer(relayOf({ transport }, {}, ffmpeg));
      await viewer.until(() => viewer.frames.length >= 40, 'forty frames');
      viewer.leave();
      expect(viewer.tracks).toHaveLength(1);
      expect(viewer.tracks[0]).toMatchObject({
        width: 640,
        height: 360,
        codec: expect.stringMatching(/^avc1\.4d40/),
      });
      expect(viewer.frames[0]!.key).toBe(true);
      const { frames, complaints } = await decodeMp4(
        Buffer.concat([viewer.tracks[0]!.init, ...viewer.frames.map(({ data }) => data)]),
      );
      expect(complaints).toBe('');
      expect(frames).toBe(viewer.frames.length);
    },
  );

  it('logs in by digest without the password on any command line, in any environment or error', async () => {
    const viewer = recordViewer(relayOf({ url: locked.url('/cam1'), ...login }, {}, ffmpeg));
    await viewer.until(() => viewer.frames.length > 0, 'a frame');
    if (process.platform === 'linux') {
      const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
      const lines = running.map((pid) => processText(pid));
      expect(lines.some((line) => line.includes('rtsp://127.0.0.1'))).toBe(true);
      const forms = [login.password, encodeURIComponent(login.password)];
      // The test's own server was given the password on its command line, with the configuration.
      const others = lines.filter((line) => !line.includes('rtsp-server.py'));
      expect(others.filter((line) => forms.some((form) => line.includes(form)))).toEqual([]);
    }
    viewer.leave();
  });

  it('says why there is no picture', async () => {
    const free = await freePort();
    const cases: [string, Partial<RtspSource>, Partial<RelayOptions>][] = [
      ['wrong_password', { url: locked.url('/cam1'), user: 'guard', password: 'wrong' }, {}],
      ['wrong_password', { url: locked.url('/cam1') }, {}],
      ['not_found', { url: open.url('/nothing') }, {}],
      ['refused', { url: `rtsp://127.0.0.1:${free}/cam1`, ...login }, {}],
      ['unknown_host', { url: 'rtsp://no-such-camera.invalid/1' }, {}],
      ['codec_not_playable', { url: open.url('/jpeg') }, {}],
      ['no_key_frame', { url: open.url('/nokey') }, { keyFrameMs: 1_500 }],
    ];
    const found = cases.map(async ([, source, options]) => {
      const viewer = recordViewer(relayOf(source, options, ffmpeg));
      await viewer.until(() => viewer.states.some(({ kind }) => kind === 'waiting'), 'a reason');
      viewer.leave();
      return viewer.states.find((state) => state.kind === 'waiting')?.reason;
    });
    expect(await Promise.all(found)).toEqual(cases.map(([reason]) => reason));
  });

  it('finds a camera by name', async () => {
    const viewer = recordViewer(
      relayOf({ url: open.url('/cam1').replace('127.0.0.1', 'localhost') }, {}, ffmpeg),
    );
    await viewer.until(() => viewer.frames.length > 0, 'a frame');
    viewer.leave();
  });

  it('plays a camera whose description lacks the parameter sets', async () => {
    const tamper = await startTamper(open.port, (text) =>
      text.replaceAll('sprop-parameter-sets=', 'xprop-parameter-sets='),
    );
    const viewer = recordViewer(relayOf({ url: `rtsp://127.0.0.1:${tamper.port}/cam1` }, {}, ffmpeg));
    await viewer.until(() => viewer.frames.length > 10, 'frames');
    expect(viewer.tracks[0]).toMatchObject({ width: 640, height: 360 });
    viewer.leave();
    await tamper.stop();
  });
});

describe('a relay', () => {
  it('pulls once for many viewers, and a newcomer begins with a key frame at once', async () => {
    const before = await open.stats();
    const relay = relayOf({ url: open.url('/cam2') });
    const viewers = [recordViewer(relay), recordViewer(relay), recordViewer(relay)];
    await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.frames.length > 20, 'frames')));
    const late = recordViewer(relay);
    // Without waiting for anything:
    expect(late.tracks).toHaveLength(1);
    expect(late.frames[0]).toMatchObject({ key: true, isCached: true });
    const after = await open.stats();
    expect(after.plays['/cam2']).toBe(1);
    expect(after.connections - before.connections).toBe(1);
    for (const viewer of [...viewers, late]) viewer.leave();
    await relay.stop();
    await expect
      .poll(async () => (await open.stats()).connections, { timeout: 10_000 })
      .toBe(before.connections);
  });

  it('comes back after the camera has cut the connection', async () => {
    const relay = relayOf({ url: open.url('/cam1') });
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length > 5, 'frames');
    await open.kick();
    await viewer.until(() => viewer.states.some(({ kind }) => kind === 'waiting'), 'the loss');
    await viewer.until(() => viewer.states.at(-1)?.kind === 'live', 'the return');
    viewer.leave();
  });

  it('leaves no ffmpeg behind', async () => {
    const relay = relayOf({});
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length > 0, 'a frame');
    await relay.stop();
    await expect.poll(async () => (await open.stats()).connections, { timeout: 10_000 }).toBe(0);
    viewer.leave();
  });
});

describe('the handover', () => {
  it('leads to the camera once, and nobody else anywhere', async () => {
    const address = await handover.addressFor('rtsp://u:secret@cam/1');
    expect(address).not.toContain('secret');
    expect(await ask(address)).toContain('Location: rtsp://u:secret@cam/1');
    expect(await ask(address)).toMatch(/^RTSP\/1\.0 404/);
    expect(await ask(address.replace(/\/\w+$/, '/guess'))).toMatch(/^RTSP\/1\.0 404/);
  });
});

function processText(pid: string): string {
  const read = (name: string) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'latin1');
    } catch {
      return '';
    }
  };
  // Only its own children's environment: the environment of the test runner is nobody's secret.
  const isFfmpeg = /ffmpeg/.test(read('cmdline'));
  return read('cmdline').replaceAll('\0', ' ') + (isFfmpeg ? read('environ') : '');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ask(address: string): Promise<string> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(address.replace('rtsp:', 'http:'));
  return await new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(`OPTIONS ${address} RTSP/1.0\r\nCSeq: 1\r\n\r\n`),
    );
    socket.on('data', (chunk) => (reply += chunk.toString()));
    socket.on('end', () => resolve(reply));
    socket.on('error', reject);
  });
}
