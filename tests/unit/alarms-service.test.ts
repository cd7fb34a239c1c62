import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm } from '#contract/alarms.contract.ts';
import { alarm as alarmSchema } from '#contract/alarms.contract.ts';
import { createAlarms, type Alarms } from '#features/alarms/alarms.service.ts';
import { watchInternalSources } from '#features/alarms/internal-sources.ts';
import { startOfDayMs } from '#domain/day-start.ts';
import { readAlarmPage } from '#features/alarms/alarm-reads.ts';
import { insertEvent } from '#features/ingest/events.store.ts';
import { migrations } from '#station/migrations/index.ts';
import type { EventsPort, StoredEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, LEADER, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

let folder: string;
let clock: TestClock;
let kernel: Kernel;
let alarms: Alarms;
let ids = 0;
const start = () => {
  kernel = openKernel(folder, clock, undefined, migrations);
  alarms = createAlarms(kernel.ports, {
    offersFor: ({ type, priority }) => (type.startsWith('fire') ? ['plan-fire', `plan-${priority}`] : []),
  });
};
const events: EventsPort = {
  record(tx, event) {
    const inserted = insertEvent(tx, {
      source: 'test', eventId: `e${(ids += 1)}`, severity: null, occurredAtMs: tx.nowMs, receivedAtMs: tx.nowMs,
      committedAtMs: tx.nowMs, seq: null, bootId: null, drill: false, clockSuspect: false, data: {}, ...event,
    }); // prettier-ignore
    if (inserted.kind !== 'stored') throw new Error('not stored');
    alarms.port.apply(tx, inserted.event);
    return inserted.event;
  },
};
const said = (state: 'raise' | 'clear' | 'info', more: Partial<StoredEvent> = {}) =>
  kernel.ports.write((tx) =>
    events.record(tx, { deviceId: 'smoke-3-2-01', type: 'fire.smoke', state, ...more } as never),
  );
const only = (): Alarm => {
  const open = alarms.port.open();
  expect(open).toHaveLength(1);
  return open[0]!;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-alarms-'));
  clock = new TestClock();
  start();
});
afterEach(async () => {
  await kernel.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('alarms of devices', () => {
  it('keep what is around them, with plans and the categories of the contract', () => {
    said('raise', { data: { value: 4 } });
    expect(alarmSchema.parse(only())).toMatchObject({
      deviceName: { zh: '3号楼2层烟感01' },
      placeId: 'b3-f2',
      placeName: { zh: '3号楼 2层' },
      level: 2,
      category: 'fire',
      priority: 1,
      planIds: ['plan-fire', 'plan-1'],
      data: { value: 4 },
    });
  });
  it('open the cameras of the device and of its perimeter zone', () => {
    said('raise', { deviceId: 'fence-n07', type: 'intrusion.fence' });
    expect(only()).toMatchObject({ cameraIds: ['cam-n07'], position: [108.37, 22.83], priority: 2 });
  });
  it('open, after those, the cameras that see the place, the best first', () => {
    const camera = kernel.ports.site.camera('cam-n07')!;
    const admin = {
      kind: 'account',
      id: 'admin',
      name: 'Admin',
      username: 'admin',
      role: 'system_admin',
    } as never;
    const add = (id: string, lng: number, lat: number, directionDegrees: number) =>
      kernel.site.put(admin, 'cameras', {
        ...camera,
        ...{ id, position: [lng, lat], directionDegrees, placeId: 'b3-f2' },
      } as never);
    // 40 m and 20 m south of the fence, looking north; one looking away; one too far
    add('cam-far', 108.37, 22.83 - 40 / 111_320, 0);
    add('cam-near', 108.37, 22.83 - 20 / 111_320, 0);
    add('cam-away', 108.37, 22.83 - 20 / 111_320, 180);
    add('cam-out', 108.37, 22.83 - 90 / 111_320, 0);
    said('raise', { deviceId: 'fence-n07', type: 'intrusion.fence' });
    expect(only().cameraIds).toEqual(['cam-n07', 'cam-near', 'cam-far']);
  });
  it('are one per device and type, and none for what is only recorded', () => {
    for (let n = 0; n < 5; n += 1) said('raise');
    said('info', { type: 'patrol.scan' });
    said('clear', { type: 'fire.heat' });
    expect(only()).toMatchObject({ count: 5, active: true });
    const made = kernel.ports.db.prepare('SELECT count(*) n FROM alarm_occurrence').get();
    expect(made).toEqual({ n: 5 });
  });
  it('never mix with those of a drill', () => {
    said('raise', { drill: true });
    said('raise');
    said('clear', { drill: true });
    const open = alarms.port.open();
    expect(open.map(({ drill, active }) => [drill, active])).toEqual([
      [true, false],
      [false, true],
    ]);
  });
  it('are not shown when the transaction fails', () => {
    expect(() =>
      kernel.ports.write((tx) => {
        events.record(tx, { deviceId: 'smoke-3-2-01', type: 'fire.smoke', state: 'raise' });
        throw new Error('disk');
      }),
    ).toThrow('disk');
    expect(alarms.port.open()).toEqual([]);
  });
  it('are one delta per commit, however many changed', async () => {
    const stop = new AbortController();
    const reader = alarms.live.follow(undefined, stop.signal);
    await reader.next();
    kernel.ports.write((tx) => {
      for (let n = 0; n < 50; n += 1)
        events.record(tx, { deviceId: `dev-${n % 25}`, type: 'gas.low', state: 'raise' });
    });
    const delta = (await reader.next()).value as { kind: string; upsert: Alarm[] };
    expect(delta.kind).toBe('delta');
    expect(delta.upsert.map(({ count }) => count)).toEqual(Array(25).fill(2));
    stop.abort();
    await reader.return(undefined);
  });
  it('follow the priorities that the park has set', () => {
    const site = kernel.ports.site.current();
    site.alarmPriorities = { 'fire.smoke': 2 };
    said('raise');
    expect(only().priority).toBe(2);
  });
  it('are the same after a restart', async () => {
    said('raise');
    said('raise', { deviceId: 'fence-n07', type: 'intrusion.fence' });
    alarms.acknowledge(GUARD, [alarms.port.open()[0]!.id]);
    said('clear');
    const before = alarms.port.open();
    await kernel.close();
    start();
    expect(alarms.port.open()).toEqual(before);
    said('raise');
    expect(alarms.port.open().find(({ deviceId }) => deviceId === 'smoke-3-2-01')).toMatchObject({
      count: 2,
      active: true,
      acknowledged: false,
    });
  });
});

describe('handling', () => {
  it('acknowledges each alarm once and puts it on the audit once', () => {
    said('raise');
    const { id } = only();
    expect(alarms.acknowledge(GUARD, [id])).toBe(1);
    expect(alarms.acknowledge(LEADER, [id])).toBe(0);
    expect(only()).toMatchObject({ acknowledged: true, acknowledgedBy: GUARD.name });
    expect(kernel.audited().map(({ action }) => action)).toEqual(['alarm.acknowledge']);
  });
  it('refuses an unknown alarm and leaves the others untouched', () => {
    said('raise');
    const { id } = only();
    expect(() => alarms.acknowledge(GUARD, [id, '00000000-0000-7000-8000-000000000000'])).toThrow(
      'alarm.unknown',
    );
    expect(only().acknowledged).toBe(false);
    expect(kernel.audited()).toEqual([]);
  });
  it('closes an active alarm only for who may force, and with a reason', () => {
    said('raise');
    const { id } = only();
    const close = (actor: typeof GUARD, comment: string) =>
      alarms.close(actor, id, { disposition: 'false', comment });
    expect(() => close(GUARD, 'steam')).toThrow('alarm.active_needs_force');
    expect(() => close(LEADER, '')).toThrow('alarm.comment_needed');
    close(LEADER, 'steam');
    expect(alarms.port.open()).toEqual([]);
    const closed = alarms.get(id);
    expect(closed).toMatchObject({
      workflow: 'closed',
      disposition: 'false',
      closedBy: LEADER.name,
      lastComment: 'steam',
    });
    expect(closed.log.map(({ kind }) => kind)).toEqual(['raised', 'acknowledged', 'comment', 'closed']);
    said('raise');
    expect(only().id).not.toBe(id);
  });
  it('keeps comments through every update of the device', () => {
    said('raise');
    alarms.comment(GUARD, only().id, '已派人');
    said('raise');
    said('clear');
    expect(only()).toMatchObject({ commentCount: 1, lastComment: '已派人' });
  });
  it('links a run', () => {
    said('raise');
    const { id } = only();
    kernel.ports.write((tx) => alarms.port.linkRun(tx, id, 'run-1', GUARD));
    expect(only()).toMatchObject({ runId: 'run-1', workflow: 'in_progress' });
  });
  it('pages closed and open ones, newest first', () => {
    for (let n = 0; n < 5; n += 1) {
      clock.advance(1000);
      said('raise', { deviceId: `dev-${n}`, type: 'gas.low' });
    }
    const page = (filter: object) => readAlarmPage(kernel.ports.db, { before: null, limit: 2, ...filter });
    const first = page({});
    expect(first.map(({ deviceId }) => deviceId)).toEqual(['dev-4', 'dev-3']);
    const before = first[1]!.id;
    expect(page({ before }).map(({ deviceId }) => deviceId)).toEqual(['dev-2', 'dev-1']);
    expect(page({ deviceId: 'dev-0', priority: 2, open: true })).toHaveLength(1);
    expect(page({ open: false })).toEqual([]);
    expect(page({ toMs: first[1]!.receivedAtMs - 1 }).map(({ deviceId }) => deviceId)).toEqual([
      'dev-2',
      'dev-1',
    ]);
  });
  it('has figures of real alarms only', () => {
    said('raise');
    said('raise', { drill: true, type: 'gas.low' });
    clock.advance(30_000);
    alarms.acknowledge(
      GUARD,
      alarms.port.open().map(({ id }) => id),
    );
    expect(alarms.figures()).toEqual({ meanAcknowledgeMs: 30_000, raisedLastTenMinutes: 1, raisedToday: 1 });
    clock.advance(11 * 60_000);
    expect(alarms.figures()).toMatchObject({ raisedLastTenMinutes: 0, raisedToday: 1 });
  });
});

describe('the handling record', () => {
  it('cannot be changed by a statement, and shows a change behind its back', () => {
    said('raise');
    alarms.comment(GUARD, only().id, 'a');
    alarms.comment(GUARD, only().id, 'b');
    const { db } = kernel.ports;
    expect(alarms.verify()).toEqual({ ok: true, checked: 3, problems: [] });
    expect(() => db.prepare("UPDATE alarm_log SET by = 'x'").run()).toThrow('append-only');
    expect(() => db.prepare('DELETE FROM alarm_log').run()).toThrow('append-only');
    expect(() => db.prepare('DELETE FROM alarm').run()).toThrow();
    alarms.start();
    clock.advance(600_000);
    expect(kernel.audited().at(-1)).toMatchObject({ action: 'records.seal', target: 'alarm' });
    db.exec('DROP TRIGGER alarm_log_no_update; DROP TRIGGER alarm_log_no_delete');
    db.prepare("UPDATE alarm_log SET by = 'x' WHERE seq = 2").run();
    expect(alarms.verify().problems).toEqual([{ chain: 'alarm', code: 'edited', seq: 2 }]);
    db.prepare('DELETE FROM alarm_log WHERE seq = 2').run();
    expect(alarms.verify().problems[0]).toEqual({ chain: 'alarm', code: 'missing', seq: 2 });
    db.prepare('DELETE FROM alarm_log WHERE seq >= 2').run();
    expect(alarms.verify().problems).toEqual([{ chain: 'alarm', code: 'cut_off', seq: 3 }]);
    alarms.stop();
  });
});

describe('what the station itself notices', () => {
  it('has one alarm per camera and zone, raised and cleared once', () => {
    const isActive = (deviceId: string, type: string) =>
      alarms.port.open().some((one) => one.deviceId === deviceId && one.type === type && one.active);
    const stop = watchInternalSources(kernel.ports, events, isActive);
    const { bus, db } = kernel.ports;
    const atMs = clock.nowMs();
    bus.emit('camera.back', { cameraId: 'cam-n07', atMs });
    for (let n = 0; n < 3; n += 1) bus.emit('camera.lost', { cameraId: 'cam-n07', reason: 'timeout', atMs });
    expect(only()).toMatchObject({
      type: 'video.lost',
      deviceName: { zh: 'N-07 北围界西' },
      data: { reason: 'timeout' },
      count: 1,
    });
    bus.emit('camera.back', { cameraId: 'cam-n07', atMs });
    expect(only().active).toBe(false);
    stop();
    bus.emit('camera.lost', { cameraId: 'cam-n07', reason: 'timeout', atMs });
    expect(db.prepare('SELECT count(*) n FROM event').get()).toEqual({ n: 2 });
  });
});

describe('start of the day', () => {
  it.each([
    ['2026-11-22T19:00:00Z', 'Asia/Shanghai', '2026-11-22T16:00:00Z'],
    ['2026-11-22T15:59:59.500Z', 'Asia/Shanghai', '2026-11-21T16:00:00Z'],
    ['2026-03-08T20:00:00Z', 'America/New_York', '2026-03-08T05:00:00Z'],
    ['2026-11-01T20:00:00Z', 'America/New_York', '2026-11-01T04:00:00Z'],
    ['2026-05-05T05:05:00Z', 'No/Where', '2026-05-05T00:00:00Z'],
  ])('%s in %s', (now, zone, expected) => {
    expect(new Date(startOfDayMs(Date.parse(now), zone)).toISOString()).toBe(
      new Date(expected).toISOString(),
    );
  });
});
