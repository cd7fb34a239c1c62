import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LiveMessage, ResumePoint } from '#contract/base.ts';
import type { Contract } from '#contract/index.ts';
import { consolePorts } from '#hosts/desktop/rpc-port.ts';
import { serveConsole, type WebServer } from '#hosts/web/server.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

type Client = ContractRouterClient<Contract>;
type Revision = LiveMessage<{ id: 'site'; revision: number }>;
interface Line {
  client: Client;
  close(): void;
}

let park: TestStation;
let server: WebServer;
let admin: Client;
const folder = mkdtempSync(join(tmpdir(), 'guardroom-transports-'));
beforeAll(async () => {
  park = await startTestStation();
  server = await serveConsole({ station: park.station, consoleDir: folder, port: 0, version: '0.0.0-test' });
  admin = await park.client('admin');
});
afterAll(async () => {
  await server.close();
  await park.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The three ways from a console to its station: the tests' own, the desktop host's and the web host's. */
const transports: Record<string, () => Promise<Line>> = {
  async memory() {
    const context = park.station.context(park.station.connect('memory'));
    const client = createRouterClient(park.station.router as never, { context: context as never }) as Client;
    return { client, close: () => undefined };
  },
  async MessagePort() {
    const { port1, port2 } = new MessageChannel();
    consolePorts(park.station)(port1);
    const client = createORPCClient<Client>(new PortLink({ port: port2 }));
    return { client, close: () => port2.close() };
  },
  async WebSocket() {
    const websocket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`);
    await new Promise((resolve, reject) => {
      websocket.addEventListener('open', resolve, { once: true });
      websocket.addEventListener('error', reject, { once: true });
    });
    return {
      client: createORPCClient<Client>(new SocketLink({ websocket })),
      close: () => websocket.close(),
    };
  },
};

/** Changes the site, which is what the live cases follow. */
let phone = 1000;
const change = (): Promise<unknown> =>
  admin.site.put({
    collection: 'contacts',
    object: {
      id: 'c-live',
      name: { zh: '值班' },
      role: { zh: '值班' },
      phone: String((phone += 1)),
      group: 'security',
    },
  });

/** The next message that is not a mere sign of life. */
async function news(live: AsyncIterator<Revision>): Promise<Revision> {
  for (;;) {
    const { value, done } = await live.next();
    if (done) throw new Error('the live collection ended');
    if (value.kind !== 'alive') return value;
  }
}
const pointOf = ({ epoch, seq }: Revision): ResumePoint => ({ epoch, seq });

describe.each(Object.entries(transports))('over %s', (_name, open) => {
  const lines: Line[] = [];
  const connect = async (username?: string): Promise<Client> => {
    const line = await open();
    lines.push(line);
    if (username) await line.client.auth.signIn({ username, password: `demo-${username}` });
    return line.client;
  };
  afterEach(() => lines.splice(0).forEach((line) => line.close()));

  it('answers a call', async () => {
    const client = await connect();
    const hello = await client.auth.hello();
    expect(hello).toMatchObject({ version: '0.0.0-test', site: { id: 'test' }, capabilities: [] });
  });

  it('carries Chinese, numbers and absent fields unchanged', async () => {
    const client = await connect('guard');
    const site = await client.site.get();
    expect(site).toEqual(await (await park.client('guard')).site.get());
  });

  it('refuses with a code and its parameters', async () => {
    const client = await connect();
    await expect(client.auth.signIn({ username: 'guard', password: 'wrong' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      data: { reason: 'account.wrong' },
    });
    await client.auth.signIn({ username: 'guard', password: 'demo-guard' });
    await expect(client.site.remove({ collection: 'contacts', id: 'c-119' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      data: { reason: 'permission', params: { permission: 'site.edit', role: 'guard' } },
    });
  });

  it('says what is wrong with an input, and where', async () => {
    const client = await connect();
    await expect(client.auth.signIn({ username: '', password: 7 as never })).rejects.toMatchObject({
      code: 'INVALID',
      data: {
        reason: 'input',
        params: {
          issues: expect.arrayContaining([expect.objectContaining({ path: 'password' })]) as unknown,
        },
      },
    });
  });

  it('denies everything without a session but what is public', async () => {
    const client = await connect();
    await expect(client.site.get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const follow = async (): Promise<unknown> => {
      const live = await client.site.live({});
      return live.next();
    };
    await expect(follow()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('keeps each connection’s session apart', async () => {
    await connect('guard');
    const other = await connect();
    await expect(other.site.get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('follows a live collection: a snapshot, then each change once and in order', async () => {
    const client = await connect('guard');
    const live = await client.site.live({});
    const snapshot = await news(live);
    expect(snapshot).toMatchObject({ kind: 'snapshot', items: [{ id: 'site' }] });
    for (let step = 1; step <= 3; step += 1) {
      await change();
      expect(await news(live)).toMatchObject({
        kind: 'delta',
        seq: snapshot.seq + step,
        epoch: snapshot.epoch,
      });
    }
    await live.return?.();
  });

  it('resumes after a reconnect without a missed or doubled change', async () => {
    const first = await open();
    const { token } = await first.client.auth.signIn({ username: 'guard', password: 'demo-guard' });
    const live = await first.client.site.live({});
    const seen = await news(live);
    first.close();
    await change();
    await change();
    const second = await connect();
    await second.auth.resume({ token });
    const again = await second.site.live({ resume: pointOf(seen) });
    expect(await news(again)).toMatchObject({ kind: 'delta', seq: seen.seq + 1 });
    expect(await news(again)).toMatchObject({ kind: 'delta', seq: seen.seq + 2 });
    await again.return?.();
    const strange = await second.site.live({ resume: { ...pointOf(seen), epoch: 'another run' } });
    expect(await news(strange)).toMatchObject({ kind: 'snapshot', seq: seen.seq + 2 });
    await strange.return?.();
  });

  it('ends a live collection when the console cancels it, and serves on', async () => {
    const client = await connect('guard');
    const cancel = new AbortController();
    const live = await client.site.live({}, { signal: cancel.signal });
    await news(live);
    const waiting = live.next();
    cancel.abort();
    await expect(
      waiting.then(
        ({ done }) => (done ? 'ended' : 'went on'),
        () => 'ended',
      ),
    ).resolves.toBe('ended');
    await expect(client.auth.hello()).resolves.toMatchObject({ site: { id: 'test' } });
  });

  it('serves many calls at once', async () => {
    const client = await connect('guard');
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.auth.hello()));
    expect(answers).toHaveLength(100);
  });
});
