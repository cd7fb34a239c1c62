import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startChild } from '#native/process/child.ts';
import { testClip, type ClipSpec } from './rtsp-clip.ts';
import { waitFor } from './wait-for.ts';

/** What the tests and the bench use when they do not care: 360p, 15 frames a second, a key frame each second. */
export const SMALL_CLIP: ClipSpec = { codec: 'h264', width: 640, height: 360, fps: 15, seconds: 20 };

export interface RtspMount extends Partial<Omit<ClipSpec, 'codec'>> {
  path: string;
  /** 'jpeg': a codec that nothing here plays. */
  codec?: ClipSpec['codec'] | 'jpeg';
  /** A second track, 440 Hz. 'g722': a codec that nothing here knows. */
  sound?: 'alaw' | 'ulaw' | 'aac' | 'g722';
  /** Sends so many of its frames a second while their times go on by `fps`. */
  sendFps?: number;
  /** False: a stream that never has a key frame. */
  keys?: boolean;
}

export interface RtspStats {
  connections: number;
  /** Of GStreamer, one a path. */
  pipelines: number;
  accepted: number;
  plays: Record<string, number>;
}

export interface RtspServer {
  port: number;
  epochMs: number;
  pid: number;
  /** rtsp://127.0.0.1:port/path, without credentials. */
  url(path: string): string;
  stats(): Promise<RtspStats>;
  /**
   * Resolves when it knows that nobody is connected any more and has taken what they saw to pieces. Whoever comes in between
   * may be left without an answer by it, or without packets: GStreamer shares one pipeline a path.
   */
  forgotten(): Promise<void>;
  stall(path: string): Promise<void>;
  resume(path: string): Promise<void>;
  /** Another password from now on; who is in stays. */
  setPassword(password: string): Promise<void>;
  kick(): Promise<void>;
  /** The camera sends something else from now on; another codec drops those who are connected. */
  change(path: string, spec: Partial<ClipSpec>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts GStreamer's RTSP server with the given cameras, with digest if there is a password.
 * Needs python3-gi and gir1.2-gst-rtsp-server-1.0 for the system's /usr/bin/python3.
 */
export async function startRtspServer(
  mounts: RtspMount[],
  login?: { user: string; password: string },
  tls?: { key: string; cert: string },
): Promise<RtspServer> {
  const cameras = [];
  for (const { path, keys, sendFps, sound, codec = 'h264', ...spec } of mounts) {
    if (codec === 'jpeg') {
      cameras.push({ path, codec, fps: 10 });
      continue;
    }
    const clip = { ...SMALL_CLIP, ...spec, codec };
    const facts = { path, keys: keys ?? true, codec: clip.codec, fps: clip.fps, sendFps, sound };
    cameras.push({ ...facts, clip: await testClip(clip) });
  }
  const child = startChild({
    label: 'rtsp test server',
    command: '/usr/bin/python3',
    args: [
      ...['-X', 'faulthandler'],
      fileURLToPath(new URL('./rtsp-server.py', import.meta.url)),
      JSON.stringify({ mounts: cameras, ...login, certificate: tls && `${tls.key}${tls.cert}` }),
    ],
    stdin: 'pipe',
    stdout: 'pipe',
  });
  const lines = createInterface({ input: child.stdout! });
  const first = await Promise.race([
    once(lines, 'line').then(
      ([line]) => JSON.parse(line as string) as { rtspPort: number; controlPort: number; epochMs: number },
    ),
    child.exited.then(() => undefined),
  ]);
  if (!first) throw new Error(`the RTSP test server did not start: ${child.stderrTail()}`);
  const control = async (method: string, path: string) => {
    const response = await fetch(`http://127.0.0.1:${first.controlPort}${path}`, { method }).catch(
      (cause: unknown) => {
        throw new Error(`the RTSP test server does not answer: ${child.stderrTail()}`, { cause });
      },
    );
    return (await response.json()) as unknown;
  };
  const stats = async () => (await control('GET', '/stats')) as RtspStats;
  return {
    port: first.rtspPort,
    epochMs: first.epochMs,
    pid: child.pid,
    url: (path) => `${tls ? 'rtsps' : 'rtsp'}://127.0.0.1:${first.rtspPort}${path}`,
    stats,
    forgotten: () =>
      waitFor('nobody connected, and no pipeline', async () => {
        const { connections, pipelines } = await stats();
        return connections + pipelines === 0;
      }),
    stall: async (path) => void (await control('POST', `/stall?path=${path}`)),
    resume: async (path) => void (await control('POST', `/resume?path=${path}`)),
    setPassword: async (password) =>
      void (await control('POST', `/password?${new URLSearchParams({ password })}`)),
    kick: async () => void (await control('POST', '/kick')),
    async change(path, spec) {
      const clip = { ...SMALL_CLIP, ...spec };
      const query = { path, clip: await testClip(clip), codec: clip.codec, fps: String(clip.fps) };
      await control('POST', `/clip?${new URLSearchParams(query)}`);
    },
    stop: () => child.stop(500),
  };
}
