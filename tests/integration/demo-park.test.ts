import { createSocket } from 'node:dgram';
import { connect, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TOPIC_ROOT, type TopicLeaf } from '#contract/park-messages.ts';
import { demoStation } from '#tests/fixtures/demo-station.ts';
import { SCHEMAS } from '#tests/fixtures/demo-park.ts';
import { startMosquitto, type Mosquitto } from '#tests/peers/mosquitto.ts';
import { GUARD } from '#tests/fixtures/response-kernel.ts';

interface Heard {
  deviceId: string;
  leaf: TopicLeaf;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into messages of every kind
  body: any;
  retain: boolean;
}

/** The demo park on a real broker that has nothing to do with the station; an independent client listens. */
describe('demo park on mosquitto', () => {
  let broker: Mosquitto;
  let client: MqttClient;
  let station: ReturnType<typeof demoStation>;
  const heard: Heard[] = [];
  const problems: string[] = [];
  const find = (test: (one: Heard) => boolean) =>
    vi.waitFor(() => heard.find(test) ?? expect.fail('not heard'), { timeout: 30_000, interval: 50 });
  const command = (deviceId: string, name: string, retain = false) => {
    const now = Date.now();
    const message = {
      commandId: `c-${deviceId}-${name}`,
      name,
      params: {},
      issuedAt: now,
      expiresAt: now + 10_000,
    };
    return client.publishAsync(`${TOPIC_ROOT}/yongjiang/${deviceId}/command`, JSON.stringify(message), {
      qos: 1,
      retain,
    });
  };

  beforeAll(async () => {
    broker = await startMosquitto();
    client = connect(broker.url, { clientId: 'independent-listener' });
    client.on('message', (topic, payload, packet) => {
      const [, , site, deviceId = '', leaf] = topic.split('/');
      if (leaf === 'command') return;
      const schema = SCHEMAS[leaf as TopicLeaf];
      const parsed = schema?.safeParse(JSON.parse(payload.toString()));
      if (site !== 'yongjiang' || !parsed?.success) problems.push(`${topic} ${payload.toString()}`);
      else heard.push({ deviceId, leaf: leaf as TopicLeaf, body: parsed.data, retain: packet.retain });
    });
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    await client.subscribeAsync(`${TOPIC_ROOT}/#`, { qos: 1 });
    // stored before the park comes: it must not be obeyed
    await command('fv-e1', 'disarm', true);
    station = demoStation({
      broker: () => ({ url: broker.url, protocolVersion: 5 }),
      settings: { 'demo.trafficPace': 50 },
    });
    await station.demo.start();
  });
  afterAll(async () => {
    await station?.demo.stop();
    await client?.endAsync(true);
    await broker?.stop();
  });

  it('every device speaks within seconds, in the native form', async () => {
    await vi.waitFor(
      () => expect(new Set(heard.map(({ deviceId }) => deviceId)).size).toBe(station.site.devices.length),
      { timeout: 25_000, interval: 200 },
    );
    expect(problems).toEqual([]);
    await find(({ leaf, body }) => leaf === 'event' && body.type === 'patrol.scan');
    // even at night, at fifty times the usual pace
    await find(({ leaf, body }) => leaf === 'event' && body.type === 'access.pass');
  });

  it('gateways are born with a session and leave quietly', async () => {
    const birth = await find(({ deviceId, leaf }) => deviceId === 'gw-fire' && leaf === 'availability');
    expect(birth.body).toMatchObject({ state: 'online', sessionId: expect.stringContaining('gw-fire') });
  });

  it('answers a command and reports what it did; a stored one is not obeyed', async () => {
    await command('fv-n2', 'disarm');
    await find(
      ({ deviceId, leaf, body }) => deviceId === 'fv-n2' && leaf === 'reply' && body.result === 'accepted',
    );
    await find(
      ({ deviceId, leaf, body }) => deviceId === 'fv-n2' && leaf === 'reply' && body.result === 'confirmed',
    );
    await find(
      ({ deviceId, leaf, body }) => deviceId === 'fv-n2' && leaf === 'state' && body.values.armed === false,
    );
    expect(heard.filter(({ deviceId, leaf }) => deviceId === 'fv-e1' && leaf === 'reply')).toEqual([]);
  });

  it('plays a scenario on demand and undoes it when stopped', async () => {
    const { demo, audited } = station;
    demo.startScenario(GUARD, 'tailgating');
    expect(demo.live.get('tailgating')).toMatchObject({ state: 'running' });
    expect(() => demo.startScenario(GUARD, 'tailgating')).toThrow('demo.already_running');
    await find(({ body }) => body.type === 'access.tailgating' && body.state === 'raise');
    demo.stopScenario(GUARD, 'tailgating');
    await find(({ body }) => body.type === 'access.tailgating' && body.state === 'clear');
    expect(demo.live.get('tailgating')).toMatchObject({ state: 'idle', startedAtMs: null });
    expect(audited).toEqual(['demo.start tailgating', 'demo.stop tailgating']);
    expect(() => demo.startScenario(GUARD, 'earthquake')).toThrow('demo.unknown_scenario');
  });

  it('a speaker reports that it plays when sound arrives, and that it is silent again', async () => {
    const zone = station.site.broadcastZones.find(({ id }) => id === 'bz-north')!;
    if (zone.output.kind !== 'rtp') throw new Error('bz-north is no RTP zone');
    const socket = createSocket('udp4');
    socket.send(Buffer.alloc(172), zone.output.port, zone.output.host);
    await find(
      ({ deviceId, leaf, body }) =>
        deviceId === 'spk-north' && leaf === 'state' && body.values.playing === true,
    );
    const from = heard.length;
    await vi.waitFor(
      () =>
        expect(
          heard
            .slice(from)
            .some(({ deviceId, body }) => deviceId === 'spk-north' && body.values?.playing === false),
        ).toBe(true),
      { timeout: 15_000, interval: 100 },
    );
    socket.close();
  });

  it('comes back after the broker was away, with births', async () => {
    const from = heard.length;
    await broker.restart();
    await vi.waitFor(
      () =>
        expect(
          heard.slice(from).filter(({ leaf, body }) => leaf === 'availability' && body.state === 'online')
            .length,
        ).toBeGreaterThanOrEqual(4),
      { timeout: 30_000, interval: 100 },
    );
  });
});

describe('a real site', () => {
  it('has no demo: no port, no scenario', async () => {
    const { demo } = demoStation({ kind: 'real', broker: () => expect.fail('asked for the broker') });
    await demo.openCameras();
    await demo.start();
    expect(demo.live.values()).toEqual([]);
    expect(() => demo.startScenario(GUARD, 'fire')).toThrow('demo.not_a_demo_site');
    await demo.stop();
  });
});
