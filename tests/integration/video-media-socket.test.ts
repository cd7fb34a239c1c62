import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  mediaNotice,
  MEDIA_HEADER_BYTES,
  readMediaHeader,
  type MediaHeader,
  type MediaNotice,
} from '#contract/media-wire.ts';
import type { Relay, StreamState, Viewer } from '#native/ffmpeg/relay.ts';
import { startMediaHost, type MediaHost } from '#tests/peers/media-host.ts';

const LIVE: StreamState = {
  kind: 'live',
  codec: 'avc1.4d4016',
  width: 640,
  height: 360,
  sinceMs: 1,
  transcoded: null,
};

/** A relay whose frames the test makes. */
function stage() {
  const viewers = new Set<Viewer>();
  let retries = 0;
  const relay: Relay = {
    state: LIVE,
    get viewers() {
      return viewers.size;
    },
    join(viewer) {
      viewers.add(viewer);
      viewer.state(LIVE);
      viewer.track({ codec: 'avc1.4d4016', width: 640, height: 360, init: Buffer.from('init') });
      return () => void viewers.delete(viewer);
    },
    listen: () => () => undefined,
    retryNow: () => void (retries += 1),
    update: () => undefined,
    stop: async () => undefined,
  };
  let ticks = 0;
  function send(key: boolean, bytes = 100): void {
    ticks += 6_000;
    for (const viewer of viewers)
      viewer.frame({ key, data: Buffer.alloc(bytes, 7), receivedAtMs: 5, ticks }, false);
  }
  return { relay, send, viewers, retries: () => retries };
}

let host: MediaHost | undefined;
const clients: WebSocket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await host?.stop();
  host = undefined;
});

interface Client {
  socket: WebSocket;
  notices: MediaNotice[];
  media: { header: MediaHeader; size: number }[];
  ask(request: unknown): void;
}

async function connect(token: string): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${host!.port}/media?token=${token}`);
  clients.push(socket);
  const client: Client = {
    socket,
    notices: [],
    media: [],
    ask: (request) => socket.send(JSON.stringify(request)),
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) return void client.notices.push(mediaNotice.parse(JSON.parse(data.toString())));
    const header = readMediaHeader(new DataView(data.buffer, data.byteOffset, data.length));
    client.media.push({ header, size: data.length - MEDIA_HEADER_BYTES });
  });
  await once(socket, 'open');
  return client;
}

const until = (holds: () => boolean) => expect.poll(holds, { timeout: 10_000, interval: 5 }).toBe(true);

describe('the media socket', () => {
  it('takes a token once, and nobody without one', async () => {
    host = await startMediaHost(() => undefined);
    const token = host.token();
    await connect(token);
    for (const wrong of [token, 'guess', '']) {
      const refused = new WebSocket(`ws://127.0.0.1:${host.port}/media?token=${wrong}`);
      const [error] = (await once(refused, 'error')) as [Error];
      expect(error.message).toContain('401');
    }
  });

  it('carries many streams over one connection, each with its state, track, init segment and frames in order', async () => {
    const stages: Record<string, ReturnType<typeof stage>> = { a: stage(), b: stage() };
    host = await startMediaHost((id) => stages[id]?.relay);
    const client = await connect(host.token());
    client.ask({ type: 'open', sub: 1, cameraId: 'a', stream: 'sub' });
    client.ask({ type: 'open', sub: 2, cameraId: 'b', stream: 'main' });
    client.ask({ type: 'open', sub: 3, cameraId: 'c', stream: 'main' });
    await until(() => client.notices.some(({ type }) => type === 'refused'));
    stages.a!.send(true);
    stages.b!.send(true, 50);
    stages.a!.send(false);
    await until(() => client.media.length === 5);
    expect(client.notices).toContainEqual({ type: 'refused', sub: 3, reason: 'unknown_camera' });
    const of = (sub: number) => client.media.filter(({ header }) => header.sub === sub);
    expect(of(1).map(({ header, size }) => [header.init, header.key, header.sequence, size])).toEqual([
      [true, false, 0, 4],
      [false, true, 1, 100],
      [false, false, 2, 100],
    ]);
    expect(of(2).map(({ header, size }) => [header.init, header.key, size])).toEqual([
      [true, false, 4],
      [false, true, 50],
    ]);
    client.ask({ type: 'close', sub: 1 });
    client.ask({ type: 'retry', sub: 2 });
    await until(() => stages.a!.viewers.size === 0 && stages.b!.retries() === 1);
    client.socket.terminate();
    await until(() => stages.b!.viewers.size === 0);
  });

  it('lets a slow console miss frames up to a key frame and never delays another', async () => {
    const { relay, send } = stage();
    host = await startMediaHost(() => relay);
    const slow = await connect(host.token());
    const quick = await connect(host.token());
    for (const client of [slow, quick]) client.ask({ type: 'open', sub: 1, cameraId: 'a', stream: 'main' });
    await until(() => slow.media.length === 1 && quick.media.length === 1);
    // The console hangs: it takes nothing from its socket.
    slow.socket.pause();
    let sent = 0;
    for (let group = 0; group < 12; group += 1) {
      for (let index = 0; index < 5; index += 1) {
        send(index === 0, 1_000_000);
        sent += 1;
      }
      await until(() => quick.media.length === sent + 1);
    }
    slow.socket.resume();
    await until(() => slow.media.length > 5 && host!.sockets.connections === 2);
    send(true);
    send(false);
    await until(() => slow.media.at(-1)?.header.sequence === sent + 2);
    expect(slow.media.length).toBeLessThan(quick.media.length - 10);
    // What it got is whole: after each gap a key frame that says so.
    const frames = slow.media.filter(({ header }) => !header.init).map(({ header }) => header);
    const gaps = frames.filter(
      (header, index) => index > 0 && header.sequence !== frames[index - 1]!.sequence + 1,
    );
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps.every(({ key, discontinuity }) => key && discontinuity)).toBe(true);
    expect(frames.filter(({ discontinuity }) => discontinuity)).toEqual(gaps);
    expect(quick.media.every(({ header }) => !header.discontinuity)).toBe(true);
  });

  it.each([
    ['no JSON', 'x'],
    ['an unknown request', '{"type":"record","sub":1}'],
    ['a wrong number', '{"type":"close","sub":-1}'],
    ['a camera id that is none', '{"type":"open","sub":1,"cameraId":"../x","stream":"sub"}'],
    ['binary', Buffer.from('{"type":"close","sub":1}')],
  ])('ends a connection that sends %s', async (_name, message) => {
    host = await startMediaHost(() => undefined);
    const { socket } = await connect(host.token());
    socket.send(message);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1008);
  });

  it('asks for the permission at every stream, and cuts a session that is over', async () => {
    const { relay, viewers } = stage();
    const allowed = new Set(['session-1']);
    host = await startMediaHost(() => relay, { mayView: (session) => allowed.has(session) });
    const one = await connect(host.token());
    const two = await connect(host.token());
    for (const client of [one, two]) client.ask({ type: 'open', sub: 1, cameraId: 'a', stream: 'sub' });
    await until(() => two.notices.length > 0 && one.media.length > 0);
    expect(two.notices).toEqual([{ type: 'refused', sub: 1, reason: 'forbidden' }]);
    const closed = once(one.socket, 'close');
    host.sockets.cut((session) => session === 'session-1');
    await closed;
    expect(viewers.size).toBe(0);
    expect(host.sockets.connections).toBe(1);
  });
});
