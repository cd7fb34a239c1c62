import { connectAsync, type MqttClient } from 'mqtt';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReadable } from '#native/sqlite/open.ts';
import { startIngestStation } from '#tests/fixtures/ingest-station.ts';
import { freePort, startMosquitto } from '#tests/peers/mosquitto.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

/** The promise of the product: killed at any moment, a station loses nothing and counts nothing twice. */
const EVENTS = 10_000;
const KILLS = 10;
const DEVICES = ['fence-n07', 'smoke-3-2-01', 'fence-controller', 'terminal-1', 'meter-1'];

let folder: string;
let dataDir: string;
let closers: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-durability-'));
  dataDir = join(folder, 'data');
  closers = [() => rmSync(folder, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});

type Settings = Record<string, string | number>;
/** Starts a station process; resolves when its link is up. */
async function startChild(settings: Settings): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../peers/ingest-station-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, dataDir, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closers.push(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(() => false);
  const online = once(createInterface({ input: child.stdout! }), 'line').then(() => true);
  if (!(await Promise.race([online, ended])))
    throw new Error('the station process ended before it was online');
  return child;
}
async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
const recorded = (): number => {
  const db = openReadable(join(dataDir, 'guardroom.sqlite'));
  try {
    return (db.prepare('SELECT count(*) n FROM event').get() as { n: number }).n;
  } finally {
    db.close();
  }
};

const typeOf = (n: number) => (n % 3 === 0 ? 'fault.power' : 'intrusion.fence');
/** Two raises, then a clear, then something that is only recorded; each device numbers its own. */
const stateOf = (n: number) =>
  (['raise', 'raise', 'clear', 'info'] as const)[Math.floor(n / DEVICES.length) % 4]!;
const payloadOf = (n: number) =>
  JSON.stringify({
    eventId: `event-${n}`,
    deviceId: DEVICES[n % DEVICES.length],
    type: typeOf(n),
    state: stateOf(n),
    occurredAt: Date.now(),
    seq: Math.floor(n / DEVICES.length) + 1,
    bootId: 'boot',
  });

/** A publisher that waits for each PUBACK and sends again what was not acknowledged, as a good device does. */
async function publisher(url: string) {
  const client: MqttClient = await connectAsync(url, {
    clientId: 'gateway',
    clean: false,
    protocolVersion: 4,
    reconnectPeriod: 20,
  });
  // Its connection is cut with each kill; mqtt.js connects again and repeats.
  client.on('error', () => {});
  closers.push(() => client.endAsync(true));
  return async (from: number, to: number): Promise<void> => {
    const sent: Promise<unknown>[] = [];
    for (let n = from; n < to; n += 1)
      sent.push(
        client.publishAsync(`guardroom/v1/test/${DEVICES[n % DEVICES.length]}/event`, payloadOf(n), {
          qos: 1,
        }),
      );
    await Promise.all(sent);
  };
}

/** What must hold in the end, whatever happened in between. */
async function check(settings: Settings): Promise<void> {
  const station = await startIngestStation(dataDir, settings);
  try {
    const { db } = station.ports;
    await waitFor('all events', () => {
      const { n } = db.prepare(`SELECT count(*) n FROM event WHERE source = 'mqtt'`).get() as { n: number };
      return n >= EVENTS;
    });
    const ids = db.prepare(`SELECT event_id FROM event WHERE source = 'mqtt'`).pluck().all() as string[];
    expect(ids).toHaveLength(EVENTS);
    expect(new Set(ids)).toEqual(new Set(Array.from({ length: EVENTS }, (_, n) => `event-${n}`)));
    expect(db.prepare('SELECT code, detail, topic FROM quarantine').all()).toEqual([]);

    // Alarms: every raise is counted on exactly one alarm, none twice.
    const expected = new Map<string, number>();
    for (let n = 0; n < EVENTS; n += 1) {
      if (stateOf(n) !== 'raise') continue;
      const key = `${DEVICES[n % DEVICES.length]} ${typeOf(n)}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const counted = db
      .prepare(
        `SELECT device_id || ' ' || type AS key, sum(count) AS n FROM alarm WHERE type IN ('fault.power', 'intrusion.fence') GROUP BY 1`,
      )
      .all() as { key: string; n: number }[];
    expect(new Map(counted.map(({ key, n }) => [key, n]))).toEqual(expected);
    expect(station.ingest.verify()).toMatchObject({ ok: true, problems: [] });
    expect(station.alarms.verify()).toMatchObject({ ok: true });
  } finally {
    await station.stop();
  }
}

/** Runs events through a station that is killed again and again; `between` does more harm. */
async function torment(
  settings: Settings,
  url: string,
  between?: (round: number) => Promise<void>,
): Promise<void> {
  const progress: number[] = [];
  let publish: ((from: number, to: number) => Promise<void>) | undefined;
  const work: Promise<void>[] = [];
  const chunk = EVENTS / (KILLS + 1);
  const upTo = (round: number) => Math.floor(round * chunk);
  for (let round = 0; round < KILLS; round += 1) {
    const child = await startChild(settings);
    publish ??= await publisher(url);
    work.push(publish(upTo(round), upTo(round + 1)));
    const harm = between?.(round);
    await delay(Math.random() * 60);
    await kill(child);
    await harm;
    progress.push(recorded());
  }
  const last = await startChild(settings);
  work.push(publish!(upTo(KILLS), EVENTS));
  await Promise.all(work);
  await waitFor('the station to catch up', () => recorded() >= EVENTS);
  await kill(last);
  await check(settings);
  // The kills must have hit a station at work, or the test proves nothing.
  const hits = progress.filter((count, round) => count < upTo(round + 1)).length;
  expect(hits, `recorded at the kills: ${progress.join(', ')}`).toBeGreaterThanOrEqual(KILLS / 2);
}

it('killed ten times while 10,000 events come in over mosquitto, every event is there once', async () => {
  const mosquitto = await startMosquitto();
  closers.push(() => mosquitto.stop());
  await torment({ 'broker.kind': 'external', 'broker.url': mosquitto.url }, mosquitto.url);
}, 180_000);

it('the same over MQTT 3.1.1, with the broker restarted in between', async () => {
  const mosquitto = await startMosquitto();
  closers.push(() => mosquitto.stop());
  await torment(
    { 'broker.kind': 'external', 'broker.url': mosquitto.url, 'broker.protocol': '3.1.1' },
    mosquitto.url,
    async (round) => {
      if (round % 2 === 0) await mosquitto.restart();
    },
  );
}, 180_000);

it('the same with the embedded broker: what the publisher has an acknowledgement for is on disk', async () => {
  const port = await freePort();
  await torment({ 'broker.kind': 'embedded', 'broker.embeddedPort': port }, `mqtt://127.0.0.1:${port}`);
}, 180_000);
