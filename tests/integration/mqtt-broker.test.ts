import { connectAsync, type MqttClient } from 'mqtt';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBroker, type BrokerOptions } from '#native/mqtt/broker.ts';
import type { InboundMessage, LinkState } from '#native/mqtt/types.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

let closers: (() => unknown)[] = [];
beforeEach(() => void (closers = []));
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});
const textOf = (message: InboundMessage) => Buffer.from(message.payload).toString();

const embedded = async (more: Partial<BrokerOptions> = {}) => {
  const got: InboundMessage[] = [];
  const states: LinkState[] = [];
  const broker = await startBroker({
    port: 0,
    topics: ['park/#'],
    onBatch: (messages) => void got.push(...messages),
    onState: (state) => void states.push(state),
    ...more,
  });
  closers.push(() => broker.stop());
  return { broker, got, states };
};
const client = async (url: string, options: object = {}): Promise<MqttClient> => {
  const connected = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 50, ...options });
  closers.push(() => connected.endAsync(true));
  return connected;
};
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'guardroom-broker-'));
  closers.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

describe('embedded broker', () => {
  it('acknowledges a publisher only after the commit', async () => {
    const gate = Promise.withResolvers<void>();
    const batches: string[][] = [];
    const { broker } = await embedded({
      onBatch: (messages) => (batches.push(messages.map(textOf)), gate.promise),
    });
    const publisher = await client(broker.url);
    let acknowledged = 0;
    const sent = Array.from({ length: 10 }, (_, n) =>
      publisher.publishAsync('park/a', String(n), { qos: 1 }).then(() => (acknowledged += 1)),
    );
    await waitFor('the batch', () => broker.stats().received === 10);
    // Topics that nobody records are not held back: their answer proves that the connection was not just slow.
    const other = await client(broker.url);
    await other.publishAsync('elsewhere', 'x', { qos: 1 });
    expect([acknowledged, broker.stats().waiting, broker.stats().committed]).toEqual([0, 10, 0]);
    gate.resolve();
    await Promise.all(sent);
    expect(batches.flat()).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
  });

  it('holds acknowledgements while a write fails, then writes the same batch', async () => {
    const tries: string[][] = [];
    let broken = true;
    const { broker, states } = await embedded({
      onBatch(messages) {
        tries.push(messages.map(textOf));
        if (broken) throw new Error('disk full');
      },
    });
    const publisher = await client(broker.url);
    const sent = publisher.publishAsync('park/a', 'x', { qos: 1 });
    await waitFor('a second try', () => tries.length >= 2);
    expect(broker.state()).toMatchObject({ kind: 'blocked', reason: 'write-failed', detail: 'disk full' });
    broken = false;
    await sent;
    expect(tries.every((batch) => batch.join() === 'x')).toBe(true);
    expect(states.map(({ kind }) => kind).filter((kind, n, all) => kind !== all[n - 1])).toEqual([
      'online',
      'blocked',
      'online',
    ]);
  });

  it('groups what comes from many publishers while a write is running', async () => {
    const gate = Promise.withResolvers<void>();
    const sizes: number[] = [];
    const { broker } = await embedded({
      onBatch(messages) {
        sizes.push(messages.length);
        return sizes.length === 1 ? gate.promise : undefined;
      },
    });
    const publishers = await Promise.all(Array.from({ length: 5 }, () => client(broker.url)));
    const first = publishers[0]!.publishAsync('park/a', 'x', { qos: 1 });
    await waitFor('the first write', () => sizes.length === 1);
    const rest = publishers.map((one) => one.publishAsync('park/a', 'y', { qos: 1 }));
    await waitFor('the others', () => broker.stats().received === 6);
    gate.resolve();
    await Promise.all([first, ...rest]);
    expect(sizes).toEqual([1, 5]);
  });

  it('records a will, forwards messages and keeps retained ones', async () => {
    const { broker, got } = await embedded();
    const ear = await client(broker.url);
    const heard: string[] = [];
    ear.on('message', (topic, payload) => heard.push(`${topic}=${payload.toString()}`));
    await ear.subscribeAsync('park/#', { qos: 1 });
    const dying = await client(broker.url, {
      reconnectPeriod: 0,
      will: { topic: 'park/dev/availability', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    await dying.publishAsync('park/dev/availability', 'online', { qos: 1, retain: true });
    dying.stream.destroy();
    await waitFor('the will', () => heard.length === 2 && got.length === 2);
    expect(got.map(textOf)).toEqual(['online', 'offline']);
    const late = await client(broker.url);
    const retained = new Promise((resolve) =>
      late.on('message', (_, payload) => resolve(payload.toString())),
    );
    await late.subscribeAsync('park/dev/+', { qos: 1 });
    expect(await retained).toBe('offline');
    await broker.publish('park/dev/command', 'open');
    await waitFor('the command', () => heard.includes('park/dev/command=open'));
  });

  it('keeps retained messages over a restart, and puts a damaged file aside', async () => {
    const retainedFile = join(folder(), 'mqtt', 'retained.json');
    const first = await embedded({ retainedFile });
    const device = await client(first.broker.url);
    await device.publishAsync('park/dev/state', '{"open":true}', { qos: 1, retain: true });
    await device.publishAsync('park/dev/old', 'x', { qos: 1, retain: true });
    await device.publishAsync('park/dev/old', '', { qos: 1, retain: true });
    await first.broker.stop();

    const second = await embedded({ retainedFile });
    const ear = await client(second.broker.url);
    const heard: string[] = [];
    ear.on('message', (topic, payload) => heard.push(`${topic}=${payload.toString()}`));
    await ear.subscribeAsync('park/#', { qos: 1 });
    await waitFor('the retained message', () => heard.length > 0);
    expect(heard).toEqual(['park/dev/state={"open":true}']);
    // The restored message is not a new one.
    expect(second.got).toEqual([]);
    await second.broker.stop();

    writeFileSync(retainedFile, '{"version":1,');
    const third = await embedded({ retainedFile });
    expect(third.broker.stats().lastError).toBeTruthy();
    expect(readFileSync(`${retainedFile}.damaged`, 'utf8')).toBe('{"version":1,');
  });

  it('lets in who knows the password', async () => {
    const { broker } = await embedded({ users: [{ username: 'gate', password: 'secret' }] });
    await client(broker.url, { username: 'gate', password: 'secret' });
    for (const login of [{}, { username: 'gate', password: 'wrong' }, { username: 'x', password: 'secret' }])
      await expect(
        connectAsync(broker.url, { protocolVersion: 4, ...login, reconnectPeriod: 0 }),
      ).rejects.toMatchObject({
        code: 4,
      });
  });

  it('refuses what it cannot do', async () => {
    const { broker } = await embedded();
    await expect(embedded({ port: broker.port })).rejects.toMatchObject({
      code: 'port-in-use',
      params: { port: broker.port },
    });
    await expect(embedded({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'invalid-setting' });
    const rude = await client(broker.url, { reconnectPeriod: 0 });
    const closed = new Promise((resolve) => rude.on('close', () => resolve(true)));
    rude.publish('$SYS/broker', 'x', { qos: 1 });
    expect(await closed).toBe(true);
  });

  it('finishes the running write when it stops, and publishes no wills of its own making', async () => {
    const gate = Promise.withResolvers<void>();
    const got: string[] = [];
    const { broker } = await embedded({
      onBatch: (messages) => (got.push(...messages.map(textOf)), gate.promise),
    });
    const device = await client(broker.url, {
      reconnectPeriod: 0,
      will: { topic: 'park/dev/availability', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    const sent = device.publishAsync('park/a', 'x', { qos: 1 });
    await waitFor('the write', () => got.length === 1);
    const stopped = broker.stop();
    gate.resolve();
    await sent;
    await stopped;
    expect(got).toEqual(['x']);
  });
});
