/** From a message of the park to the end of its plan, with the real features in between and only the broker missing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandMessage } from '#contract/park-messages.ts';
import type { JsonObject } from '#contract/base.ts';
import { createAlarms } from '#features/alarms/alarms.service.ts';
import { createDevices } from '#features/devices/devices.service.ts';
import { createEffects } from '#features/effects/effects.service.ts';
import { registerExecutors } from '#features/effects/executors.ts';
import { createIngest } from '#features/ingest/ingest.service.ts';
import { createPatrol } from '#features/patrol/patrol.service.ts';
import { createPerimeter } from '#features/perimeter/perimeter.service.ts';
import { createPlans } from '#features/plans/plans.service.ts';
import { createRuns } from '#features/plans/runs.service.ts';
import { migrations } from '#station/migrations/index.ts';
import type { EventsPort, PublisherPort } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, openKernel } from '#tests/fixtures/response-kernel.ts';

let folder: string;
let clock: TestClock;
let park: ReturnType<typeof compose>;
let published: { topic: string; payload: string }[];
let announced: string[][];
let seq = 0;

/** As wiring.ts does it, with a publisher and a loudspeaker that write down. */
function compose() {
  const kernel = openKernel(folder, clock, undefined, migrations);
  const { ports } = kernel;
  const publisher: PublisherPort = {
    publish: async (topic, payload) => void published.push({ topic, payload }),
  };
  const events: EventsPort = { record: (tx, event) => ingest.events.record(tx, event) };
  const plans = createPlans(ports);
  const alarms = createAlarms(ports, plans.port);
  const devices = createDevices(ports, { events, publisher });
  const ingest = createIngest(ports, { alarms: alarms.port, devices: devices.port });
  const effects = createEffects(ports, {
    isDrillRun: (id) => runs.isDrill(id),
    isDrillAlarm: (id) => alarms.port.get(id)?.drill,
  });
  registerExecutors(effects, { site: ports.site, devices: devices.port });
  const speak = async (zoneIds: 'alarm' | string[]) =>
    void announced.push(zoneIds === 'alarm' ? [] : zoneIds);
  effects.register(
    'announce',
    async ({ action }) => {
      await speak(action.zoneIds);
      return { rung: 'ended', reason: null };
    },
    { timeoutMs: 60_000, afterRestart: 'repeat' },
  );
  const runs = createRuns(ports, { plans, alarms: alarms.port, effects });
  const patrol = createPatrol(ports);
  const perimeter = createPerimeter(ports, { devices: devices.port, alarms: alarms.port, events });
  runs.resume();
  return { kernel, alarms, devices, ingest, runs, patrol, perimeter };
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-park-'));
  clock = new TestClock();
  published = [];
  announced = [];
  park = compose();
});
afterEach(async () => {
  park.runs.stop();
  park.patrol.stop();
  park.perimeter.stop();
  park.devices.stop();
  await park.kernel.close();
  rmSync(folder, { recursive: true, force: true });
});

const receive = (deviceId: string, leaf: string, body: JsonObject) =>
  park.ingest.commitBatch([
    {
      topic: `guardroom/v1/test/${deviceId}/${leaf}`,
      payload: new TextEncoder().encode(JSON.stringify(body)),
      retained: false,
      duplicate: false,
      receivedAtMs: clock.nowMs(),
    },
  ]);
const event = (deviceId: string, type: string, state: string, data: JsonObject = {}, drill = false) => {
  const eventId = `e${(seq += 1)}`;
  receive(deviceId, 'event', { eventId, deviceId, type, state, occurredAt: clock.nowMs(), drill, data });
};
const state = (deviceId: string, values: JsonObject) =>
  receive(deviceId, 'state', { occurredAt: clock.nowMs(), values });
const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};
const reply = (result: string) => {
  const { topic, payload } = published.at(-1) ?? { topic: '', payload: '{}' };
  const command = commandMessage.parse(JSON.parse(payload));
  receive(topic.split('/')[3] ?? '', 'reply', { commandId: command.commandId, result });
  return command;
};

test('an intrusion: alarm with its plan, cameras, announcement, timer, command with its reply, call-out', async () => {
  state('fence-controller', { armed: true });
  state('fence-n07', { alarm: false });
  expect(park.perimeter.live.get('zone-north')).toMatchObject({ condition: 'armed' });

  event('fence-n07', 'intrusion.fence', 'raise');
  expect(park.perimeter.live.get('zone-north')).toMatchObject({
    condition: 'alarm',
    causeIds: ['fence-n07'],
  });
  const alarm = park.alarms.live.values()[0];
  expect(alarm).toMatchObject({ planIds: ['intrusion'], runId: null });

  const { id } = park.runs.start(GUARD, { planId: 'intrusion', alarmId: alarm?.id, drill: false });
  await settle();
  expect(park.alarms.live.get(alarm?.id ?? '')).toMatchObject({ runId: id, workflow: 'in_progress' });
  expect(park.runs.live.get(id)?.showCameraIds).toEqual(['cam-n07']);
  park.runs.doStep(GUARD, id, 'look', 'yes', '一人翻越');
  await settle();
  expect(announced).toEqual([['bz-north', 'bz-local']]);

  clock.advance(60_000);
  park.runs.doStep(GUARD, id, 'arm');
  await settle();
  expect(reply('confirmed')).toMatchObject({ name: 'arm', params: { zoneId: 'zone-north' } });
  await settle();
  park.runs.doStep(GUARD, id, 'call', undefined, '已接通');
  park.runs.doStep(GUARD, id, 'result', 'gone');
  park.runs.end(GUARD, id, 'completed', '');
  expect(park.runs.get(id)).toMatchObject({ state: 'ended', outcome: 'completed' });

  // The detector has been silent for longer than its heartbeat: nobody knows what it would say.
  expect(park.perimeter.live.get('zone-north')).toMatchObject({ condition: 'offline' });
  clock.advance(1000);
  event('fence-n07', 'intrusion.fence', 'clear');
  expect(park.perimeter.live.get('zone-north')).toMatchObject({ condition: 'armed' });
});

test('a drill on a played alarm publishes nothing and says nothing; a real alarm still waits for its run', async () => {
  event('fence-n07', 'intrusion.fence', 'raise', {}, true);
  event('fence-n07', 'intrusion.fence', 'raise');
  const played = park.alarms.live.values().find(({ drill }) => drill);
  const real = park.alarms.live.values().find(({ drill }) => !drill);
  const { id } = park.runs.start(GUARD, { planId: 'intrusion', alarmId: played?.id, drill: true });
  await settle();
  park.runs.doStep(GUARD, id, 'look', 'yes', '演练');
  await settle();
  clock.advance(60_000);
  park.runs.doStep(GUARD, id, 'arm');
  await settle();
  expect(published).toEqual([]);
  expect(announced).toEqual([]);
  expect(park.alarms.live.get(played?.id ?? '')?.runId).toBe(id);
  expect(park.alarms.live.get(real?.id ?? '')).toMatchObject({ runId: null, planIds: ['intrusion'] });
});

test('disarming: command, reply, report, record with who asked', async () => {
  state('fence-controller', { armed: true });
  state('fence-n07', { alarm: false });
  const receipt = park.perimeter.arm(GUARD, { zoneId: 'zone-north', armed: false, reason: '检修' });
  await settle();
  reply('confirmed');
  expect(await receipt).toMatchObject({ rung: 'confirmed' });
  state('fence-controller', { armed: false });
  expect(park.perimeter.live.get('zone-north')).toMatchObject({ armed: false, condition: 'disarmed' });
  const { db } = park.kernel.ports;
  expect(db.prepare("SELECT device_id, data FROM event WHERE type = 'perimeter.disarmed'").all()).toEqual([
    { device_id: 'fence-controller', data: JSON.stringify({ zoneId: 'zone-north', by: GUARD.name }) },
  ]);
});

test('a scan goes through ingest to the map', () => {
  event('terminal-1', 'patrol.scan', 'info', { checkpointId: 'cp-1', guard: '赵', routeId: 'night-1' });
  expect(park.patrol.live.get('赵@night-1')).toMatchObject({ nextCheckpointId: 'cp-2' });
  expect(park.patrol.figures()).toEqual({ scannedToday: 1, checkpoints: 2 });
});
