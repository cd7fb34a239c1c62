import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerAddress } from '#native/mqtt/address.ts';
import { openPublisher, type PublisherOptions } from '#native/mqtt/publisher.ts';
import { freePort, startMosquitto, type Mosquitto, type MosquittoOptions } from '#tests/peers/mosquitto.ts';
import { startHop } from '#tests/peers/tcp-hop.ts';
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
const listener = async (mosquitto: Mosquitto, filter: string, qos: 0 | 1 = 1) => {
  const client: MqttClient = await connectAsync(mosquitto.url, {
    clientId: `ear-${qos}`,
    clean: false,
    reconnectPeriod: 50,
  });
  closers.push(() => client.endAsync(true));
  const got: { topic: string; text: string; retain: boolean; dup: boolean }[] = [];
  client.on('message', (topic, payload, { retain, dup }) =>
    got.push({ topic, text: payload.toString(), retain, dup }),
  );
  await client.subscribeAsync(filter, { qos });
  return {
    got,
    texts: () => got.map(({ text }) => text),
    /** The broker has all that this client has said, its acknowledgements too: what it heard does not come again. */
    settled: () => client.subscribeAsync(`settled/${qos}`, { qos: 0 }),
  };
};
const publisher = (address: BrokerAddress, more: Partial<PublisherOptions> = {}) => {
  const opened = openPublisher({ address, clientId: 'mouth', ...more });
  closers.push(() => opened.stop());
  return opened;
};

describe.each([4, 5] as const)('publisher, protocol version %i', (protocolVersion) => {
  it('resolves when the broker has acknowledged, and keeps the order', async () => {
    const mosquitto = await broker();
    const [loose, strict] = [await listener(mosquitto, 'to/#', 0), await listener(mosquitto, 'to/#', 1)];
    const out = publisher({ url: mosquitto.url, protocolVersion });
    // Queued before the connection is there, and more than mosquitto's window of 20.
    const numbers = Array.from({ length: 150 }, (_, n) => String(n));
    await Promise.all(numbers.map((text) => out.publish('to/device', text)));
    await out.publish('to/device', 'fast', { qos: 0 });
    await out.publish('to/device', 'last');
    await waitFor('all of them', () => loose.got.length >= 152 && strict.got.length >= 152);
    // To whom everything goes with QoS 0 the broker passes on what it gets: this is how it left us.
    expect(loose.texts()).toEqual([...numbers, 'fast', 'last']);
    // With QoS 1 the broker holds all but 20 until they are acknowledged, and one of QoS 0 does not queue behind them: it
    // alone may come early. The others come in order, and nothing comes twice while the connection stands.
    expect(strict.texts().filter((text) => text !== 'fast')).toEqual([...numbers, 'last']);
    expect(strict.texts().filter((text) => text === 'fast')).toHaveLength(1);
    expect([...loose.got, ...strict.got].filter(({ dup, retain }) => dup || retain)).toEqual([]);
    expect(out.waiting()).toBe(0);
  });

  it('brings over a restart of the broker what was not acknowledged, and nothing that was', async () => {
    const mosquitto = await broker();
    const ear = await listener(mosquitto, 'to/#');
    const out = publisher({ url: mosquitto.url, protocolVersion });
    await out.publish('to/device', 'first');
    await waitFor('the first', () => ear.got.length > 0);
    await ear.settled();
    await mosquitto.halt();
    await waitFor('the loss', () => out.state().kind === 'offline');
    const late = out.publish('to/device', 'second');
    await expect(out.publish('to/device', 'third', { whenOffline: 'refuse' })).rejects.toMatchObject({
      code: 'offline',
    });
    await mosquitto.start();
    await late;
    await out.publish('to/device', 'fourth');
    await waitFor('the fourth', () => ear.texts().includes('fourth'));
    expect(ear.texts()).toEqual(['first', 'second', 'fourth']);
  });

  it('sends again what may not have arrived: QoS 1 is at least once, in order, and QoS 0 at most once', async () => {
    const mosquitto = await broker();
    const ear = await listener(mosquitto, 'to/#');
    let isDeaf = false;
    let swallowed = 0;
    const hop = await startHop(mosquitto.port, (client, target) => {
      client.on('data', (chunk) => target.write(chunk));
      target.on('data', (chunk: Buffer) => {
        if (!isDeaf) return client.write(chunk);
        // the broker has the message and says so; we never hear it
        swallowed += 1;
        isDeaf = false;
        client.destroy();
        return undefined;
      });
    });
    closers.push(() => hop.stop());
    const out = publisher({ url: `mqtt://127.0.0.1:${hop.port}`, protocolVersion });
    await out.publish('to/device', 'before');
    isDeaf = true;
    await Promise.all([
      out.publish('to/device', 'loose', { qos: 0 }),
      out.publish('to/device', 'twice'),
      out.publish('to/device', 'after'),
    ]);
    await out.publish('to/device', 'last');
    await waitFor('the last', () => ear.texts().includes('last'));
    expect(swallowed).toBe(1);
    expect(ear.texts().filter((text) => text === 'loose').length).toBeLessThanOrEqual(1);
    const certain = ear.texts().filter((text) => text !== 'loose');
    // the broker had one or both when the answer was lost
    expect(['before twice twice after last', 'before twice after twice after last']).toContain(
      certain.join(' '),
    );
  });

  it('lets its will speak when it vanishes, and not when it leaves', async () => {
    const mosquitto = await broker();
    const { got } = await listener(mosquitto, 'will/#');
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
    expect(got).toMatchObject([{ text: 'taken over' }]);
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
