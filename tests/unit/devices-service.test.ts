import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandMessage, type CommandMessage } from '#contract/park-messages.ts';
import { createDevices, type Devices } from '#features/devices/devices.service.ts';
import { pruneTelemetry, readHistory } from '#features/devices/telemetry.store.ts';
import { migrations } from '#station/migrations/index.ts';
import type { StationEvent, StoredEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

let folder: string;
let clock: TestClock;
let kernel: Kernel;
let devices: Devices;
let recorded: StationEvent[];
let published: { topic: string; message: CommandMessage; expirySeconds?: number }[];
let publish: () => Promise<void>;
const start = () => {
  kernel = openKernel(folder, clock, undefined, migrations);
  recorded = [];
  published = [];
  publish = () => Promise.resolve();
  devices = createDevices(kernel.ports, {
    events: { record: (_tx, event) => (recorded.push(event), {} as StoredEvent) },
    publisher: {
      publish(topic, payload, options) {
        published.push({ topic, message: commandMessage.parse(JSON.parse(payload)), ...options });
        return publish();
      },
    },
  });
  devices.start();
};
const stop = async () => {
  devices.stop();
  await kernel.close();
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-devices-'));
  clock = new TestClock();
  start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});
const seen = (id: string) => kernel.ports.write((tx) => devices.port.applySeen(tx, id, clock.nowMs(), 0));
const values = (
  id: string,
  of: Record<string, number | string | boolean | null>,
  occurredAt = clock.nowMs(),
) =>
  kernel.ports.write((tx) =>
    devices.port.applyValues(tx, id, 'telemetry', { occurredAt, values: of }, clock.nowMs()),
  );
const say = (id: string, state: 'online' | 'offline', sessionId?: string) =>
  kernel.ports.write((tx) =>
    devices.port.applyAvailability(tx, id, { state, sessionId }, clock.nowMs(), false),
  );
const settle = () => new Promise<void>((done) => setImmediate(done));

describe('values', () => {
  it('keep the newest, also over a restart; a late one goes to the history only', async () => {
    values('meter-1', { power: 100, mode: 'auto' });
    values('meter-1', { power: 50 }, clock.nowMs() - 60_000);
    const last = { value: 100, atMs: clock.nowMs() };
    expect(devices.port.value('meter-1', 'power')).toEqual(last);
    await stop();
    start();
    expect(devices.port.value('meter-1', 'power')).toEqual(last);
    expect(devices.port.value('meter-1', 'mode')?.value).toBe('auto');
    const span = { fromMs: clock.nowMs() - 3_600_000, toMs: clock.nowMs() + 1, maxPoints: 100 };
    const history = readHistory(kernel.ports.db, { deviceId: 'meter-1', key: 'power', ...span });
    expect(history.map(({ value }) => value)).toEqual([50, 100]);
  });
  it('go to consoles together, a little later', async () => {
    const end = new AbortController();
    const reader = devices.live.follow(undefined, end.signal);
    const first = (await reader.next()).value as { items: unknown[] };
    expect(first.items).toHaveLength(5);
    for (let n = 0; n < 100; n += 1) values('meter-1', { power: n });
    clock.advance(200);
    expect((await reader.next()).value).toMatchObject({
      kind: 'delta',
      seq: 2,
      upsert: [{ id: 'meter-1', values: { power: { value: 99 } } }],
    });
    end.abort();
    await reader.return(undefined);
  });
  it('are told on the bus after the commit, and not when it fails', () => {
    const told: string[] = [];
    kernel.ports.bus.on('park.values', ({ deviceId }) => told.push(deviceId));
    values('meter-1', { power: 1 });
    expect(() =>
      kernel.ports.write((tx) => {
        devices.port.applyValues(
          tx,
          'meter-1',
          'state',
          { occurredAt: 0, values: { power: 2 } },
          clock.nowMs(),
        );
        throw new Error('full');
      }),
    ).toThrow('full');
    expect(told).toEqual(['meter-1']);
    expect(devices.port.value('meter-1', 'power')?.value).toBe(1);
  });
});

describe('history', () => {
  const T = Date.UTC(2026, 0, 1);
  const read = (maxPoints: number, hours = 1) =>
    readHistory(kernel.ports.db, {
      deviceId: 'meter-1',
      key: 'power',
      fromMs: T,
      toMs: T + hours * 3_600_000,
      maxPoints,
    });
  it('is cut into parts with mean, least and greatest', () => {
    clock = new TestClock(T + 3_600_000);
    kernel.ports.write((tx) => {
      for (let n = 0; n < 3600; n += 1)
        devices.port.applyValues(
          tx,
          'meter-1',
          'telemetry',
          { occurredAt: T + n * 1000, values: { power: n } },
          T + 3_600_000,
        );
    });
    const parts = read(10);
    expect(parts).toHaveLength(10);
    expect(parts[0]).toEqual({ atMs: T + 179_500, value: 179.5, min: 0, max: 359 });
    expect(parts[9]).toMatchObject({ min: 3240, max: 3599 });
    expect(read(5000)).toHaveLength(3600);
    expect(
      readHistory(kernel.ports.db, { deviceId: 'meter-1', key: 'none', fromMs: 0, toMs: 1, maxPoints: 10 }),
    ).toEqual([]);
  });
  it('shows a hole where nothing was measured', () => {
    kernel.ports.write((tx) => {
      for (const minute of [0, 1, 2, 40, 41])
        devices.port.applyValues(
          tx,
          'meter-1',
          'telemetry',
          { occurredAt: T + minute * 60_000, values: { power: 1, on: true } },
          T + 3_600_000,
        );
    });
    expect(read(500).map(({ value }) => value)).toEqual([1, 1, 1, null, 1, 1]);
  });
  it('is pruned oldest first, in slices', () => {
    kernel.ports.write((tx) => {
      for (let n = 0; n < 100; n += 1)
        devices.port.applyValues(
          tx,
          'meter-1',
          'telemetry',
          { occurredAt: T + n, values: { a: n, b: n } },
          T + 1000,
        );
    });
    const { db } = kernel.ports;
    expect(pruneTelemetry(db, T + 50, 70)).toBe(70);
    expect(pruneTelemetry(db, T + 50, 70)).toBe(30);
    expect(pruneTelemetry(db, T + 50, 70)).toBe(0);
    expect(db.prepare('SELECT count(*) n, min(at_ms) least FROM telemetry').get()).toEqual({
      n: 100,
      least: T + 50,
    });
  });
  it('past its time is deleted by the hour, on the audit', () => {
    values('meter-1', { power: 1 });
    clock.advance(91 * 86_400_000);
    expect(kernel.ports.db.prepare('SELECT count(*) n FROM telemetry').get()).toEqual({ n: 0 });
    expect(kernel.audited().map(({ action }) => action)).toEqual(['telemetry.prune']);
  });
});

describe('presence', () => {
  const of = (id: string) => devices.port.availability(id);
  it('is lost by silence, whatever the wall clock does, and found by any message', () => {
    expect(of('fence-n07')).toBe('unknown');
    seen('fence-n07');
    expect(of('fence-n07')).toBe('online');
    clock.advance(50_000);
    clock.jump(3_600_000);
    expect(of('fence-n07')).toBe('online');
    seen('fence-n07');
    clock.advance(59_000);
    expect(of('fence-n07')).toBe('online');
    clock.advance(2_000);
    expect(of('fence-n07')).toBe('offline');
    clock.jump(-7_200_000);
    seen('fence-n07');
    expect(of('fence-n07')).toBe('online');
  });
  it('makes an alarm after the grace time, and ends it', () => {
    seen('fence-n07');
    clock.advance(60_000);
    expect(recorded).toEqual([]);
    clock.advance(60_000);
    expect(recorded).toEqual([
      { deviceId: 'fence-n07', type: 'device.offline', state: 'raise', data: { reason: 'heartbeat' } },
    ]);
    clock.advance(600_000);
    seen('fence-n07');
    expect(recorded.map(({ state }) => state)).toEqual(['raise', 'clear']);
  });
  it('makes none for a device that comes back in time; a higher one for a gateway', () => {
    say('fence-controller', 'online', 's');
    say('fence-controller', 'offline', 's');
    clock.advance(59_000);
    say('fence-controller', 'online', 's2');
    clock.advance(600_000);
    expect(recorded.filter(({ deviceId }) => deviceId === 'fence-controller')).toEqual([]);
    say('fence-controller', 'offline', 's2');
    clock.advance(60_000);
    expect(recorded.at(-1)).toMatchObject({
      deviceId: 'fence-controller',
      severity: 2,
      data: { reason: 'will' },
    });
  });
  it('keeps waiting and keeps its alarm over a restart', async () => {
    say('smoke-3-2-01', 'offline');
    seen('fence-n07');
    clock.advance(30_000);
    await stop();
    start();
    expect(of('smoke-3-2-01')).toBe('offline');
    clock.advance(60_000);
    expect(recorded.map(({ deviceId }) => deviceId)).toEqual(['smoke-3-2-01']);
    clock.advance(60_000);
    // silent since before the restart: a whole period after it
    expect(recorded.map(({ deviceId }) => deviceId)).toEqual(['smoke-3-2-01', 'fence-n07']);
    await stop();
    start();
    clock.advance(600_000);
    expect(recorded).toEqual([]);
    seen('smoke-3-2-01');
    expect(recorded).toEqual([{ deviceId: 'smoke-3-2-01', type: 'device.offline', state: 'clear' }]);
  });
  it('does not blame devices for a broker that is away', () => {
    seen('fence-n07');
    devices.linkChanged(false);
    clock.advance(600_000);
    expect(of('fence-n07')).toBe('online');
    devices.linkChanged(true);
    clock.advance(59_000);
    expect(of('fence-n07')).toBe('online');
    clock.advance(2_000);
    expect(of('fence-n07')).toBe('offline');
  });
  it('is not found again by a message that was received before the will', () => {
    const earlier = clock.nowMs();
    clock.advance(10);
    kernel.ports.write((tx) => {
      devices.port.applyAvailability(tx, 'smoke-3-2-01', { state: 'offline' }, clock.nowMs(), false);
      devices.port.applySeen(tx, 'smoke-3-2-01', earlier, 0);
    });
    expect(of('smoke-3-2-01')).toBe('offline');
  });
  it('follows the site: a device that is taken out leaves nothing waiting', () => {
    seen('fence-n07');
    clock.advance(120_000);
    const site = kernel.ports.site.current();
    site.devices = site.devices.filter(({ id }) => id !== 'fence-n07');
    kernel.ports.bus.emit('site.changed', { revision: 2 });
    expect(recorded.map(({ state }) => state)).toEqual(['raise', 'clear']);
    devices.stop();
    expect(devices.live.values().map(({ id }) => id)).not.toContain('fence-n07');
  });
});

describe('commands', () => {
  const arm = (idempotencyKey = 'key-12345') =>
    devices.command(GUARD, {
      deviceId: 'fence-controller',
      command: 'arm',
      params: { zone: 1 },
      idempotencyKey,
    });
  const reply = (
    result: 'accepted' | 'started' | 'confirmed' | 'failed',
    deviceId = 'fence-controller',
    reason?: string,
  ) =>
    kernel.ports.write((tx) =>
      devices.port.applyReply(
        tx,
        deviceId,
        { commandId: published.at(-1)!.message.commandId, result, reason },
        clock.nowMs(),
      ),
    );
  const rungs = () =>
    (
      kernel.ports.db.prepare('SELECT rung FROM device_command_receipt ORDER BY seq').all() as {
        rung: string;
      }[]
    ).map(({ rung }) => rung);

  it('go out once, with an end, and are answered by the reply', async () => {
    const answer = arm();
    const same = arm();
    await settle();
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({
      topic: 'guardroom/v1/test/fence-controller/command',
      expirySeconds: 10,
      message: {
        name: 'arm',
        params: { zone: 1 },
        issuedAt: clock.nowMs(),
        expiresAt: clock.nowMs() + 10_000,
      },
    });
    reply('accepted');
    reply('accepted');
    reply('confirmed');
    reply('started');
    expect(await answer).toMatchObject({ rung: 'confirmed', reason: null });
    expect(await same).toEqual(await answer);
    expect(await arm()).toEqual(await answer);
    expect(rungs()).toEqual(['sent', 'accepted', 'confirmed']);
    expect(kernel.audited().map(({ action, target }) => [action, target])).toEqual([
      ['device.command', 'fence-controller'],
    ]);
  });
  it('end after their time, with the last rung as reason; a later reply is still noted', async () => {
    const answer = arm();
    await settle();
    reply('started');
    clock.advance(10_000);
    expect(await answer).toMatchObject({ rung: 'timeout', reason: 'started' });
    reply('confirmed');
    expect(rungs()).toEqual(['sent', 'started', 'timeout', 'confirmed']);
  });
  it('fail when the broker is away', async () => {
    publish = () => Promise.reject(Object.assign(new Error('away'), { code: 'mqtt.offline' }));
    expect(await arm()).toMatchObject({ rung: 'failed', reason: 'mqtt.offline' });
  });
  it('do not believe another device', async () => {
    const answer = arm();
    await settle();
    reply('confirmed', 'meter-1');
    reply('failed', 'fence-controller', 'jammed');
    expect(await answer).toMatchObject({ rung: 'failed', reason: 'jammed' });
  });
  it('are refused for unknown devices and commands, before anything is written', () => {
    const send = (deviceId: string, command: string) => () =>
      devices.command(GUARD, { deviceId, command, params: {} });
    expect(send('nobody', 'arm')).toThrow('device.unknown');
    expect(send('fence-controller', 'explode')).toThrow('device.command_unknown');
    expect(kernel.ports.db.prepare('SELECT count(*) n FROM device_command').get()).toEqual({ n: 0 });
  });
  it('are never sent again after a restart', async () => {
    const answer = arm();
    await settle();
    await stop();
    expect(await answer).toMatchObject({ rung: 'timeout', reason: 'station.stopping' });
    start();
    expect(published).toEqual([]);
    expect(rungs()).toEqual(['sent', 'timeout']);
  });
});
