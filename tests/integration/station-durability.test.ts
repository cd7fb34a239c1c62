import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Alarm } from '#contract/alarms.contract.ts';
import { openApi, useExternalBroker, type Api } from '#tests/peers/console-api.ts';
import { freePort, startMosquitto } from '#tests/peers/mosquitto.ts';
import { waitFor } from '#tests/peers/wait-for.ts';
import { SMALL_SITE, startWebHost, type RunningHost } from '#tests/peers/web-host.ts';

/**
 * The whole web host, killed amid QoS 1 events while a plan runs: afterwards every alarm counts what was said, and the
 * run stands where it stood. (tests/integration/durability.test.ts does the same to ingest alone, with ten times as many.)
 */
const EVENTS = 1200;
const KILLS = 4;
const DEVICES = ['fence-n07', 'smoke-3-2-01', 'meter-1'] as const;
const TYPES = { 'fence-n07': 'intrusion.fence', 'smoke-3-2-01': 'fire.smoke', 'meter-1': 'power.overload' };

const PLAN = {
  id: 'long',
  name: { zh: '长预案' },
  summary: { zh: '计时与动作' },
  level: 'III',
  steps: [
    { id: 'look', title: { zh: '查看' } },
    { id: 'wait', title: { zh: '等待' }, by: 'timer', waitSeconds: 3600, after: ['look'] },
    { id: 'report', title: { zh: '报告' }, after: ['look'] },
  ],
};

let folder: string;
let dataDir: string;
let port: number;
let host: RunningHost;
let closers: (() => unknown)[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-whole-'));
  dataDir = join(folder, 'data');
  closers = [() => rmSync(folder, { recursive: true, force: true })];
  mkdirSync(join(dataDir, 'plans'), { recursive: true });
  writeFileSync(join(dataDir, 'plans', 'long.yaml'), JSON.stringify(PLAN));
  // Nobody looks at cameras here, and a camera that is lost would raise alarms of its own.
  writeFileSync(
    join(folder, 'site.yaml'),
    readFileSync(SMALL_SITE, 'utf8').replace(/rtsp:\/\/[^']+/, 'rtsp://127.0.0.1:9/none'),
  );
  port = await freePort();
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});

async function start(): Promise<void> {
  host = await startWebHost(dataDir, [
    '--port',
    String(port),
    '--site',
    join(folder, 'site.yaml'),
    '--log-level',
    'error',
  ]);
  const { child } = host;
  closers.push(() => child.kill('SIGKILL'));
}
async function kill(): Promise<void> {
  const ended = once(host.child, 'exit');
  host.child.kill('SIGKILL');
  await ended;
}
async function signedIn(username: string): Promise<Api> {
  const { api, close } = await openApi(host.url, { username, password: `demo-${username}` });
  closers.push(close);
  return api;
}

/** Says all events, evenly spread over the devices, and repeats none: the broker answers for them. */
async function talk(device: MqttClient, progress: { sent: number }): Promise<void> {
  for (let n = 0; n < EVENTS; n += 1) {
    const deviceId = DEVICES[n % DEVICES.length]!;
    const event = {
      eventId: `e-${n}`,
      deviceId,
      type: TYPES[deviceId],
      state: 'raise',
      occurredAt: Date.now(),
    };
    await device.publishAsync(`guardroom/v1/test/${deviceId}/event`, JSON.stringify(event), { qos: 1 });
    progress.sent = n + 1;
    if (n % 10 === 0) await delay(5);
  }
}

const ofDevices = (alarms: Alarm[]) => alarms.filter(({ deviceId }) => DEVICES.some((id) => id === deviceId));

test('killed again and again amid events and a run, the station counts each once and goes on', async () => {
  const broker = await startMosquitto();
  closers.push(() => broker.stop());
  await start();
  await useExternalBroker(await signedIn('admin'), broker);

  const device = await connectAsync(broker.url, { protocolVersion: 5 });
  closers.push(() => device.endAsync(true));
  const progress = { sent: 0 };
  const talking = talk(device, progress);

  const guard = await signedIn('guard');
  const run = await guard.runs.start({ planId: 'long', drill: false });
  await guard.runs.doStep({ runId: run.id, stepId: 'look' });

  for (let round = 1; round <= KILLS; round += 1) {
    // At another moment each time, not at the end of anything.
    const moment = (EVENTS / (KILLS + 1)) * round + Math.random() * 40;
    await waitFor('more events', () => progress.sent >= moment);
    await kill();
    await start();
  }
  await talking;

  const after = await signedIn('leader');
  const open = async () => ofDevices((await after.alarms.list({ open: true })).items);
  const each = EVENTS / DEVICES.length;
  await waitFor('every event counted', async () => {
    return (await open()).reduce((sum, { count }) => sum + count, 0) >= EVENTS;
  });
  const counts = (await open()).map(({ deviceId, count }) => `${deviceId} ${count}`);
  expect(counts.sort()).toEqual([...DEVICES].sort().map((id) => `${id} ${each}`));
  const { items: found } = await after.records.search({
    kinds: ['event', 'perimeter'],
    deviceId: 'fence-n07',
    limit: 500,
  });
  expect(found.filter(({ state }) => state === 'raise')).toHaveLength(each);

  const resumed = await after.runs.get({ id: run.id });
  expect(resumed.state).toBe('running');
  expect(resumed.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'look done',
    'wait running',
    'report ready',
  ]);
  await after.runs.doStep({ runId: run.id, stepId: 'report' });
  expect(await (await signedIn('audit')).system.verify()).toMatchObject({ ok: true, problems: [] });
}, 120_000);
