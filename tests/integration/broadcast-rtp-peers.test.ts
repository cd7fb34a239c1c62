import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChild } from '#native/process/child.ts';
import { runChild } from '#native/process/run-child.ts';
import { createRtpOut, type RtpOut } from '#native/audio/rtp-out.ts';
import { readWav, wavBytes } from '#native/audio/wav.ts';
import { toneShare } from '#tests/peers/rtp-receiver.ts';

const PEER = path.resolve('tests/peers/opus_peer.py');
const hasGstreamer =
  spawnSync('/usr/bin/python3', ['-c', "import gi; gi.require_version('Gst', '1.0')"], { stdio: 'ignore' })
    .status === 0;
/** A network namespace with loopback only; needs root on Linux. */
const NAMESPACE =
  'ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo && exec "$@"';
const hasNamespace =
  spawnSync('unshare', ['-n', 'sh', '-c', NAMESPACE, 'sh', 'true'], { stdio: 'ignore' }).status === 0;

let folder = '';
let tone = '';
let out: RtpOut;

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

async function sendTone(port: number, rounds: number): Promise<void> {
  const programme = { lead: [], body: [{ file: tone, gapMs: 0 }], rounds, tail: [] };
  const target = { id: 'hall', host: '127.0.0.1', port, codec: 'opus' } as const;
  await out.play(programme, [target], () => undefined).finished;
}

/** The middle of what a peer wrote: its beginning may be concealment, its end silence. */
async function heardTone(file: string): Promise<{ ms: number; share: number }> {
  const { samples, rateHz } = await readWav(file);
  const middle = Array.from(samples.subarray(rateHz / 4, samples.length - rateHz / 4));
  return { ms: (samples.length / rateHz) * 1000, share: toneShare(middle, 1000, rateHz) };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guardroom-peers-'));
  tone = path.join(folder, 'tone.wav');
  const samples = Int16Array.from(
    { length: 32_000 },
    (_, n) => 16_000 * Math.sin((2 * Math.PI * 1000 * n) / 16_000),
  );
  await writeFile(tone, wavBytes({ samples, rateHz: 16_000 }));
  out = createRtpOut({ ffmpegPath: () => 'ffmpeg' });
});
afterAll(async () => {
  await out.close();
  await rm(folder, { recursive: true, force: true });
});

describe('RTP out, heard by other programs', () => {
  it.skipIf(!hasGstreamer)(
    'Opus is decoded by GStreamer (skipped where python3-gi is not installed)',
    async () => {
      const port = await freePort();
      const file = path.join(folder, 'gstreamer.wav');
      const args = [PEER, String(port), file];
      const peer = startChild({
        label: 'opus peer',
        command: '/usr/bin/python3',
        args,
        stdin: 'pipe',
        stdout: 'pipe',
      });
      await once(peer.stdout as NodeJS.EventEmitter, 'data');
      await sendTone(port, 1);
      peer.stdin?.end();
      const exit = await peer.exited;
      expect(exit.code, peer.stderrTail()).toBe(0);
      const heard = await heardTone(file);
      expect(heard.ms).toBeGreaterThan(1700);
      expect(heard.share).toBeGreaterThan(0.9);
    },
  );

  it('Opus is decoded by ffmpeg from an SDP', async () => {
    const port = await freePort();
    const file = path.join(folder, 'ffmpeg.wav');
    const sdp = path.join(folder, 'hall.sdp');
    const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=hall', 'c=IN IP4 127.0.0.1', 't=0 0'];
    lines.push(`m=audio ${port} RTP/AVP 96`, 'a=rtpmap:96 opus/48000/2', '');
    await writeFile(sdp, lines.join('\r\n'));
    const input = [
      '-protocol_whitelist',
      'file,udp,rtp',
      '-analyzeduration',
      '0',
      '-probesize',
      '32',
      '-i',
      sdp,
    ];
    const args = ['-nostdin', '-v', 'info', '-y', ...input, '-t', '1.5', '-ac', '1', '-ar', '16000', file];
    const peer = startChild({ label: 'ffmpeg peer', command: 'ffmpeg', args });
    // It gives no sign that it listens; it ends by itself after a second and a half of sound, so the tone goes on until then.
    let listening = true;
    void peer.exited.then(() => (listening = false));
    while (listening) await sendTone(port, 1);
    expect((await peer.exited).code, peer.stderrTail()).toBe(0);
    const heard = await heardTone(file);
    expect(heard.ms).toBeGreaterThan(1400);
    expect(heard.share).toBeGreaterThan(0.9);
  });

  it.skipIf(!hasNamespace)(
    'multicast reaches every listener of the group (skipped where network namespaces are not allowed)',
    async () => {
      const scene = path.resolve('tests/peers/rtp-multicast-scene.ts');
      const args = ['-n', 'sh', '-c', NAMESPACE, 'sh', process.execPath, scene, tone];
      const result = await runChild({
        label: 'multicast scene',
        command: 'unshare',
        args,
        timeoutMs: 40_000,
        maxOutputBytes: 100_000,
      });
      expect(result.code, result.stderr).toBe(0);
      const { events, heard } = JSON.parse(result.stdout.toString());
      expect(events).toEqual(['started', 'ended']);
      expect(heard).toHaveLength(2);
      for (const one of heard) {
        expect(one).toMatchObject({ packets: 100, lost: 0, disorder: 0, payloadTypes: [8] });
        expect(one.share).toBeGreaterThan(0.9);
      }
    },
  );
});
