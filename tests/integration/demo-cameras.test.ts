import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { ffmpegCandidates } from '#native/ffmpeg/binary.ts';
import { parseClip } from '#native/rtsp/server-clip.ts';
import { startRtspServer, type RtspServer } from '#native/rtsp/server.ts';
import { openClips, type ClipLibrary } from '#features/demo/clips.ts';
import { demoStation } from '#tests/fixtures/demo-station.ts';
import { RESOURCES } from '#tests/fixtures/demo-park.ts';
import type { SitePort } from '#station/ports.ts';
import { GUARD } from '#tests/fixtures/response-kernel.ts';

const FPS = 15;
const [WIDTH, HEIGHT] = [640, 360];
const ffmpeg = ffmpegCandidates()[0]?.path ?? 'ffmpeg';

/** Runs a program to its end; what it wrote to each stream. */
async function run(
  command: string,
  args: string[],
): Promise<{ out: Buffer; said: string; code: number | null; endedMs: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { out: Buffer.concat(out), said, code, endedMs: Date.now() };
}
/** Pulls pictures as an independent client does. */
const pull = (url: string, transport: 'tcp' | 'udp', frames: number) =>
  run(ffmpeg, ['-v', 'warning', '-rtsp_transport', transport, '-i', url, '-frames:v', String(frames), '-f', 'rawvideo', '-pix_fmt', 'gray', '-']); // prettier-ignore

/** Number of the frame in the loop from the strip at the top right (see resources/tools/clips/overlay.mjs). */
function frameNumber(picture: Buffer): number | undefined {
  const cells = Array.from({ length: 16 }, (_, i) => picture[4 * WIDTH + WIDTH - 128 + i * 8 + 4]! > 128);
  const bits = cells.slice(1, 13);
  const isOdd = (bits.filter(Boolean).length + Number(cells[13])) % 2 === 1;
  if (!cells[0] || cells[14] || !cells[15] || !isOdd) return undefined;
  return bits.reduce((sum, bit) => sum * 2 + Number(bit), 0);
}
const numbersOf = (out: Buffer) => {
  const size = WIDTH * HEIGHT;
  return Array.from({ length: Math.floor(out.length / size) }, (_, i) =>
    frameNumber(out.subarray(i * size, (i + 1) * size)),
  );
};
/** Seconds by which a picture is older than the moment at which it was seen. */
const age = (number: number, seenMs: number) => (((seenMs / 1000) % 60) - number / FPS + 60) % 60;

describe('RTSP server with the demo clips', () => {
  let clips: ClipLibrary;
  let server: RtspServer;
  const requests: string[] = [];
  const url = (path: string, login = '') => `rtsp://${login}127.0.0.1:${server.port}${path}`;

  beforeAll(async () => {
    clips = await openClips(`${RESOURCES}demo/clips`);
    server = await startRtspServer({
      host: '127.0.0.1',
      port: 0,
      mounts: {
        '/open': { clip: await clips.load('n-07') },
        '/locked': { clip: await clips.load('n-06'), username: 'guardroom', password: 'demo-camera' },
      },
      onRequest: ({ method, status }) => requests.push(`${method} ${status}`),
    });
  });
  afterAll(() => server.stop());

  it.each(['tcp', 'udp'] as const)(
    'FFmpeg decodes 5 s over %s without a complaint, in phase with the clock',
    async (transport) => {
      const { out, said, code, endedMs } = await pull(url('/open'), transport, 5 * FPS);
      expect(said).toBe('');
      expect(code).toBe(0);
      const numbers = numbersOf(out);
      expect(numbers).toHaveLength(5 * FPS);
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0]! + i) % (60 * FPS)));
      // the last picture was in the air when it came; FFmpeg ends a moment later
      expect(age(numbers.at(-1)!, endedMs)).toBeLessThan(10);
    },
  );

  it('asks for the password and takes only the right one', async () => {
    const right = await pull(url('/locked', 'guardroom:demo-camera@'), 'tcp', FPS);
    expect([right.code, right.said]).toEqual([0, '']);
    expect(numbersOf(right.out)).toHaveLength(FPS);
    const wrong = await pull(url('/locked', 'guardroom:nonsense@'), 'tcp', FPS);
    expect(wrong.code).not.toBe(0);
    expect(wrong.said).toContain('401');
    expect((await pull(url('/locked'), 'tcp', 1)).said).toContain('401');
    expect((await pull(url('/nowhere'), 'tcp', 1)).said).toContain('404');
  });

  it.each(['tcp', 'udp'])('GStreamer plays it over %s', async (protocols) => {
    const script = `
import gi, sys
gi.require_version('Gst', '1.0')
from gi.repository import Gst
Gst.init(None)
p = Gst.parse_launch('rtspsrc location=${url('/open')} protocols=${protocols} latency=0 ! rtph264depay ! h264parse ! avdec_h264 ! fakesink name=s signal-handoffs=true sync=false')
count = 0
def on(sink, buffer, pad):
    global count
    count += 1
p.get_by_name('s').connect('handoff', on)
p.set_state(Gst.State.PLAYING)
bus = p.get_bus()
while count < 40:
    m = bus.timed_pop_filtered(100 * Gst.MSECOND, Gst.MessageType.ERROR | Gst.MessageType.EOS)
    if m:
        print(m.type, m.parse_error() if m.type == Gst.MessageType.ERROR else '')
        break
p.set_state(Gst.State.NULL)
print('pictures', count >= 40)
`;
    const { out, said } = await run('/usr/bin/python3', ['-c', script]);
    expect(out.toString().trim(), said).toBe('pictures True');
  });

  it('shows eight viewers the same pictures from one clip', async () => {
    const pulls = await Promise.all(
      Array.from({ length: 8 }, (_, i) => pull(url('/open'), i % 2 ? 'tcp' : 'udp', 2 * FPS)),
    );
    for (const { out, said } of pulls) expect([numbersOf(out).length, said]).toEqual([2 * FPS, '']);
    await vi.waitFor(() => expect(server.viewers('/open')).toBe(0));
  });

  it('goes dark and comes back', async () => {
    const watching = pull(url('/open'), 'tcp', 600 * FPS);
    await vi.waitFor(() => expect(server.viewers('/open')).toBe(1), { timeout: 10_000 });
    server.setMount('/open', 'off');
    await watching;
    expect((await pull(url('/open'), 'tcp', 1)).said).toContain('404');
    server.setMount('/open', 'on');
    expect(numbersOf((await pull(url('/open'), 'tcp', 3)).out)).toHaveLength(3);
  });

  it('changes the clip under a viewer without a broken picture', async () => {
    const watching = pull(url('/open'), 'tcp', 5 * FPS);
    await vi.waitFor(() => expect(server.viewers('/open')).toBe(1), { timeout: 10_000 });
    server.setClip('/open', await clips.load('n-07-intrusion'));
    const { out, said } = await watching;
    expect(said).toBe('');
    const numbers = numbersOf(out);
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0]! + i) % (60 * FPS)));
    server.setClip('/open', await clips.load('n-07'));
  });

  it('survives nonsense on the wire and still plays', async () => {
    const line = fc.constantFrom('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n', 'SETUP rtsp://h/open/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n', 'PLAY rtsp://h/open RTSP/1.0\r\nCSeq: 2\r\nSession: 0\r\n\r\n', 'DESCRIBE rtsp://h/../../etc/passwd RTSP/1.0\r\nCSeq: 3\r\n\r\n', '$\u0000\u0000\u0005hello', 'TEARDOWN x RTSP/1.0\r\n\r\n', 'SETUP rtsp://h/open/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;unicast;client_port=9-10\r\n\r\n'); // prettier-ignore
    const bytes = fc.array(fc.oneof(line, fc.string({ maxLength: 200 })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(bytes, async (parts) => {
        const socket = connectTcp(server.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.resume();
        socket.end(parts.join(''));
        await once(socket, 'close');
      }),
      { numRuns: 60 },
    );
    await vi.waitFor(() => expect(server.viewers('/open')).toBe(0));
    expect(numbersOf((await pull(url('/open'), 'tcp', 3)).out)).toHaveLength(3);
  });

  it('refuses a port that is taken, and frees its own', async () => {
    const clip = await clips.load('n-07');
    const second = { host: '127.0.0.1', port: server.port, mounts: { '/a': { clip } } };
    await expect(startRtspServer(second)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const other = await startRtspServer({ ...second, port: 0 });
    await other.stop();
    const again = await startRtspServer({ ...second, port: other.port });
    await again.stop();
  });
});

describe('every clip', () => {
  it('has a key frame each second and loops with the minute', async () => {
    const clips = await openClips(`${RESOURCES}demo/clips`);
    for (const name of clips.names()) {
      const { frames, fps } = await clips.load(name);
      expect([name, frames.length, fps]).toEqual([name, 60 * FPS, FPS]);
      expect(frames.every(({ key }, i) => key === (i % FPS === 0))).toBe(true);
    }
    expect(() => parseClip(Buffer.alloc(10), FPS)).toThrow('clip.noParameterSets');
  });
});

describe('cameras of the demo', () => {
  it('play where camerasOf says, and end with the demo', async () => {
    const { demo, site } = demoStation({ broker: () => undefined });
    await demo.openCameras();
    const camera = site.cameras.find(({ id }) => id === 'w-05')!;
    const port = { current: () => site, camera: () => camera } as unknown as SitePort;
    const address = demo
      .camerasOf(port)
      .camera('w-05')!
      .mainUrl.replace('rtsp://', `rtsp://${camera.username}:${camera.password}@`);
    expect(numbersOf((await pull(address, 'tcp', 2)).out)).toHaveLength(2);
    // without a broker nothing can be played; the console is told why
    expect(() => demo.startScenario(GUARD, 'camera-loss')).toThrow('demo.park_not_connected');
    await demo.stop();
    expect((await pull(address, 'tcp', 1)).code).not.toBe(0);
  });
});
