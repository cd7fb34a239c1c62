import { connectAsync, type MqttClient } from 'mqtt';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { STATION_ACTOR } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { startIngestStation, type IngestStation } from '#tests/fixtures/ingest-station.ts';
import { startMosquitto } from '#tests/peers/mosquitto.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

let folder: string;
let closers: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-ingest-'));
  closers = [() => rmSync(folder, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});

type Settings = Record<string, string | number | boolean>;
const start = async (settings: Settings, clock?: TestClock): Promise<IngestStation> => {
  const station = await startIngestStation(folder, settings, clock);
  closers.push(() => station.stop());
  return station;
};
const device = async (url: string): Promise<MqttClient> => {
  const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 50 });
  closers.push(() => client.endAsync(true));
  return client;
};
const topic = (of: string, leaf: string) => `guardroom/v1/test/${of}/${leaf}`;
const event = (over: Record<string, unknown> = {}) =>
  JSON.stringify({
    eventId: 'e-1',
    deviceId: 'fence-n07',
    type: 'intrusion.fence',
    state: 'raise',
    occurredAt: Date.now(),
    ...over,
  });
const broker = (station: IngestStation) => {
  const line = station.health.get('broker');
  return line && [line.level, line.code];
};
const put = (station: IngestStation, key: string, value: string) =>
  station.ports.write((tx) => station.ports.settings.put(tx, STATION_ACTOR, key, value));
const embedded = { 'broker.kind': 'embedded', 'broker.embeddedPort': 0 };

it('an alarm over the embedded broker is on record and open when the device has its PUBACK', async () => {
  const station = await start(embedded);
  const fence = await device(station.link.info().address);
  await fence.publishAsync(topic('fence-n07', 'event'), event(), { qos: 1 });
  expect(station.alarms.port.open()).toMatchObject([
    { deviceId: 'fence-n07', active: true, priority: 2, count: 1 },
  ]);
  await fence.publishAsync(topic('fence-n07', 'event'), '{"eventId":', { qos: 1 });
  expect(station.ingest.tally).toMatchObject({ messages: 2, events: 1, quarantined: 1 });
  expect(broker(station)).toEqual(['ok', 'online']);
});

it.each(['embedded', 'external'])(
  'commands reach devices over the %s broker, and do not come back in',
  async (kind) => {
    let settings: Settings = embedded;
    if (kind === 'external') {
      const mosquitto = await startMosquitto();
      closers.push(() => mosquitto.stop());
      settings = { 'broker.kind': 'external', 'broker.url': mosquitto.url };
    }
    const station = await start(settings);
    await waitFor('the link', () => station.link.state().kind === 'online');
    const controller = await device(station.link.info().address);
    const heard: string[] = [];
    controller.on('message', (_topic, payload) => heard.push(payload.toString()));
    await controller.subscribeAsync(topic('fence-controller', 'command'), { qos: 1 });
    // The sending connection may come up a moment after the receiving one; a command is refused until then.
    await waitFor('the command to be sent', () =>
      station.link.publisher.publish(topic('fence-controller', 'command'), 'arm').then(
        () => true,
        () => false,
      ),
    );
    await waitFor('the command', () => heard.length > 0);
    // What the device sends next has come in: so the command would have, too.
    await controller.publishAsync(topic('fence-n07', 'event'), event(), { qos: 1 });
    await waitFor('the event', () => station.ingest.tally.events === 1);
    expect(heard).toEqual(['arm']);
    expect(station.ingest.tally.quarantined).toBe(0);
  },
);

it('says what is wrong with a setting, and comes up when it is put right', async () => {
  const mosquitto = await startMosquitto({ login: { username: 'station', password: 'right' } });
  closers.push(() => mosquitto.stop());
  const station = await start({ 'broker.kind': 'external', 'broker.url': 'http://127.0.0.1' });
  expect(station.health.get('broker')).toMatchObject({
    level: 'bad',
    code: 'misconfigured',
    params: { path: 'broker.url', problem: 'scheme-must-be-mqtt-or-mqtts' },
  });
  put(station, 'broker.url', mosquitto.url);
  put(station, 'broker.username', 'station');
  put(station, 'broker.password', 'wrong');
  await waitFor('the refusal', () => broker(station)?.[1] === 'not_authorised');
  put(station, 'broker.password', 'right');
  await waitFor('the link', () => station.link.state().kind === 'online');
  expect(broker(station)).toEqual(['ok', 'online']);
  expect(JSON.stringify(station.health.values())).not.toContain('right');
});

it('starts although its port is taken, says so, makes it an alarm, and takes the port when it is free', async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  const address = occupant.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const clock = new TestClock(Date.now());
  const station = await start({ 'broker.kind': 'embedded', 'broker.embeddedPort': port }, clock);
  expect(broker(station)).toEqual(['bad', 'port_in_use']);
  expect(station.alarms.port.open()).toEqual([]);
  for (let second = 0; second < 16; second += 1) clock.advance(1_000);
  await waitFor('the alarm', () => {
    clock.advance(1_000);
    return station.alarms.port.open().length > 0;
  });
  expect(station.alarms.port.open()).toMatchObject([
    { deviceId: 'station', type: 'system.broker', active: true },
  ]);

  await new Promise((resolve) => occupant.close(resolve));
  await waitFor('the port to be taken', () => {
    clock.advance(1_000);
    return station.link.state().kind === 'online';
  });
  expect(broker(station)).toEqual(['ok', 'online']);
  expect(station.alarms.port.open()).toMatchObject([{ type: 'system.broker', active: false, count: 1 }]);
});

it('a write that fails is shown, keeps the messages with the broker, and is made good', async () => {
  const station = await start(embedded);
  const { db } = station.ports;
  // What a full disk does to SQLite: no more pages.
  const used = db.pragma('page_count', { simple: true }) as number;
  db.pragma(`max_page_count = ${used}`);
  const fence = await device(station.link.info().address);
  let acknowledged = 0;
  const sent = Array.from({ length: 300 }, (_, n) =>
    fence
      .publishAsync(
        topic('fence-n07', 'event'),
        event({ eventId: `e-${n}`, data: { note: 'x'.repeat(200) } }),
        { qos: 1 },
      )
      .then(() => (acknowledged += 1)),
  );
  await waitFor('the failure', () => broker(station)?.[1] === 'write_failed');
  const before = acknowledged;
  expect((db.prepare('SELECT count(*) n FROM event').get() as { n: number }).n).toBe(before);
  db.pragma('max_page_count = 1073741823');
  await Promise.all(sent);
  expect((db.prepare('SELECT count(*) n FROM event').get() as { n: number }).n).toBe(300);
  expect(station.alarms.port.open()).toMatchObject([{ count: 300 }]);
  expect(broker(station)).toEqual(['ok', 'online']);
});
