import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerAddress } from '#native/mqtt/address.ts';
import { openSubscriber, type Subscriber, type SubscriberOptions } from '#native/mqtt/subscriber.ts';
import type { InboundMessage, LinkState } from '#native/mqtt/types.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '#tests/peers/mosquitto.ts';
import { startRefusingBroker } from '#tests/peers/refusing-broker.ts';
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
const device = async (mosquitto: Mosquitto, options: object = {}): Promise<MqttClient> => {
  const client = await connectAsync(mosquitto.url, { reconnectPeriod: 50, ...options });
  closers.push(() => client.endAsync(true));
  return client;
};
const textOf = (message: InboundMessage) => Buffer.from(message.payload).toString();

/** A subscriber that keeps what it was given and the states that it went through. */
const station = (address: BrokerAddress, more: Partial<SubscriberOptions> = {}) => {
  const got: InboundMessage[] = [];
  const states: LinkState[] = [];
  const subscriber: Subscriber = openSubscriber({
    address,
    clientId: 'station',
    topics: [{ filter: 'park/#', qos: 1 }],
    onBatch: (messages) => void got.push(...messages),
    onState: (state) => void states.push(state),
    ...more,
  });
  closers.push(() => subscriber.stop());
  const isOnline = () => subscriber.state().kind === 'online';
  return { subscriber, got, states, online: () => waitFor('the subscriber to be online', isOnline) };
};

describe.each([4, 5] as const)('durable subscriber, protocol version %i', (protocolVersion) => {
  it('hands over what is published, in order, and acknowledges it', async () => {
    const mosquitto = await broker();
    const here = station({ url: mosquitto.url, protocolVersion });
    await here.online();
    const publisher = await device(mosquitto);
    for (let n = 0; n < 200; n += 1) publisher.publish('park/a', String(n), { qos: 1 });
    await waitFor('200 messages', () => here.subscriber.stats().acknowledged === 200);
    expect(here.got.map(textOf)).toEqual(Array.from({ length: 200 }, (_, n) => String(n)));
    expect(here.got[0]).toMatchObject({ topic: 'park/a', qos: 1, retained: false, duplicate: false });
    expect(here.subscriber.stats()).toMatchObject({
      received: 200,
      committed: 200,
      duplicates: 0,
      waiting: 0,
    });
  });

  it('takes QoS 0 messages and flags retained ones', async () => {
    const mosquitto = await broker();
    const publisher = await device(mosquitto);
    await publisher.publishAsync('park/state', 'old', { qos: 1, retain: true });
    const here = station({ url: mosquitto.url, protocolVersion });
    await here.online();
    await waitFor('the retained message', () => here.got.length === 1);
    await publisher.publishAsync('park/state', 'new', { qos: 1, retain: true });
    await publisher.publishAsync('park/value', '7', { qos: 0 });
    await waitFor('three messages', () => here.got.length === 3);
    expect(here.got.map((message) => [textOf(message), message.retained, message.qos])).toEqual([
      ['old', true, 1],
      ['new', false, 1],
      ['7', false, 0],
    ]);
    // A QoS 0 message has nothing to acknowledge.
    expect(here.subscriber.stats()).toMatchObject({ committed: 3, acknowledged: 2 });
  });

  it('acknowledges nothing before the commit: killed in between, everything comes again', async () => {
    const mosquitto = await broker();
    const gate = Promise.withResolvers<void>();
    const dying = station({ url: mosquitto.url, protocolVersion }, { onBatch: () => gate.promise });
    await dying.online();
    const publisher = await device(mosquitto);
    await Promise.all(
      Array.from({ length: 15 }, (_, n) => publisher.publishAsync('park/a', String(n), { qos: 1 })),
    );
    await waitFor('the batch to be under way', () => dying.subscriber.stats().received === 15);
    expect(dying.subscriber.stats()).toMatchObject({ committed: 0, acknowledged: 0 });

    // A second connection under the same name takes the session over, which is what a restarted station does.
    const next = station({ url: mosquitto.url, protocolVersion });
    await waitFor('all 15 again', () => next.subscriber.stats().acknowledged === 15);
    expect(next.got.map(textOf)).toEqual(Array.from({ length: 15 }, (_, n) => String(n)));
    expect(next.got.every((message) => message.duplicate)).toBe(true);
    expect(next.subscriber.stats().duplicates).toBe(15);
    // The first one's connection is gone: a late commit acknowledges on nobody's behalf.
    gate.resolve();
    await waitFor('the late commit', () => dying.subscriber.stats().committed > 0);
    expect(dying.subscriber.stats().acknowledged).toBe(0);
  });

  it('keeps a batch that cannot be written, tries it again and loses nothing', async () => {
    const mosquitto = await broker();
    const tries: string[][] = [];
    let broken = true;
    const here = station(
      { url: mosquitto.url, protocolVersion },
      {
        maxBatch: 5,
        onBatch(messages) {
          tries.push(messages.map(textOf));
          if (broken) throw new Error('disk full');
        },
      },
    );
    await here.online();
    const publisher = await device(mosquitto);
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => publisher.publishAsync('park/a', String(n), { qos: 1 })),
    );
    await waitFor('a second try', () => tries.length >= 2);
    expect(here.subscriber.state()).toMatchObject({
      kind: 'blocked',
      reason: 'write-failed',
      detail: 'disk full',
    });
    expect(here.subscriber.stats().acknowledged).toBe(0);
    expect(tries[1]).toEqual(tries[0]);
    broken = false;
    await waitFor('all acknowledged', () => here.subscriber.stats().acknowledged === 12);
    const failedTries = tries.filter((batch) => batch[0] === '0').length - 1;
    expect(tries.slice(failedTries).flat()).toEqual(Array.from({ length: 12 }, (_, n) => String(n)));
    expect(here.subscriber.state().kind).toBe('online');
  });

  it('gets over a restart of the broker, and what was published while it was away itself', async () => {
    const mosquitto = await broker();
    const here = station({ url: mosquitto.url, protocolVersion });
    await here.online();
    const publisher = await device(mosquitto);
    await publisher.publishAsync('park/a', 'before', { qos: 1 });
    await waitFor('the first message', () => here.got.length === 1);
    await mosquitto.restart();
    await publisher.publishAsync('park/a', 'during', { qos: 1 });
    await waitFor('the second message', () => here.got.some((message) => textOf(message) === 'during'));
    // the broker may have ended before it read that the first one was acknowledged: that one comes again
    expect([...new Set(here.got.map(textOf))]).toEqual(['before', 'during']);
    expect(here.states.map((state) => state.kind)).toContain('offline');
    await here.online();
    expect(here.subscriber.stats().connections).toBe(2);
  });

  it('gets what was published while it was stopped, by the same client id', async () => {
    const mosquitto = await broker();
    const first = station({ url: mosquitto.url, protocolVersion });
    await first.online();
    await first.subscriber.stop();
    expect(first.subscriber.state()).toEqual({ kind: 'stopped' });
    const publisher = await device(mosquitto);
    await publisher.publishAsync('park/a', 'while away', { qos: 1 });
    const second = station({ url: mosquitto.url, protocolVersion });
    await waitFor('the message', () => second.got.length === 1);
    await second.online();
    expect(second.subscriber.state()).toMatchObject({ kind: 'online', sessionPresent: true });
  });

  it('reports a wrong password', async () => {
    const mosquitto = await broker({ login: { username: 'station', password: 'right' } });
    const wrong = station({ url: mosquitto.url, protocolVersion, username: 'station', password: 'wrong' });
    await waitFor('the refusal', () => wrong.subscriber.state().kind === 'offline');
    // mosquitto answers 5 (not authorised) to 3.1.1 clients and 135 to those of MQTT 5.
    expect(wrong.subscriber.state()).toMatchObject({ reasonCode: 'not-authorised', attempt: 1 });
    const right = station(
      { url: mosquitto.url, protocolVersion, username: 'station', password: 'right' },
      { clientId: 'other' },
    );
    await right.online();
  });

  it('says which filter is refused, takes the others, and asks again', async () => {
    // mosquitto's own ACLs never refuse a subscription, so a broker of twenty lines does.
    const refusing = await startRefusingBroker(protocolVersion, 'closed/#');
    closers.push(() => refusing.stop());
    const clock = fakeClock();
    const here = station(
      { url: refusing.url, protocolVersion },
      { topics: ['open/#', 'closed/#'].map((filter) => ({ filter, qos: 1 as const })), clock },
    );
    await clock.advance(0);
    await waitFor('an answer', () => here.subscriber.state().kind === 'blocked');
    expect(here.subscriber.state()).toMatchObject({
      reason: 'subscription-refused',
      detail: 'closed/#',
      attempt: 1,
    });
    await waitFor('the message of the granted filter', () => here.subscriber.stats().acknowledged === 1);
    refusing.allow();
    await clock.advance(1_000);
    await here.online();
  });
});

describe('TLS', () => {
  it('connects with a client certificate that the broker asks for', async () => {
    const mosquitto = await broker({ tls: 'client' });
    const { caPem, clientCertPem, clientKeyPem } = mosquitto.certificates!;
    const here = station({
      url: mosquitto.url,
      protocolVersion: 5,
      tls: { caPem, certPem: clientCertPem, keyPem: clientKeyPem },
    });
    await here.online();
    const publisher = await device(mosquitto, { ca: caPem, cert: clientCertPem, key: clientKeyPem });
    await publisher.publishAsync('park/a', 'over TLS', { qos: 1 });
    await waitFor('the message', () => here.got.length === 1);
  });

  it('says that the client certificate is missing', async () => {
    const mosquitto = await broker({ tls: 'client' });
    const here = station({
      url: mosquitto.url,
      protocolVersion: 5,
      tls: { caPem: mosquitto.certificates!.caPem },
    });
    await waitFor('the refusal', () => here.subscriber.state().kind === 'offline');
    expect(here.subscriber.state()).toMatchObject({ reasonCode: 'client-certificate-refused' });
  });

  it('refuses an authority that it does not know, unless told to accept any', async () => {
    const mosquitto = await broker({ tls: 'server' });
    const strict = station({ url: mosquitto.url, protocolVersion: 5 });
    await waitFor('the refusal', () => strict.subscriber.state().kind === 'offline');
    expect(strict.subscriber.state()).toMatchObject({ reasonCode: 'certificate-untrusted' });
    const lax = station(
      { url: mosquitto.url, protocolVersion: 5, tls: { rejectUnauthorized: false } },
      { clientId: 'lax' },
    );
    await lax.online();
  });
});

it('says that nobody listens', async () => {
  const mosquitto = await broker();
  await mosquitto.halt();
  const here = station({ url: mosquitto.url, protocolVersion: 5 });
  await waitFor('the refusal', () => here.subscriber.state().kind === 'offline');
  expect(here.subscriber.state()).toMatchObject({ reasonCode: 'refused', attempt: 1 });
  await mosquitto.start();
  await here.online();
});
