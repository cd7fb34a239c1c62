import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { soundOfferOf } from '#features/video/sound-offer.ts';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import type { AudioFrame, MediaFrame, MediaTrack } from '#native/ffmpeg/media.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { withSound } from '#native/recording/sound-init.ts';
import { soundPacker } from '#native/recording/sound-packer.ts';
import { childrenOf } from '#tests/peers/cpu-time.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

/** Sound from GStreamer's server through the station's own client, and what a camera may do about it without costing the picture. */
const HERTZ = 440;
let ffmpeg: FfmpegBinary;
let server: RtspServer;
let handover: Handover;
let folder: string;
const relays: Relay[] = [];
const proxies: Server[] = [];

interface Manner {
  sound?: boolean;
  transport?: RtspSource['transport'];
  pull?: 'direct' | 'ffmpeg';
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'video-sound-'));
  ffmpeg = await findFfmpeg();
  const sounds = ['alaw', 'ulaw', 'aac', 'g722'] as const;
  server = await startRtspServer([
    { path: '/none' },
    ...sounds.map((sound) => ({ path: `/${sound}`, sound })),
  ]);
  handover = createHandover();
}, 120_000);
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  for (const proxy of proxies.splice(0)) proxy.close();
  await server.forgotten();
});
afterAll(async () => {
  await Promise.all([server?.stop(), handover?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** As the station pulls: `direct` first, where it can; `ffmpeg` alone otherwise. */
function look(url: string, { sound = true, transport = 'tcp', pull = 'direct' }: Manner = {}) {
  const relay = createRelay({
    ...{ label: 'cam', source: { url, transport, sound }, ffmpeg: async () => ffmpeg, handover },
    direct: { start: startDirectPull, serves: () => (pull === 'direct' ? 'everybody' : 'nobody') },
    soundOffer: soundOfferOf,
  });
  relays.push(relay);
  const seen = { tracks: [] as MediaTrack[], frames: [] as MediaFrame[], sounds: [] as AudioFrame[] };
  /** Of each packet of sound: how far it is from the newest picture, milliseconds. */
  const apartMs: number[] = [];
  relay.join({
    state: () => undefined,
    track: (track) => void seen.tracks.push(track),
    frame: (frame) => void seen.frames.push(frame),
    audio(frame) {
      seen.sounds.push(frame);
      apartMs.push((frame.ticks - seen.frames.at(-1)!.ticks) / 90);
    },
  });
  return { relay, ...seen, apartMs };
}

/** What is heard in a file made of the packets, by the real decoder. */
function heard(track: MediaTrack, sounds: readonly AudioFrame[]): Int16Array {
  const packer = soundPacker(track.audio!);
  const first = sounds[0]!.ticks;
  for (const one of sounds) packer.add({ ...one, ticks: one.ticks - first });
  const file = path.join(folder, `${track.audio!.codec}.mp4`);
  writeFileSync(file, Buffer.concat([withSound(track.init, track.audio!), packer.take()!]));
  const out = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a:0', '-f', 's16le', 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 16 * 1024 * 1024,
  });
  return new Int16Array(out.buffer, out.byteOffset, out.length >> 1);
}

/** Cycles a second. A click or a hole would add or take some. */
function pitch(samples: Int16Array, rate: number): number {
  let crossings = 0;
  for (let at = 1; at < samples.length; at += 1)
    if (samples[at - 1]! < 0 && samples[at]! >= 0) crossings += 1;
  return (crossings * rate) / samples.length;
}

const SOUNDS = [
  ['alaw', 'pcma', 8_000],
  ['ulaw', 'pcmu', 8_000],
  ['aac', 'aac', 16_000],
] as const;
const MANNERS: (Manner & { name: string; comesBy: 'direct' | 'ffmpeg' })[] = [
  { name: 'direct', comesBy: 'direct' },
  { name: 'datagrams', transport: 'udp', comesBy: 'ffmpeg' },
  { name: 'ffmpeg', pull: 'ffmpeg', comesBy: 'ffmpeg' },
];

describe.each(MANNERS)('a camera with sound, $name', ({ comesBy, ...manner }) => {
  it.each(SOUNDS)(
    '%s: every packet, in step with the picture, decoded as sent',
    async (sound, codec, rate) => {
      const { relay, tracks, sounds, frames, apartMs } = look(server.url(`/${sound}`), manner);
      const mute = relay.listen();
      await waitFor('sound', () => sounds.length > 0 && sounds.at(-1)!.ticks - sounds[0]!.ticks > 2 * 90_000);
      mute();
      expect(relay.state).toMatchObject({ kind: 'live', pull: comesBy });
      // Known from the beginning: a console offers to listen before anybody does.
      expect(tracks).toHaveLength(1);
      expect(tracks[0]!.audio).toMatchObject({ codec, sampleRate: rate, channels: 1 });
      expect(frames.length).toBeGreaterThan(15);
      const steps = sounds.slice(1).map(({ ticks }, at) => ticks - sounds[at]!.ticks);
      expect(Math.min(...steps)).toBeGreaterThan(0);
      const samples = heard(tracks[0]!, sounds);
      // The first moments of AAC lead in.
      expect(Math.abs(pitch(samples.subarray(rate / 4), rate) - HERTZ)).toBeLessThan(3);
      // By the camera's reports or by arrival: not farther apart than a packet, a picture and a busy machine.
      const middle = apartMs.toSorted((a, b) => a - b)[Math.floor(apartMs.length / 2)]!;
      expect(Math.abs(middle)).toBeLessThan(250);
    },
  );

  it.each(['none', 'g722'])('%s: the picture alone, and nothing is announced', async (name) => {
    const { relay, tracks, frames, sounds } = look(server.url(`/${name}`), manner);
    relay.listen();
    await waitFor('pictures', () => frames.length > 30);
    expect(tracks[0]!.audio).toBeUndefined();
    expect(sounds).toEqual([]);
  });

  it('that nobody wants to hear is not asked for', async () => {
    const { relay, tracks, frames, sounds } = look(server.url('/alaw'), { ...manner, sound: false });
    relay.listen();
    await waitFor('pictures', () => frames.length > 30);
    expect([tracks[0]!.audio, sounds.length]).toEqual([undefined, 0]);
  });
});

describe('sound beside the pictures of ffmpeg', () => {
  const isHeard = (one: ReturnType<typeof look>, since: number) => one.sounds.length > since + 5;

  it('is pulled while somebody listens and no longer; the pictures do not notice', async () => {
    const one = look(server.url('/alaw'), { pull: 'ffmpeg' });
    await waitFor('pictures', () => one.frames.length > 20);
    expect(one.tracks[0]!.audio).toMatchObject({ codec: 'pcma' });
    const ffmpegs = () => childrenOf(process.pid, 'ffmpeg').length;
    expect([one.sounds.length, ffmpegs()]).toEqual([0, 1]);
    const mutes = [one.relay.listen(), one.relay.listen()];
    await waitFor('sound', () => isHeard(one, 0));
    expect(ffmpegs()).toBe(2);
    mutes[0]!();
    mutes[0]!();
    const heardByBoth = one.sounds.length;
    await waitFor('sound for the other', () => isHeard(one, heardByBoth));
    mutes[1]!();
    await waitFor('its end', () => ffmpegs() === 1);
    const heardThen = one.sounds.length;
    const mute = one.relay.listen();
    await waitFor('sound again', () => isHeard(one, heardThen));
    mute();
    expect(one.tracks).toHaveLength(1);
    const steps = one.frames.slice(1).map(({ ticks }, at) => ticks - one.frames[at]!.ticks);
    expect(Math.max(...steps)).toBeLessThan(2 * 6_000);
  });

  it('comes back when its own pull is lost', async () => {
    const one = look(server.url('/aac'), { transport: 'udp' });
    one.relay.listen();
    await waitFor('sound', () => isHeard(one, 0));
    const pids = childrenOf(process.pid, 'ffmpeg').toSorted((a, b) => a - b);
    process.kill(pids.at(-1)!, 'SIGKILL');
    await waitFor('its end', () => !childrenOf(process.pid, 'ffmpeg').includes(pids.at(-1)!));
    const before = one.sounds.length;
    await waitFor('sound again', () => isHeard(one, before));
    expect(one.relay.state).toMatchObject({ kind: 'live' });
    expect(one.tracks).toHaveLength(1);
  });

  it('nothing of it is left when the stream stops', async () => {
    const one = look(server.url('/ulaw'), { pull: 'ffmpeg' });
    one.relay.listen();
    await waitFor('sound', () => isHeard(one, 0));
    await one.relay.stop();
    expect(childrenOf(process.pid, 'ffmpeg')).toEqual([]);
  });
});

describe('a camera that makes trouble about its sound', () => {
  /** Stands before the camera; `meet` sees what the client sends and may answer or end the connection itself. */
  async function between(meet: (request: string, say: (text: string) => void, end: () => void) => boolean) {
    const target = new URL(server.url('/alaw'));
    let connections = 0;
    const proxy = createServer((client) => {
      connections += 1;
      const camera = connect(Number(target.port), target.hostname);
      const end = () => {
        client.destroy();
        camera.destroy();
      };
      for (const socket of [client, camera]) {
        socket.on('error', end);
        socket.on('close', end);
      }
      camera.pipe(client);
      client.on('data', (data) => {
        if (!meet(data.toString('latin1'), (text) => client.write(text), end)) camera.write(data);
      });
    });
    proxies.push(proxy);
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as { port: number };
    return { url: `rtsp://127.0.0.1:${port}/alaw`, connections: () => connections };
  }
  const isSoundSetUp = (request: string) =>
    request.startsWith('SETUP') && request.includes('interleaved=2-3');
  const cseq = (request: string) => /CSeq: (\d+)/.exec(request)?.[1];

  it('refuses it: the picture, in the same connection', async () => {
    const { url, connections } = await between((request, say) => {
      if (!isSoundSetUp(request)) return false;
      say(`RTSP/1.0 461 Unsupported Transport\r\nCSeq: ${cseq(request)}\r\n\r\n`);
      return true;
    });
    const { frames, sounds, relay } = look(url);
    await waitFor('pictures', () => frames.length > 20);
    expect(sounds).toEqual([]);
    expect(relay.state).toMatchObject({ kind: 'live', pull: 'direct' });
    expect(connections()).toBe(1);
  });

  it('hangs up when it is asked: the picture, asked for again without', async () => {
    const { url, connections } = await between((request, _say, end) => {
      if (isSoundSetUp(request)) end();
      return isSoundSetUp(request);
    });
    const { frames, sounds, relay } = look(url);
    await waitFor('pictures', () => frames.length > 20);
    expect(sounds).toEqual([]);
    expect(relay.state).toMatchObject({ kind: 'live', pull: 'direct' });
    expect(connections()).toBe(2);
  });
});
