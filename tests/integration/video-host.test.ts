import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readMediaHeader } from '#contract/media-wire.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { processesNaming, SMALL_SITE, startWebHost, type RunningHost } from '#tests/peers/web-host.ts';

/** The whole way on the real host: sign in, ticket, media socket, ffmpeg, camera; and back down without a trace. */
const login = { user: 'guard', password: 'pa-ss-word-77' };
let cameras: RtspServer;
let host: RunningHost;
let folder: string;

beforeAll(async () => {
  cameras = await startRtspServer([{ path: '/cam-n07' }], login);
  folder = mkdtempSync(path.join(tmpdir(), 'guardroom-video-host-'));
  const site = readFileSync(SMALL_SITE, 'utf8').replace(
    "mainUrl: 'rtsp://127.0.0.1:9554/cam-n07',",
    `mainUrl: '${cameras.url('/cam-n07')}', username: ${login.user}, password: ${login.password}, pull: ffmpeg,`,
  );
  writeFileSync(path.join(folder, 'site.yaml'), site);
  host = await startWebHost(path.join(folder, 'data'), ['--site', path.join(folder, 'site.yaml')]);
}, 120_000);

afterAll(async () => {
  host?.child.kill('SIGKILL');
  await cameras?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function api(route: string, token?: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(`api/v1/${route}`, host.url), {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

it('shows a camera to who has signed in, and leaves no ffmpeg behind when it is stopped', async () => {
  const { token } = await api('auth/sign-in', undefined, { username: 'guard', password: 'demo-guard' });
  const ticket = await api('media/ticket', token as string);
  const address = new URL(ticket.url as string, host.url);
  address.protocol = 'ws:';
  address.searchParams.set('token', ticket.token as string);
  const socket = new WebSocket(address);
  let frames = 0;
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary && !readMediaHeader(new DataView(data.buffer, data.byteOffset, data.length)).init)
      frames += 1;
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'open', sub: 1, cameraId: 'cam-n07', stream: 'sub' }));
  await expect.poll(() => frames, { timeout: 30_000 }).toBeGreaterThan(20);
  expect(host.output()).not.toContain(login.password);
  await expect(api('media/ticket')).rejects.toThrow(/401/);

  const mine = processesNaming('-allowed_media_types').filter((pid) =>
    ancestorsOf(pid).includes(host.child.pid!),
  );
  expect(mine.length).toBe(1);
  host.child.kill('SIGTERM');
  await host.ended;
  expect(processesNaming('-allowed_media_types').filter((pid) => mine.includes(pid))).toEqual([]);
});

function ancestorsOf(pid: number): number[] {
  try {
    const parent = Number(/^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]);
    return parent > 1 ? [parent, ...ancestorsOf(parent)] : [];
  } catch {
    return [];
  }
}
