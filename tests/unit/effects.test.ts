import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { action, type Action } from '#contract/plan.ts';
import { createEffects } from '#features/effects/effects.service.ts';
import { fail } from '#station/errors.ts';
import {
  STATION_ACTOR,
  type EffectExecutor,
  type EffectReceipt,
  type EffectRequest,
} from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, openKernel, VIEWER, type Kernel } from '#tests/fixtures/response-kernel.ts';

/** One of each type. The record's keys make the compiler ask for the next one. */
const ACTIONS: Record<Action['type'], Action> = {
  show_cameras: { type: 'show_cameras', cameraIds: ['cam-n07'] },
  announce: {
    type: 'announce',
    zoneIds: ['bz-north'],
    source: { kind: 'speech', text: '请离开' },
    class: 'emergency_recorded',
    repeat: 1,
  },
  device_command: { type: 'device_command', deviceId: 'fence-controller', command: 'arm', params: {} },
  notify: { type: 'notify', contactIds: ['c-119'], text: { zh: '到岗', en: '' } },
};
const TYPES = action.options.map((option) => option.shape.type.value);

let folder: string;
let clock: TestClock;
let kernel: Kernel;
let calls: EffectRequest[];
let runs: Record<string, boolean>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-effects-'));
  clock = new TestClock();
  calls = [];
  runs = { real: false, drill: true };
  kernel = openKernel(folder, clock);
});
afterEach(async () => {
  await kernel.close();
  rmSync(folder, { recursive: true, force: true });
});

const confirmed: EffectExecutor = async (request, progress) => {
  calls.push(request);
  progress({ rung: 'accepted', reason: null });
  return { rung: 'confirmed', reason: null };
};
function gate(executor: EffectExecutor = confirmed, afterRestart: 'repeat' | 'fail' = 'fail') {
  const effects = createEffects(kernel.ports, {
    isDrillRun: (id) => runs[id],
    isDrillAlarm: (id) => id === 'played',
  });
  for (const type of TYPES) effects.register(type, executor as never, { timeoutMs: 10_000, afterRestart });
  return effects;
}
const request = (type: Action['type'], rest: Partial<EffectRequest> = {}): EffectRequest => ({
  action: ACTIONS[type],
  idempotencyKey: 'real:step',
  drill: false,
  runId: 'real',
  alarmId: null,
  actor: STATION_ACTOR,
  ...rest,
});
const rungs = (key = 'real:step') =>
  kernel.ports.db
    .prepare("SELECT rung FROM effect_receipt WHERE key = ? AND rung <> 'handed' ORDER BY id")
    .pluck()
    .all(key);

describe('a drill touches nothing', () => {
  test.each(TYPES)('%s: recorded as simulated, no executor called', async (type) => {
    const heard: EffectReceipt[] = [];
    const effects = gate();
    const drill = { drill: true, runId: 'drill', idempotencyKey: 'k' };
    expect(await effects.execute(request(type, drill), (receipt) => heard.push(receipt))).toEqual({
      rung: 'simulated',
      reason: null,
    });
    expect(heard).toEqual([{ rung: 'simulated', reason: null }]);
    expect(calls).toEqual([]);
    expect(rungs('k')).toEqual(['simulated']);
    expect(kernel.ports.db.prepare('SELECT type, drill FROM effect').all()).toEqual([{ type, drill: 1 }]);
  });
  test.each(TYPES)('%s: whoever says so, the run, the alarm or the request', async (type) => {
    const effects = gate();
    const simulated = { rung: 'simulated' };
    expect(await effects.execute(request(type, { idempotencyKey: 'a', drill: true }))).toMatchObject(
      simulated,
    );
    expect(await effects.execute(request(type, { idempotencyKey: 'b', runId: 'drill' }))).toMatchObject(
      simulated,
    );
    expect(await effects.execute(request(type, { idempotencyKey: 'c', alarmId: 'played' }))).toMatchObject(
      simulated,
    );
    expect(calls).toEqual([]);
  });
  test('not even when the key is used again without the word', async () => {
    await gate().execute(request('announce', { drill: true }));
    expect(await gate().execute(request('announce'))).toMatchObject({ rung: 'simulated' });
    expect(calls).toEqual([]);
  });
});

describe('denied by default', () => {
  test.each(TYPES)('%s without an executor', async (type) => {
    const bare = createEffects(kernel.ports, { isDrillRun: () => false, isDrillAlarm: () => false });
    expect(await bare.execute(request(type))).toEqual({ rung: 'failed', reason: 'effect.no_executor' });
  });
  test('an unknown type, a run that does not exist', async () => {
    const odd = { type: 'open_everything' } as unknown as Action;
    expect(await gate().execute(request('notify', { action: odd }))).toMatchObject({
      reason: 'effect.invalid',
    });
    expect(await gate().execute(request('notify', { runId: 'none' }))).toMatchObject({
      reason: 'effect.unknown_run',
    });
    expect(calls).toEqual([]);
  });
  test('outside of a run by the permission of who asks; the station itself has none', async () => {
    const effects = gate();
    const ask = (type: Action['type'], actor: EffectRequest['actor']) =>
      effects.execute(request(type, { runId: null, actor, idempotencyKey: `${type} ${actor.name}` }));
    expect(await ask('device_command', GUARD)).toMatchObject({ rung: 'confirmed' });
    expect(await ask('device_command', VIEWER)).toMatchObject({ reason: 'effect.denied' });
    expect(await ask('announce', GUARD)).toMatchObject({ reason: 'effect.denied' });
    expect(await ask('show_cameras', VIEWER)).toMatchObject({ rung: 'confirmed' });
    expect(await ask('show_cameras', STATION_ACTOR)).toMatchObject({ reason: 'effect.denied' });
  });
});

describe('once', () => {
  test('per key, also when asked twice at the same time and by another start of the station', async () => {
    const effects = gate();
    const both = await Promise.all([
      effects.execute(request('announce')),
      effects.execute(request('announce')),
    ]);
    expect(both.map(({ rung }) => rung)).toEqual(['confirmed', 'confirmed']);
    expect(await gate().execute(request('announce'))).toMatchObject({ rung: 'confirmed' });
    expect(calls).toHaveLength(1);
    expect(rungs()).toEqual(['accepted', 'confirmed']);
  });
  test('a key belongs to one action', async () => {
    const effects = gate();
    await effects.execute(request('announce'));
    expect(await effects.execute(request('notify'))).toEqual({ rung: 'failed', reason: 'effect.key_reused' });
    expect(rungs()).toEqual(['accepted', 'confirmed']);
  });
  test('killed after it was handed over: repeated where that does no harm, else left to a person', async () => {
    const never: EffectExecutor = (one) => {
      calls.push(one);
      return new Promise(() => undefined);
    };
    void gate(never).execute(request('device_command'));
    void gate(never, 'repeat').execute(request('announce', { idempotencyKey: 'real:say' }));
    await Promise.resolve();
    expect(calls).toHaveLength(2);
    expect(await gate().execute(request('device_command'))).toEqual({
      rung: 'failed',
      reason: 'effect.interrupted',
    });
    expect(calls).toHaveLength(2);
    const again = gate(confirmed, 'repeat').execute(request('announce', { idempotencyKey: 'real:say' }));
    expect(await again).toMatchObject({ rung: 'confirmed' });
    expect(calls).toHaveLength(3);
  });
});

describe('receipts', () => {
  test('an executor that throws is a failure with its reason', async () => {
    const refusing = gate(() => fail('NOT_FOUND', 'effect.unknown_camera'));
    expect(await refusing.execute(request('show_cameras'))).toEqual({
      rung: 'failed',
      reason: 'effect.unknown_camera',
    });
    const broken = gate(() => Promise.reject(new Error('inner workings')));
    expect(await broken.execute(request('show_cameras', { idempotencyKey: 'x' }))).toMatchObject({
      reason: 'effect.error',
    });
  });
  test('silence is a failure after the time-out, and what comes later changes nothing', async () => {
    let late: (receipt: EffectReceipt) => void = () => undefined;
    const slow = gate((_one, progress) => {
      late = progress;
      return new Promise(() => undefined);
    });
    const answer = slow.execute(request('announce'));
    await Promise.resolve();
    clock.advance(10_000);
    expect(await answer).toEqual({ rung: 'failed', reason: 'effect.timeout' });
    late({ rung: 'ended', reason: null });
    expect(rungs()).toEqual(['failed']);
  });
  test('an effect that claims to be over without an end is not believed', async () => {
    const vague = gate(async () => ({ rung: 'accepted', reason: null }));
    expect(await vague.execute(request('device_command'))).toMatchObject({ reason: 'effect.unconfirmed' });
  });
  test('a call-out stays open until a person confirms it', async () => {
    const shown = gate(async () => ({ rung: 'started', reason: null }));
    expect(await shown.execute(request('notify'))).toMatchObject({ rung: 'started' });
    kernel.ports.write((tx) => shown.confirm(tx, 'real:step', GUARD));
    kernel.ports.write((tx) => shown.confirm(tx, 'real:step', GUARD));
    expect(rungs()).toEqual(['started', 'confirmed']);
    expect(await shown.execute(request('notify'))).toMatchObject({ rung: 'confirmed' });
  });
  test('cannot be rewritten', async () => {
    await gate().execute(request('announce'));
    expect(() => kernel.ports.db.exec("UPDATE effect_receipt SET rung = 'failed'")).toThrow(/append-only/);
    expect(() => kernel.ports.db.exec('DELETE FROM effect_receipt')).toThrow(/append-only/);
  });
});
