import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { RPCLink } from '@orpc/client/message-port';
import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import { contract } from '#contract/index.ts';
import type { Session } from '#contract/auth.contract.ts';
import { createStationClient } from '#api/station-client.ts';
import type { Transport } from '#api/transport.ts';

const session: Session = {
  token: 'token-1',
  account: {
    id: '0190a000-0000-7000-8000-000000000001',
    username: 'guard',
    name: 'Li',
    role: 'guard',
    enabled: true,
    lockedUntilMs: null,
    mustChangePassword: false,
    lastSignInAtMs: null,
  },
  permissions: ['alarm.handle'],
  locked: false,
  idleLockMs: 0,
};
const ID = '0190a000-0000-7000-8000-00000000000a';

/** A station of a few methods behind real ports, whose links can be cut. */
class FakeStation {
  readonly calls: { method: string; input: unknown }[] = [];
  readonly #ends: (() => void)[] = [];
  /** Cuts the line when the next acknowledgement arrives, before its answer. */
  cutAtNextCommand = false;
  resumable = true;
  locked = false;
  connections = 0;

  readonly #router = (() => {
    const os = implement(contract);
    const note = (method: string, input: unknown) => this.calls.push({ method, input });
    return {
      auth: {
        hello: os.auth.hello.handler(() => ({
          version: '1',
          site: { id: 's', name: { zh: 'S', en: '' }, guardRoom: { zh: 'G', en: '' }, kind: 'demo' as const, timezone: 'Asia/Shanghai', center: [0, 0] as [number, number], zoom: 16 },
          needsSetup: false,
          demoAccounts: [],
          capabilities: [],
          stationTimeMs: 0,
        })), // prettier-ignore
        signIn: os.auth.signIn.handler(({ input }) => {
          note('signIn', input);
          return session;
        }),
        resume: os.auth.resume.handler(({ input, errors }) => {
          note('resume', input);
          if (!this.resumable)
            throw errors.UNAUTHENTICATED({ data: { reason: 'session.expired', params: {} } });
          return session;
        }),
        signOut: os.auth.signOut.handler(() => ({ ok: true as const })),
      },
      alarms: {
        acknowledge: os.alarms.acknowledge.handler(async ({ input, errors }) => {
          note('acknowledge', input);
          if (this.locked) throw errors.FORBIDDEN({ data: { reason: 'session.locked', params: {} } });
          if (this.cutAtNextCommand) {
            this.cutAtNextCommand = false;
            this.cut();
            await new Promise(() => {});
          }
          return { acknowledged: input.ids.length };
        }),
      },
    };
  })();

  connect = (): Promise<Transport> => {
    this.connections += 1;
    const { port1, port2 } = new MessageChannel();
    const handler = new RPCHandler(this.#router);
    handler.upgrade(port1 as unknown as Parameters<typeof handler.upgrade>[0], { context: {} });
    port1.start();
    port2.start();
    const lost = new AbortController();
    const end = () => {
      lost.abort();
      for (const port of [port1, port2] as MessagePort[]) port.close();
    };
    this.#ends.push(end);
    const link = new RPCLink({ port: port2 as unknown as globalThis.MessagePort });
    return Promise.resolve({ link, lost: lost.signal, close: end });
  };
  cut(): void {
    for (const end of this.#ends.splice(0)) end();
  }
}

const memory = () => {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
};
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
async function start(setUp: (station: FakeStation, tokens: ReturnType<typeof memory>) => void = () => {}) {
  const station = new FakeStation();
  const tokens = memory();
  setUp(station, tokens);
  const client = createStationClient({ connect: station.connect, tokens });
  client.connection.start();
  stops.push(() => {
    client.connection.stop();
    station.cut();
  });
  await client.connection.whenOnline();
  return { station, tokens, ...client };
}

describe('station client', () => {
  it('knows the station after the handshake, and keeps a session for the next one', async () => {
    const { api, hello, tokens, setSession, session: now } = await start();
    expect(hello.value?.version).toBe('1');
    expect(now.value).toBeNull();
    setSession(await api.auth.signIn({ username: 'guard', password: 'x' }));
    expect([...tokens.kept.values()]).toEqual(['token-1']);
  });

  it('puts an earlier session on the connection before any call', async () => {
    const {
      station,
      session: now,
      api,
    } = await start((_, tokens) => tokens.setItem('guardroom.token', 'token-1'));
    expect(now.value?.account.username).toBe('guard');
    await api.alarms.acknowledge({ ids: [ID] });
    expect(station.calls.map((call) => call.method)).toEqual(['resume', 'acknowledge']);
  });

  it('forgets a session that the station refuses', async () => {
    const { session: now, tokens } = await start((station, kept) => {
      station.resumable = false;
      kept.setItem('guardroom.token', 'old');
    });
    expect(now.value).toBeNull();
    expect(tokens.kept.size).toBe(0);
  });

  it('repeats a command under the same key when the line was cut before its answer', async () => {
    const { station, api } = await start((_, tokens) => tokens.setItem('guardroom.token', 'token-1'));
    station.cutAtNextCommand = true;
    await expect(api.alarms.acknowledge({ ids: [ID] })).resolves.toEqual({ acknowledged: 1 });
    const keys = station.calls
      .filter((call) => call.method === 'acknowledge')
      .map((call) => (call.input as { idempotencyKey: string }).idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(station.connections).toBe(2);
    expect(station.calls.map((call) => call.method)).toEqual([
      'resume',
      'acknowledge',
      'resume',
      'acknowledge',
    ]);
  });

  it('never repeats a sign-in', async () => {
    const { station, api } = await start();
    const answer = api.auth.signIn({ username: 'guard', password: 'x' });
    station.cut();
    await expect(answer).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'link.lost' });
    expect(station.calls.filter((call) => call.method === 'signIn').length).toBeLessThanOrEqual(1);
  });

  it('marks the session locked when the station says so', async () => {
    const {
      station,
      api,
      session: now,
    } = await start((_, tokens) => tokens.setItem('guardroom.token', 'token-1'));
    station.locked = true;
    await expect(api.alarms.acknowledge({ ids: [ID] })).rejects.toMatchObject({ reason: 'session.locked' });
    expect(now.value?.locked).toBe(true);
  });
});
