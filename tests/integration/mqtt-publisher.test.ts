import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerAddress } from '#native/mqtt/address.ts';
import { openPublisher, type PublisherOptions } from '#native/mqtt/publisher.ts';
import { freePort, startMosquitto, type Mosquitto, type MosquittoOptions } from '#tests/peers/mosquitto.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

let closers: (() => Promise<unknown>)[] = [];
beforeEach(() => void (closers = []));
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});
const broker = async (options?: MosquittoOptions): Promise<Mosquitto> => {
  const started = await startMosquitto(options);
  closers.push(() => started.stop());
  return started;
};
const listener = async (mosquitto: Mosquitto, filter: string) => {
  const client: MqttClient = await connectAsync(mosquitto.url, {
    clientId: 'ear',
    clean: false,
    reconnectPeriod: 50,
  });
  closers.push(() => client.endAsync(true));
  const got: { topic: string; text: string; retain: boolean }[] = [];
  client.on('message', (topic, payload, packet) =>
    got.push({ topic, text: payload.toString(), retain: packet.retain }),
  );
  await client.subscribeAsync(filter, { qos: 1 });
  return got;
};
const publisher = (address: BrokerAddress, more: Partial<PublisherOptions> = {}) => {
  const opened = openPublisher({ address, clientId: 'mouth', ...more });
  closers.push(() => opened.stop());
  return opened;
};

describe.each([4, 5] as const)('publisher, protocol version %i', (protocolVersion) => {
  it('resolves when the broker has acknowledged, and keeps the order', async () => {
    const mosquitto = await broker();
    const got = await listener(mosquitto, 'to/#');
    const out = publisher({ url: mosquitto.url, protocolVersion });
    // Queued before the connection is there, and more than mosquitto's window of 20.
    await Promise.all(Array.from({ length: 150 }, (_, n) => out.publish('to/device', String(n))));
    await out.publish('to/device', 'fast', { qos: 0 });
    await waitFor('all of them', () => got.length === 151);
    // one of QoS 0 waits for no window and may overtake them
    const inOrder = got.map(({ text }) => text).filter((text) => text !== 'fast');
    expect(inOrder).toEqual(Array.from({ length: 150 }, (_, n) => String(n)));
    expect(out.waiting()).toBe(0);
  });

  it('brings over a restart of the broker what was not acknowledged', async () => {
    const mosquitto = await broker();
    const got = await listener(mosquitto, 'to/#');
    const out = publisher({ url: mosquitto.url, protocolVersion });
    await out.publish('to/device', 'first');
    await mosquitto.halt();
    await waitFor('the loss', () => out.state().kind === 'offline');
    const late = out.publish('to/device', 'second');
    await expect(out.publish('to/device', 'third', { whenOffline: 'refuse' })).rejects.toMatchObject({
      code: 'offline',
    });
    await mosquitto.start();
    await late;
    await waitFor('the second', () => got.some(({ text }) => text === 'second'));
    // QoS 1: what the listener had not acknowledged when the broker went comes again
    expect([...new Set(got.map(({ text }) => text))]).toEqual(['first', 'second']);
  });

  it('lets its will speak when it vanishes, and not when it leaves', async () => {
    const mosquitto = await broker();
    const got = await listener(mosquitto, 'will/#');
    const will = { topic: 'will/mouth', payload: 'gone', qos: 1, retain: false } as const;
    const polite = publisher({ url: mosquitto.url, protocolVersion }, { will });
    await polite.publish('to/device', 'x');
    await polite.stop();
    const other = publisher(
      { url: mosquitto.url, protocolVersion },
      { will: { ...will, payload: 'taken over' } },
    );
    await other.publish('to/device', 'x');
    // A second client of the same name makes the broker close the first one's connection: its will is due.
    const thief = await connectAsync(mosquitto.url, { clientId: 'mouth', reconnectPeriod: 0 });
    closers.push(() => thief.endAsync(true));
    await waitFor('the will', () => got.length > 0);
    expect(got[0]).toMatchObject({ text: 'taken over' });
  });
});

it('rejects with the broker’s refusal', async () => {
  const mosquitto = await broker({ acl: ['topic read #'] });
  const out = publisher({ url: mosquitto.url, protocolVersion: 5 });
  await expect(out.publish('to/device', 'x')).rejects.toMatchObject({
    code: 'refused',
    params: { reasonCode: 135 },
  });
});

describe('without a broker', () => {
  const offline = async (more?: Partial<PublisherOptions>) =>
    publisher({ url: `mqtt://127.0.0.1:${await freePort()}`, protocolVersion: 5 }, more);

  it('holds a bounded number and says so', async () => {
    const out = await offline({ maxWaiting: 2 });
    const held = [out.publish('a', '1'), out.publish('a', '2')].map((one) =>
      one.catch((error: unknown) => error),
    );
    await expect(out.publish('a', '3')).rejects.toMatchObject({ code: 'queue-full', params: { waiting: 2 } });
    await out.stop();
    expect(await Promise.all(held)).toMatchObject([{ code: 'stopped' }, { code: 'stopped' }]);
    await expect(out.publish('a', '4')).rejects.toMatchObject({ code: 'stopped' });
  });

  it('gives up a message whose time is over', async () => {
    const out = await offline();
    await expect(out.publish('a', '1', { expirySeconds: 0.05 })).rejects.toMatchObject({ code: 'expired' });
    expect(out.waiting()).toBe(0);
  });

  it('refuses a topic with wild cards', async () => {
    const out = await offline();
    await expect(out.publish('a/+', '1')).rejects.toMatchObject({ code: 'invalid-topic' });
  });
});
