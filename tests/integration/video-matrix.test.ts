import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { soundOfferOf } from '#features/video/sound-offer.ts';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import type { AudioTrack } from '#native/ffmpeg/media.ts';
import { createRelay, type Relay, type RelayOptions } from '#native/ffmpeg/relay.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { describe as describeCamera } from '#native/rtsp/describe.ts';
import { makeCameraCertificate } from '#tests/peers/certificates.ts';
import { decodeMp4, recordViewer, type RecordedViewer } from '#tests/peers/media-viewer.ts';
import { startRtspServer, type RtspMount, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startLeap } from '#tests/peers/rtsp-leap.ts';
import { startTamper } from '#tests/peers/rtsp-tamper.ts';
import { hasVlc, startVlc, type VlcCamera } from '#tests/peers/vlc.ts';

/**
 * Every kind of camera against every way of pulling it. A row is a camera and what may be expected of it; each runs
 * through ffmpeg and through the station's own client (which leaves datagrams to ffmpeg, and says so).
 */
const login = { user: 'guard', password: 'pa@ss:w/d #1' };
const PULLS = ['ffmpeg', 'direct'] as const;
type Pull = (typeof PULLS)[number];
interface Row {
  name: string;
  mount: Omit<RtspMount, 'path'>;
  transport?: 'tcp' | 'udp';
  secured?: boolean;
  /** What the tile gets; the codec's beginning. */
  codec?: string;
  width?: number;
  /** What is heard of it; null: nothing is, although it is asked for. */
  heard?: AudioTrack['codec'] | null;
  /** Through which it comes where our client was asked for. */
  directAs?: Pull;
}
const ROWS: Row[] = [
  { name: 'H.264, TCP', mount: {} },
  { name: 'H.264, UDP', mount: {}, transport: 'udp', directAs: 'ffmpeg' },
  { name: 'H.264, TLS', mount: {}, secured: true },
  { name: 'H.264 with B-frames', mount: { bFrames: 2 } },
  { name: 'H.265', mount: { codec: 'h265' }, codec: 'hvc1' },
  { name: 'H.265 with B-frames', mount: { codec: 'h265', bFrames: 2 }, codec: 'hvc1' },
  { name: 'H.265, UDP', mount: { codec: 'h265' }, codec: 'hvc1', transport: 'udp', directAs: 'ffmpeg' },
  { name: 'frames of hundreds of packets', mount: { width: 1920, height: 1080, seconds: 4, bitrateKbps: 40_000 }, width: 1920 }, // prettier-ignore
  { name: 'frames of about one packet', mount: { bitrateKbps: 165 } },
  { name: 'a key frame each 5 s', mount: { gopSeconds: 5 } },
  { name: '21 frames for 25', mount: { fps: 25, sendFps: 21 } },
  { name: 'AAC', mount: { sound: 'aac' }, width: 320, heard: 'aac' },
  { name: 'A-law', mount: { sound: 'alaw' }, width: 320, heard: 'pcma' },
  { name: 'mu-law', mount: { sound: 'ulaw' }, width: 320, heard: 'pcmu' },
  {
    name: 'AAC, UDP',
    mount: { sound: 'aac' },
    width: 320,
    heard: 'aac',
    transport: 'udp',
    directAs: 'ffmpeg',
  },
  { name: 'no sound', mount: {}, heard: null },
];
const pathOf = (at: number) => `/row-${at}`;

let ffmpeg: FfmpegBinary;
let camera: RtspServer;
let secured: RtspServer;
let handover: Handover;
const folder = mkdtempSync(join(tmpdir(), 'guardroom-matrix-'));
const relays: Relay[] = [];

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  const mounts = ROWS.map(({ mount }, at) => ({ path: pathOf(at), ...mount }));
  const odd = [{ path: '/nokey', keys: false }];
  [camera, secured] = await Promise.all([
    startRtspServer([...mounts, ...odd, { path: '/stalls' }, { path: '/plain' }], login),
    startRtspServer(mounts.slice(0, 3), login, makeCameraCertificate(folder, 'camera')),
  ]);
  handover = createHandover();
}, 240_000);
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await Promise.all([camera.forgotten(), secured.forgotten()]);
});
afterAll(async () => {
  await Promise.all([camera?.stop(), secured?.stop(), handover?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function relayOf(pull: Pull, source: Partial<RtspSource>, options: Partial<RelayOptions> = {}): Relay {
  const relay = createRelay({
    label: 'cam',
    source: { url: camera.url('/plain'), transport: 'tcp', ...login, ...source },
    ffmpeg: async () => ffmpeg,
    handover,
    direct: { start: startDirectPull, serves: () => (pull === 'direct' ? 'everybody' : 'nobody') },
    soundOffer: soundOfferOf,
    ...options,
  });
  relays.push(relay);
  return relay;
}
const pullOf = (relay: Relay) => (relay.state.kind === 'live' ? relay.state.pull : undefined);
const seconds = (frames: RecordedViewer['frames']) => (frames.at(-1)!.ticks - frames[0]!.ticks) / 90_000;

/** One rising timeline that begins with a key frame, and that another decoder plays without a complaint. */
async function expectPlayable(viewer: RecordedViewer): Promise<void> {
  const { frames, tracks } = viewer;
  expect(tracks).toHaveLength(1);
  expect(frames[0]!.key).toBe(true);
  expect(frames.slice(1).every(({ ticks }, at) => ticks > frames[at]!.ticks)).toBe(true);
  const decoded = await decodeMp4(Buffer.concat([tracks[0]!.init, ...frames.map(({ data }) => data)]));
  expect(decoded.complaints).toBe('');
  // a decoder keeps the last ones of a stream with B-frames until it knows what follows
  expect(decoded.frames).toBeGreaterThanOrEqual(frames.length - 3);
}

describe.each(PULLS)('pulled by %s', (pull) => {
  it.each(ROWS.map((row, at) => ({ ...row, path: pathOf(at) })))('GStreamer: $name', async (row) => {
    const at = row.secured ? secured : camera;
    const { heard, transport = 'tcp' } = row;
    const relay = relayOf(pull, { url: at.url(row.path), transport, sound: heard !== undefined });
    const viewer = recordViewer(relay);
    const mute = heard === undefined ? undefined : relay.listen();
    await viewer.until(() => viewer.frames.length >= 40, 'forty frames');
    if (heard) await viewer.until(() => viewer.sounds.length >= 20, 'sound');
    viewer.leave();
    mute?.();
    expect(viewer.tracks[0]!.audio?.codec).toBe(heard ?? undefined);
    if (!heard) expect(viewer.sounds).toEqual([]);
    expect(viewer.sounds.slice(1).every(({ ticks }, i) => ticks > viewer.sounds[i]!.ticks)).toBe(true);
    expect(pullOf(relay)).toBe(pull === 'direct' ? (row.directAs ?? pull) : pull);
    expect(viewer.tracks[0]!.codec).toMatch(new RegExp(`^${row.codec ?? 'avc1'}`));
    expect(viewer.tracks[0]!.width).toBe(row.width ?? 640);
    await expectPlayable(viewer);
  });

  it('without parameter sets in the description', async () => {
    const tamper = await startTamper(camera.port, (text) =>
      text.replaceAll('sprop-parameter-sets=', 'xprop-parameter-sets='),
    );
    const viewer = recordViewer(relayOf(pull, { url: `rtsp://127.0.0.1:${tamper.port}/plain` }));
    await viewer.until(() => viewer.frames.length >= 20, 'frames');
    viewer.leave();
    expect(viewer.tracks[0]).toMatchObject({ width: 640, height: 360 });
    await expectPlayable(viewer);
    await tamper.stop();
  });

  it('21 frames for 25: the times are the camera’s, the wall’s are kept beside them', async () => {
    const path = pathOf(ROWS.findIndex(({ mount }) => mount.sendFps === 21));
    const viewer = recordViewer(relayOf(pull, { url: camera.url(path) }));
    await viewer.until(() => viewer.frames.length >= 130, 'frames of six seconds');
    viewer.leave();
    // the first ones may come in a burst: they are left out
    const frames = viewer.frames.slice(25);
    // How late each picture is for a camera whose times are 25/21 of the wall's. A busy machine makes pictures later and
    // none earlier, so the least of each half tells; were the times right or twice as wrong, the halves were 0.4 s apart.
    const late = frames.map(({ receivedAtMs, ticks }) => receivedAtMs - (ticks / 90) * (25 / 21));
    const half = Math.floor(late.length / 2);
    const drift = Math.min(...late.slice(half)) - Math.min(...late.slice(0, half));
    expect(Math.abs(drift)).toBeLessThan(200);
    // one frame is a twenty-fifth of a second of the camera's
    expect(seconds(frames) / (frames.length - 1)).toBeCloseTo(1 / 25, 3);
  });

  it.each([3_600, -3_600])('its clock leaps by %d s: the picture goes on without a hole', async (by) => {
    const leap = await startLeap(camera.port);
    const viewer = recordViewer(relayOf(pull, { url: `rtsp://127.0.0.1:${leap.port}/plain` }));
    await viewer.until(() => viewer.frames.length >= 20, 'frames');
    leap.by(by);
    const before = viewer.frames.length;
    await viewer.until(() => viewer.frames.length >= before + 45, 'frames after it');
    viewer.leave();
    await leap.stop();
    // the hour is nowhere in what a viewer gets, and no picture is lost on the way
    const steps = viewer.frames.slice(1).map(({ ticks }, at) => ticks - viewer.frames[at]!.ticks);
    expect(steps.every((step) => step > 0 && step < 90_000)).toBe(true);
    expect(viewer.states.filter(({ kind }) => kind === 'waiting')).toEqual([]);
    await expectPlayable(viewer);
  });

  it('stalls without closing: noticed, said, and back by itself', async () => {
    const relay = relayOf(pull, { url: camera.url('/stalls') }, { stallMs: 1_500 });
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length > 5, 'frames');
    await camera.stall('/stalls');
    await viewer.until(
      () => viewer.states.some((state) => state.kind === 'waiting' && state.reason === 'stalled'),
      'the stall',
    );
    const seen = viewer.frames.length;
    await camera.resume('/stalls');
    await viewer.until(() => viewer.frames.length > seen && viewer.states.at(-1)?.kind === 'live', 'frames');
    expect(viewer.frames[seen]!.key).toBe(true);
    viewer.leave();
  });

  it('garbage in the middle: the picture comes back', async () => {
    let isSpoiling = false;
    const tamper = await startTamper(camera.port, (text) => text, {
      media: (chunk) => (isSpoiling ? Buffer.alloc(80_000, 0x55) : chunk),
    });
    const viewer = recordViewer(relayOf(pull, { url: `rtsp://127.0.0.1:${tamper.port}/plain` }, { stallMs: 3_000 })); // prettier-ignore
    await viewer.until(() => viewer.frames.length >= 10, 'frames');
    isSpoiling = true;
    await viewer.until(() => viewer.states.slice(-1)[0]?.kind !== 'live' || viewer.states.length > 3, 'its end'); // prettier-ignore
    isSpoiling = false;
    const before = viewer.frames.length;
    await viewer.until(() => viewer.frames.length >= before + 10, 'frames after it');
    viewer.leave();
    await tamper.stop();
  });

  it('says why there is no picture', async () => {
    const cases: [string, Partial<RtspSource>][] = [
      ['wrong_password', { password: 'wrong' }],
      ['wrong_password', { user: '' }],
      ['not_found', { url: camera.url('/nothing') }],
      ['refused', { url: 'rtsp://127.0.0.1:1/cam1' }],
      ['unknown_host', { url: 'rtsp://no-such-camera.invalid/1' }],
      ['no_key_frame', { url: camera.url('/nokey') }],
      ['certificate_changed', { url: secured.url(pathOf(0)), trusts: () => false }],
    ];
    const found = cases.map(async ([, source]) => {
      const viewer = recordViewer(relayOf(pull, source, { keyFrameMs: 1_500 }));
      await viewer.until(() => viewer.states.some(({ kind }) => kind === 'waiting'), 'a reason');
      viewer.leave();
      return viewer.states.find((state) => state.kind === 'waiting')?.reason;
    });
    expect(await Promise.all(found)).toEqual(cases.map(([reason]) => reason));
  });

  it('a password changed while it runs: who is in stays, who comes is refused until we know it', async () => {
    const relay = relayOf(pull, {});
    const viewer = recordViewer(relay);
    await viewer.until(() => viewer.frames.length > 5, 'frames');
    await camera.setPassword('another');
    try {
      const before = viewer.frames.length;
      await viewer.until(() => viewer.frames.length > before + 10, 'frames, although it was changed');
      await camera.kick();
      await viewer.until(
        () => viewer.states.some((one) => one.kind === 'waiting' && one.reason === 'wrong_password'),
        'the refusal',
      );
      relay.update({ url: camera.url('/plain'), transport: 'tcp', user: login.user, password: 'another' });
      const count = viewer.frames.length;
      await viewer.until(() => viewer.frames.length > count + 5, 'frames with the new one');
    } finally {
      viewer.leave();
      await camera.setPassword(login.password);
    }
  });

  it.skipIf(!hasVlc())('VLC, over datagrams', async () => {
    const vlc: VlcCamera = await startVlc();
    try {
      const relay = relayOf(pull, { url: vlc.url, transport: 'udp', user: '', password: '' });
      const viewer = recordViewer(relay);
      await viewer.until(() => viewer.frames.length >= 40, 'forty frames');
      viewer.leave();
      expect(pullOf(relay)).toBe('ffmpeg');
      expect(viewer.tracks[0]).toMatchObject({ width: 640, height: 360 });
      await expectPlayable(viewer);
    } finally {
      await vlc.stop();
    }
  });
});

describe('a question to a camera', () => {
  it('over TLS: answered with its description, and none with another certificate', async () => {
    const of = { url: secured.url(pathOf(0)), ...login, timeoutMs: 5_000 };
    const seen: string[] = [];
    const answer = await describeCamera({ ...of, trusts: ({ sha256 }) => seen.push(sha256) > 0 });
    expect(answer).toMatchObject({ ok: true, sdp: expect.stringContaining('m=video') });
    expect(await describeCamera({ ...of, trusts: () => false })).toMatchObject({
      ok: false,
      reason: 'certificate_changed',
      params: { sha256: seen[0] },
    });
    expect(await describeCamera({ ...of, password: 'no' })).toMatchObject({ reason: 'wrong_password' });
  });
});
