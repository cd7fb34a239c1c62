import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action } from '#contract/plan.ts';
import type { CommandReceipt } from '#contract/devices.contract.ts';
import { createEffects } from '#features/effects/effects.service.ts';
import { registerExecutors } from '#features/effects/executors.ts';
import { STATION_ACTOR, type DevicesPort, type EffectReceipt, type EffectsPort } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

let folder: string;
let kernel: Kernel;
let effects: EffectsPort;
let sent: Parameters<DevicesPort['command']>[0][];
let receipt: Omit<CommandReceipt, 'commandId'>;
let count = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-executors-'));
  kernel = openKernel(folder, new TestClock());
  effects = createEffects(kernel.ports, { isDrillRun: () => false, isDrillAlarm: () => false });
  sent = [];
  receipt = { rung: 'confirmed', reason: null };
  const command: DevicesPort['command'] = async (input) => {
    sent.push(input);
    return { commandId: '0197f000-0000-7000-8000-0000000000aa', ...receipt };
  };
  registerExecutors(effects, { site: kernel.ports.site, devices: { command } });
});
afterEach(async () => {
  await kernel.close();
  rmSync(folder, { recursive: true, force: true });
});
async function run(action: Action, runId: string | null = 'run') {
  const heard: EffectReceipt['rung'][] = [];
  const actor = { ...STATION_ACTOR, role: 'guard' as const };
  const idempotencyKey = `key-${(count += 1)}`;
  const request = { action, idempotencyKey, drill: false, runId, alarmId: null, actor };
  const last = await effects.execute(request, ({ rung }) => heard.push(rung));
  return { heard, reason: last.reason };
}
const show = (...cameraIds: string[]): Action => ({ type: 'show_cameras', cameraIds });
const call = (...contactIds: string[]): Action => ({
  type: 'notify',
  contactIds,
  text: { zh: '到岗', en: '' },
});
const arm: Action = {
  type: 'device_command',
  deviceId: 'fence-controller',
  command: 'arm',
  params: { a: 1 },
};

test('cameras: shown by the run; those that the site does not have are left out, unless all are', async () => {
  expect(await run(show('cam-n07', 'gone'))).toEqual({ heard: ['confirmed'], reason: null });
  expect(await run(show('gone'))).toEqual({ heard: ['failed'], reason: 'effect.unknown_camera' });
  expect(await run(show('cam-n07'), null)).toEqual({ heard: ['failed'], reason: 'effect.no_run' });
});

test('a call-out is put before the guard and waits for a word', async () => {
  expect(await run(call('c-119', 'gone'))).toEqual({ heard: ['started'], reason: null });
  expect(await run(call('gone'))).toEqual({ heard: ['failed'], reason: 'effect.unknown_contact' });
});

test('a device command goes out under the key of the effect', async () => {
  expect(await run(arm)).toEqual({ heard: ['accepted', 'confirmed'], reason: null });
  expect(sent).toMatchObject([
    { deviceId: 'fence-controller', command: 'arm', params: { a: 1 }, idempotencyKey: `key-${count}` },
  ]);
});

test.each([
  [{ rung: 'failed', reason: 'jammed' }, 'jammed'],
  [{ rung: 'timeout', reason: 'accepted' }, 'effect.timeout'],
  [{ rung: 'timeout', reason: 'restart' }, 'effect.interrupted'],
  [{ rung: 'sent', reason: null }, 'effect.unconfirmed'],
  [{ rung: 'started', reason: null }, 'effect.unconfirmed'],
] as const)('a device command that ended as %o failed because of %s', async (ended, reason) => {
  receipt = ended;
  expect(await run(arm)).toEqual({ heard: ['accepted', 'failed'], reason });
});
