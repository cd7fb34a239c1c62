import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { CommandReceipt } from '#contract/devices.contract.ts';
import { createPerimeter, type PerimeterService } from '#features/perimeter/perimeter.service.ts';
import type { DevicesPort, StationEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';
import { FENCE_ALARM } from '#tests/fixtures/response-station.ts';

/** The small site's north zone: detector fence-n07, controller fence-controller. */
let folder: string;
let clock: TestClock;
let kernel: Kernel;
let perimeter: PerimeterService;
let values: Record<string, Record<string, unknown>>;
let away: Set<string>;
let open: Alarm[];
let recorded: StationEvent[];
let commands: Parameters<DevicesPort['command']>[0][];
let answer: () => Promise<CommandReceipt>;

const receipt = (rung: CommandReceipt['rung']): CommandReceipt => ({
  commandId: '0197f000-0000-7000-8000-0000000000aa',
  rung,
  reason: null,
});
function start() {
  kernel = openKernel(folder, clock);
  perimeter = createPerimeter(kernel.ports, {
    devices: {
      availability: (id) => (away.has(id) ? 'offline' : 'online'),
      value: (id, key) =>
        values[id]?.[key] === undefined ? undefined : { value: values[id][key], atMs: clock.nowMs() },
      command: (input) => {
        commands.push(input);
        return answer();
      },
    },
    alarms: { open: () => open },
    events: {
      record(_tx, event) {
        recorded.push(event);
        return undefined as never;
      },
    },
  });
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-perimeter-'));
  clock = new TestClock();
  values = { 'fence-controller': { armed: true }, 'fence-n07': { alarm: false } };
  away = new Set();
  open = [];
  recorded = [];
  commands = [];
  answer = async () => receipt('confirmed');
  start();
});
const stop = async () => {
  perimeter.stop();
  await kernel.close();
};
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const report = (deviceId: string, state: Record<string, boolean>) => {
  values[deviceId] = { ...values[deviceId], ...state };
  kernel.ports.bus.emit('park.values', { deviceId, leaf: 'state', values: state, atMs: clock.nowMs() });
};
const zone = () => perimeter.live.get('zone-north');

test('follows states, availability and alarms, and says since when', () => {
  expect(zone()).toMatchObject({ armed: true, condition: 'armed', causeIds: [] });
  clock.advance(1000);
  report('fence-n07', { fault: true });
  expect(zone()).toEqual({
    id: 'zone-north',
    armed: true,
    condition: 'fault',
    causeIds: ['fence-n07'],
    sinceMs: clock.nowMs(),
  });
  open = [FENCE_ALARM];
  kernel.ports.bus.emit('alarm.changed', FENCE_ALARM);
  expect(zone()).toMatchObject({ condition: 'alarm', causeIds: ['fence-n07'] });
  away.add('fence-controller');
  kernel.ports.bus.emit('device.availability', {
    deviceId: 'fence-controller',
    availability: 'offline',
    atMs: clock.nowMs(),
  });
  expect(zone()).toMatchObject({ condition: 'offline', causeIds: ['fence-controller'] });
});

test('an alarm that is over, or played in a drill, is not the condition', () => {
  open = [
    { ...FENCE_ALARM, active: false },
    { ...FENCE_ALARM, drill: true },
  ];
  kernel.ports.bus.emit('alarm.changed', FENCE_ALARM);
  expect(zone()?.condition).toBe('armed');
});

test('arming goes through the controller, is audited, and its effect is credited to who asked', async () => {
  await perimeter.arm(GUARD, { zoneId: 'zone-north', armed: false, reason: '检修' });
  expect(commands).toMatchObject([
    { deviceId: 'fence-controller', command: 'disarm', params: { zoneId: 'zone-north' }, actor: GUARD },
  ]);
  expect(recorded).toEqual([]);
  report('fence-controller', { armed: false });
  expect(zone()).toMatchObject({ armed: false, condition: 'disarmed' });
  expect(recorded).toEqual([
    {
      deviceId: 'fence-controller',
      type: 'perimeter.disarmed',
      state: 'info',
      data: { zoneId: 'zone-north', by: GUARD.name },
    },
  ]);
  expect(kernel.audited().map(({ action, target }) => `${action} ${target}`)).toEqual([
    'perimeter.disarm zone-north',
    'perimeter.receipt zone-north',
  ]);
});

test('a keypad in the park is nobody of ours, also when a command of long ago asked for the same', async () => {
  await perimeter.arm(GUARD, { zoneId: 'zone-north', armed: false, reason: '' });
  clock.advance(121_000);
  report('fence-controller', { armed: false });
  expect(recorded[0]?.data).toEqual({ zoneId: 'zone-north', by: null });
});

test('a refusal of the controller is handed on, and an unknown zone is refused', async () => {
  answer = () => Promise.reject(new Error('no link'));
  const ask = (zoneId: string) => perimeter.arm(GUARD, { zoneId, armed: false, reason: '' });
  await expect(ask('zone-north')).rejects.toThrow('no link');
  await expect(ask('zone-west')).rejects.toThrow(/perimeter.unknown_zone/);
  report('fence-controller', { armed: false });
  expect(recorded[0]?.data).toEqual({ zoneId: 'zone-north', by: null });
});

test('a restart invents no change and remembers since when', async () => {
  report('fence-n07', { tamper: true });
  const before = zone();
  await stop();
  clock.advance(60_000);
  recorded = [];
  start();
  expect(zone()).toEqual(before);
  expect(recorded).toEqual([]);
});
