import { describe, expect, it } from 'vitest';
import type { CommandMessage } from '#contract/park-messages.ts';
import { DEVICE_KINDS } from '#contract/site.ts';
import { cameraPort, movedUrl } from '#features/demo/cameras.ts';
import { commandsOf } from '#features/demo/device-commands.ts';
import { MISHAPS, startMishaps } from '#features/demo/mishaps.ts';
import { GATEWAY_IDS, gatewayOf } from '#features/demo/park-link.ts';
import { random } from '#features/demo/random.ts';
import { startReadings } from '#features/demo/readings.ts';
import { startTraffic } from '#features/demo/traffic.ts';
import { startPatrols } from '#features/demo/walking.ts';
import { ALARM_TYPES } from '#domain/alarm-types.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { heardPark } from '#tests/fixtures/demo-park.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Monday 08:20 in the park. */
const RUSH_HOUR_MS = Date.UTC(2026, 10, 23, 0, 20);

function park(startMs?: number) {
  const clock = new TestClock(startMs);
  return { clock, ...heardPark(clock) };
}

describe('readings', () => {
  it('reach every device within fifteen seconds, then within its heartbeat, at a quiet rate', () => {
    const { clock, park: one, sent, site } = park();
    const stop = startReadings(one, clock, () => MINUTE_MS);
    clock.advance(15_000);
    expect(new Set(sent.map(({ deviceId }) => deviceId)).size).toBe(site.devices.length);
    const lastMs = new Map(site.devices.map(({ id }) => [id, clock.nowMs()]));
    let longest = 0;
    sent.length = 0;
    for (let i = 0; i < 3600; i += 1) {
      const from = sent.length;
      clock.advance(1000);
      for (const { deviceId } of sent.slice(from)) {
        longest = Math.max(longest, (clock.nowMs() - lastMs.get(deviceId)!) / 1000);
        lastMs.set(deviceId, clock.nowMs());
      }
    }
    expect(longest).toBeLessThan(Math.min(...site.devices.filter(({ kind }) => kind !== 'gateway').map(({ heartbeatSeconds }) => heartbeatSeconds))); // prettier-ignore
    const perSecond = sent.length / 3600;
    expect(perSecond).toBeGreaterThan(0.5);
    expect(perSecond).toBeLessThan(4);
    stop();
    sent.length = 0;
    clock.advance(MINUTE_MS);
    expect(sent).toEqual([]);
  });
});

describe('traffic', () => {
  const passes = (startMs: number, pace: number) => {
    const { clock, park: one, sent } = park(startMs);
    const stop = startTraffic(one, clock, random(1), { timezone: 'Asia/Shanghai', pace: () => pace });
    clock.advance(20 * MINUTE_MS);
    stop();
    return { count: sent.length, types: new Set(sent.map(({ body }) => body.type)), one };
  };
  it('is busy in the morning, quiet at night, and off at pace 0', () => {
    const morning = passes(RUSH_HOUR_MS, 1);
    const night = passes(Date.UTC(2026, 10, 22, 19), 1);
    expect(morning.types).toEqual(new Set(['access.pass', 'vehicle.pass']));
    expect(morning.count).toBeGreaterThan(100);
    expect(night.count).toBeLessThan(morning.count / 5);
    expect(passes(RUSH_HOUR_MS, 0).count).toBe(0);
  });
  it('counts who passed', () => {
    const { one } = passes(RUSH_HOUR_MS, 1);
    const turnstile = one.world.numbers(one.device('ts-e-1')!);
    expect(turnstile.passesIn).toBeGreaterThan(0);
  });
});

describe('patrols', () => {
  it('walk their routes in order, rest, and begin again', () => {
    const { clock, park: one, sent, site } = park();
    const stop = startPatrols(one, clock, random(1), site.patrolRoutes, () => 1);
    clock.advance(3 * HOUR_MS);
    stop();
    for (const route of site.patrolRoutes) {
      const mine = sent.filter(({ body }) => body.data.routeId === route.id);
      const scans = mine
        .filter(({ body }) => body.type === 'patrol.scan')
        .map(({ body }) => body.data.checkpointId);
      expect(scans.length).toBeGreaterThan(route.checkpointIds.length);
      expect(scans).toEqual(scans.map((_, i) => route.checkpointIds[i % route.checkpointIds.length]));
      expect(mine.map(({ body }) => body.type)).toContain('patrol.finished');
    }
  });
});

describe('mishaps', () => {
  it('happen at their rate, are over after a while, and are cleared at the end', () => {
    const { clock, park: one, sent } = park();
    const stop = startMishaps(one, clock, random(2), () => 30);
    clock.advance(4 * HOUR_MS);
    stop();
    const events = sent.filter(({ leaf }) => leaf === 'event').map(({ body }) => body);
    const raised = events.filter(({ state }) => state === 'raise');
    expect(raised.length).toBeGreaterThan(60);
    expect(raised.length).toBeLessThan(200);
    expect(events.filter(({ state }) => state === 'clear')).toHaveLength(raised.length);
    expect(raised.every(({ type }) => !ALARM_TYPES[type]!.info)).toBe(true);
  });
  it('stay away at rate 0', () => {
    const { clock, park: one, sent } = park();
    startMishaps(one, clock, random(2), () => 0);
    clock.advance(5 * HOUR_MS);
    expect(sent).toEqual([]);
  });
  it('name devices, points and types that exist', () => {
    const { park: one } = park();
    for (const { deviceId, type, shows = {} } of MISHAPS) {
      const keys = one.device(deviceId)!.points.map(({ key }) => key);
      expect(keys).toEqual(expect.arrayContaining(Object.keys(shows)));
      expect(Object.keys(ALARM_TYPES)).toContain(type);
    }
  });
});

describe('commands', () => {
  const send = (deviceId: string, name: string, params = {}, ageMs = 0) => {
    const { clock, park: one, sent } = park();
    const commands = commandsOf(one, clock);
    const at = clock.nowMs() - ageMs;
    const message: CommandMessage = { commandId: 'c-1', name, params, issuedAt: at, expiresAt: at + 10_000 };
    commands.take(deviceId, message);
    clock.advance(1000);
    const replies = sent.filter(({ leaf }) => leaf === 'reply').map(({ body }) => body);
    const states = () => sent.filter(({ leaf }) => leaf === 'state').map(({ body }) => body.values);
    return { clock, replies, states, sent };
  };
  it.each(['arm', 'disarm'])('%s is accepted, done, reported and confirmed', (name) => {
    const { replies, states } = send('fv-n1', name);
    expect(replies.map(({ result }) => result)).toEqual(['accepted', 'confirmed']);
    expect(states().at(-1)).toMatchObject({ armed: name === 'arm', alarm: false });
  });
  it('a door opens and falls shut again', () => {
    const { clock, states } = send('dr-b2-main', 'open');
    expect(states().at(-1)).toMatchObject({ open: true, locked: false });
    clock.advance(6000);
    expect(states().at(-1)).toMatchObject({ open: false, locked: true });
  });
  it('sets what it is asked for, within bounds', () => {
    expect(send('spk-north', 'set_volume', { volume: 35 }).replies.at(-1)).toMatchObject({
      result: 'confirmed',
    });
    expect(send('spk-north', 'set_volume', { volume: 900 }).replies).toMatchObject([
      { result: 'failed', reason: 'bad_volume' },
    ]);
    expect(send('ac-01', 'set', {}).replies).toMatchObject([{ result: 'failed', reason: 'bad_supply' }]);
  });
  it('refuses what the device does not take, and what came too late', () => {
    expect(send('sd-b1-f1-1', 'arm').replies).toMatchObject([
      { result: 'failed', reason: 'unknown_command' },
    ]);
    expect(send('fv-n1', 'explode').replies).toMatchObject([{ result: 'failed', reason: 'unknown_command' }]);
    expect(send('fv-n1', 'arm', {}, 20_000).replies).toMatchObject([{ result: 'failed', reason: 'expired' }]);
  });
  it('every command of the site is known', () => {
    const { site } = park();
    for (const device of site.devices) {
      for (const name of device.commands) {
        const params = { volume: 50, supply: 18 };
        expect([device.id, name, send(device.id, name, params).replies.at(-1)?.result]).toEqual([
          device.id,
          name,
          'confirmed',
        ]);
      }
    }
  });
});

describe('where things are', () => {
  it('every kind of device stands behind a gateway of the site', () => {
    const { site } = park();
    const gateways = site.devices.filter(({ kind }) => kind === 'gateway').map(({ id }) => id);
    expect([...GATEWAY_IDS].sort()).toEqual(gateways.sort());
    for (const kind of DEVICE_KINDS)
      if (kind !== 'gateway') expect(gateways).toContain(gatewayOf({ id: 'x', kind }));
  });
  it('camera addresses follow the port that was really taken', () => {
    const { site } = park();
    expect(cameraPort(site.cameras)).toBe(18_554);
    expect(movedUrl('rtsp://127.0.0.1:18554/n-07', 18_554, 40_001)).toBe('rtsp://127.0.0.1:40001/n-07');
    expect(movedUrl('rtsp://10.1.1.9:554/live', 18_554, 40_001)).toBe('rtsp://10.1.1.9:554/live');
    expect(movedUrl('rtsp://127.0.0.1:8554/own', 18_554, 40_001)).toBe('rtsp://127.0.0.1:8554/own');
    expect(movedUrl('rtsp://127.0.0.1:18554/n-07', 18_554, undefined)).toBe('rtsp://127.0.0.1:18554/n-07');
  });
});
