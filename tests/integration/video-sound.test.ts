import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import type { AudioFrame, MediaFrame, MediaTrack } from '#native/ffmpeg/media.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import { withSound } from '#native/recording/sound-init.ts';
import { soundPacker } from '#native/recording/sound-packer.ts';
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
});
afterAll(async () => {
  await Promise.all([server?.stop(), handover?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function look(url: string, sound = true) {
  const relay = createRelay({
    ...{ label: 'cam', source: { url, transport: 'tcp', sound }, ffmpeg: async () => ffmpeg, handover },
    direct: { start: startDirectPull, serves: () => 'everybody' },
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

describe('a camera with sound', () => {
  it.each([
    ['alaw', 'pcma', 8_000],
    ['ulaw', 'pcmu', 8_000],
    ['aac', 'aac', 16_000],
  ])('%s: every packet, in step with the picture, decoded to what was sent', async (sound, codec, rate) => {
    const { tracks, sounds, frames, apartMs } = look(server.url(`/${sound}`));
    await waitFor('sound', () => sounds.length > 0 && sounds.at(-1)!.ticks - sounds[0]!.ticks > 2 * 90_000);
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
  });

  it.each(['none', 'g722'])('%s: the picture alone, and nothing is announced', async (name) => {
    const { tracks, frames, sounds } = look(server.url(`/${name}`));
    await waitFor('pictures', () => frames.length > 30);
    expect(tracks[0]!.audio).toBeUndefined();
    expect(sounds).toEqual([]);
  });

  it('that nobody wants to hear is not asked for', async () => {
    const { tracks, frames, sounds } = look(server.url('/alaw'), false);
    await waitFor('pictures', () => frames.length > 30);
    expect([tracks[0]!.audio, sounds.length]).toEqual([undefined, 0]);
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
