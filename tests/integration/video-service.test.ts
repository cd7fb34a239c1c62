import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createHttp, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { mediaNotice, readMediaHeader, type MediaNotice } from '#contract/media-wire.ts';
import { createVideo } from '#features/video/video.service.ts';
import { createLoginMemory } from '#native/process/login-memory.ts';
import { STATION_ACTOR } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

const login = { user: 'guard', password: 'pa@ss:w/d #1' };
let cameras: RtspServer;
let folder: string;
let kernel: Kernel;
let clock: TestClock;
let video: ReturnType<typeof createVideo<string>>;
let http: Server;
let events: string[];
let signedIn: Set<string>;

beforeAll(async () => {
  cameras = await startRtspServer([{ path: '/one' }, { path: '/two', width: 320, height: 180 }], login);
}, 120_000);
afterAll(() => cameras?.stop());

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'guardroom-video-'));
  clock = new TestClock();
  kernel = openKernel(folder, clock);
  events = [];
  kernel.ports.bus.on('camera.lost', ({ cameraId, reason }) => events.push(`lost ${cameraId} ${reason}`));
  kernel.ports.bus.on('camera.back', ({ cameraId }) => events.push(`back ${cameraId}`));
  signedIn = new Set(['li']);
});

afterEach(async () => {
  await video.stop();
  http?.closeAllConnections();
  http?.close();
  await kernel.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(): void {
  video = createVideo<string>(
    kernel.ports,
    { mayView: (session) => signedIn.has(session) },
    () => '/media',
    () => true,
    createLoginMemory(kernel.ports.clock),
  );
}

function putCamera(change: Record<string, unknown>, password?: string): void {
  const before = kernel.ports.site.camera('cam-n07')!;
  kernel.site.put(STATION_ACTOR, 'cameras', { ...before, ...change } as never, password);
}

const setPull = (choice: string) =>
  kernel.ports.write((tx) => kernel.ports.settings.put(tx, STATION_ACTOR, 'video.pull', choice));
const goodCamera = () => putCamera({ mainUrl: cameras.url('/one'), username: login.user }, login.password);
const line = () => video.live.get('cam-n07');
const until = (holds: () => boolean) => expect.poll(holds, { timeout: 20_000, interval: 10 }).toBe(true);

async function look(token: string, cameraId = 'cam-n07') {
  http = createHttp().on('upgrade', (request, socket, head) => video.upgrade(request, socket, head));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/media?token=${token}`);
  const notices: MediaNotice[] = [];
  let frames = 0;
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) notices.push(mediaNotice.parse(JSON.parse(data.toString())));
    else if (!readMediaHeader(new DataView(data.buffer, data.byteOffset, data.length)).init) frames += 1;
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'open', sub: 1, cameraId, stream: 'sub' }));
  return { socket, notices, frames: () => frames };
}

describe('the video service', () => {
  it('shows a camera of the site with the password from the vault, and counts who looks', async () => {
    goodCamera();
    start();
    const { url, token } = video.ticket('li');
    expect(url).toBe('/media');
    const tile = await look(token);
    await until(() => tile.frames() > 20);
    await until(() => line()?.state === 'live');
    clock.advance(2_000);
    expect(line()).toMatchObject({
      viewers: 1,
      width: 640,
      height: 360,
      codec: expect.stringMatching(/^avc1/),
    });
    expect(line()!.framesPerSecond).toBeGreaterThan(0);
    expect(line()!.kilobitsPerSecond).toBeGreaterThan(0);
    expect(events).toEqual(['back cam-n07']);
    expect(JSON.stringify([video.live.values(), tile.notices])).not.toContain(login.password);
    await until(() => kernel.health('video')?.code === 'ok');
    tile.socket.close();
    await until(() => line()?.state !== 'live' || video.openStream('cam-n07', 'main')!.viewers === 0);
    clock.advance(10_000);
    await until(() => line()?.state === 'idle');
  });

  it('follows the site: another address at once, a removed camera gone', async () => {
    goodCamera();
    start();
    putCamera({ id: 'cam-new', mainUrl: cameras.url('/one'), username: login.user }, login.password);
    const tile = await look(video.ticket('li').token, 'cam-new');
    await until(() => tile.frames() > 0);
    putCamera({ id: 'cam-new', mainUrl: cameras.url('/two'), username: login.user });
    await until(() => tile.notices.some((notice) => notice.type === 'track' && notice.width === 320));
    kernel.site.remove(STATION_ACTOR, 'cameras', 'cam-new');
    expect(video.live.get('cam-new')).toBeUndefined();
    await expect.poll(async () => (await cameras.stats()).connections, { timeout: 10_000 }).toBe(0);
  });

  it('is pulled as the setting says, or the camera, and changes over while it is watched', async () => {
    goodCamera();
    start();
    const tile = await look(video.ticket('li').token);
    const pull = () => {
      const { state } = video.openStream('cam-n07', 'main')!;
      return state.kind === 'live' ? state.pull : state.kind;
    };
    await until(() => tile.frames() > 0 && pull() === 'direct');
    setPull('ffmpeg');
    await until(() => pull() === 'ffmpeg');
    // The camera outweighs the station; the station's own client for the tile in use only, once more.
    putCamera({ pull: 'direct' });
    await until(() => pull() === 'direct');
    putCamera({ pull: 'ffmpeg' });
    await until(() => pull() === 'ffmpeg');
    putCamera({ pull: 'auto' });
    setPull('auto');
    tile.socket.send(
      JSON.stringify({ type: 'open', sub: 2, cameraId: 'cam-n07', stream: 'main', working: true }),
    );
    await until(() => pull() === 'direct');
    // One stream all along: neither a new track nor a word of trouble.
    const own = tile.notices.filter(({ sub }) => sub === 1);
    expect(own.filter(({ type }) => type === 'track')).toHaveLength(1);
    expect(own.flatMap((notice) => (notice.type === 'state' ? [notice.state.state] : []))).not.toContain(
      'backing_off',
    );
  });

  it('knows a lost camera before anybody looks, and when it is back', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    putCamera({ mainUrl: `rtsp://127.0.0.1:${port}/gone` });
    start();
    // Each check is a real connection; the next one is due a quarter of a minute after its end.
    await until(() => {
      clock.advance(15_000);
      return events.length > 0;
    });
    expect(events).toEqual(['lost cam-n07 refused']);
    expect(line()).toMatchObject({ state: 'backing_off', reason: 'refused' });
    clock.advance(2_000);
    await until(() => kernel.health('video')?.code === 'lost');
    goodCamera();
    clock.advance(15_000);
    await until(() => events.length === 2);
    expect(events[1]).toBe('back cam-n07');
    expect(line()?.state).toBe('idle');
  });

  it('stops the pictures of a session that is over', async () => {
    goodCamera();
    start();
    const tile = await look(video.ticket('li').token);
    await until(() => tile.frames() > 0);
    signedIn.clear();
    const closed = once(tile.socket, 'close');
    clock.advance(2_000);
    await closed;
    expect(video.openStream('cam-n07', 'main')!.viewers).toBe(0);
  });

  it('lets nobody in with an old ticket', async () => {
    start();
    const { token } = video.ticket('li');
    clock.advance(30_000);
    await expect(look(token)).rejects.toThrow(/401/);
  });
});
