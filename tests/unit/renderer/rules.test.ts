import { describe, expect, it } from 'vitest';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { Camera } from '#contract/site.ts';
import { byUrgency, groupOf, hottest } from '#api/alarm-order.ts';
import { ApiError, toApiError } from '#api/errors.ts';
import { methodAt } from '#api/methods.ts';
import { ORPCError } from '@orpc/client';
import { alarmState } from '#ui/alarm/state.ts';
import { keyName } from '#ui/keys.ts';
import { bytesText, formatsOf, spanText } from '#ui/time-format.ts';
import { setupProblems } from '#app/gate/setup-rules.ts';
import { healthOrder } from '#app/layout/health-order.ts';
import { matches, NO_FILTER } from '../../../renderer/features/alarms/filter.ts';
import { pointText } from '../../../renderer/features/overview/point-text.ts';
import { stripCameras } from '../../../renderer/features/overview/strip-rules.ts';

const alarm = (more: Partial<Alarm>) =>
  ({ id: 'a', priority: 3, acknowledged: false, active: true, drill: false, workflow: 'new', category: 'fire', lastOccurredAtMs: 0, ...more }) as Alarm; // prettier-ignore

describe('alarm order', () => {
  it('is by priority, then unacknowledged, then newest', () => {
    const list = [
      alarm({ id: 'old', lastOccurredAtMs: 1 }),
      alarm({ id: 'seen', acknowledged: true, lastOccurredAtMs: 9 }),
      alarm({ id: 'new', lastOccurredAtMs: 2 }),
      alarm({ id: 'top', priority: 1, acknowledged: true }),
    ];
    expect(list.sort(byUrgency).map((one) => one.id)).toEqual(['top', 'new', 'old', 'seen']);
  });
  it('takes the hottest from what waits, and a drill only when nothing real does', () => {
    const drill = alarm({ id: 'drill', priority: 1, drill: true });
    const real = alarm({ id: 'real', priority: 4 });
    expect(hottest([drill, real, alarm({ id: 'seen', priority: 1, acknowledged: true })])?.id).toBe('real');
    expect(hottest([drill])?.id).toBe('drill');
    expect(hottest([alarm({ acknowledged: true })])).toBeNull();
  });
  it('groups by workflow', () => {
    expect([
      groupOf({ workflow: 'new' }),
      groupOf({ workflow: 'in_progress' }),
      groupOf({ workflow: 'on_hold' }),
    ]).toEqual(['unhandled', 'handling', 'held']);
    expect(groupOf({ workflow: 'resolved' })).toBe('handling');
  });
  it('says that a returned alarm still waits', () => {
    expect(alarmState(alarm({ active: false }))).toBe('returned_unacknowledged');
    expect(alarmState(alarm({ active: false, acknowledged: true }))).toBe('returned');
    expect(alarmState(alarm({ acknowledged: true, workflow: 'on_hold' }))).toBe('held');
  });
});

describe('errors', () => {
  it('keep code, reason and parameters of the station', () => {
    const error = new ORPCError('CONFLICT', { data: { reason: 'alarm.closed', params: { id: 'x' } } });
    expect(toApiError(error)).toMatchObject({
      code: 'CONFLICT',
      reason: 'alarm.closed',
      params: { id: 'x' },
    });
  });
  it('name the field that the input check refused', () => {
    const data = { reason: 'input', params: { issues: [{ path: 'zoneIds.0', message: 'no' }] } };
    expect(toApiError(new ORPCError('INVALID', { data }))).toMatchObject({
      reason: 'input',
      params: { path: 'zoneIds.0' },
    });
  });
  it('give a reason to what the station did not word', () => {
    expect(toApiError(new Error('boom')).reason).toBe('internal');
    expect(toApiError(new ORPCError('NOT_FOUND')).reason).toBe('method');
    const own = new ApiError('UNAVAILABLE', 'link.lost');
    expect(toApiError(own)).toBe(own);
  });
});

describe('methods', () => {
  it('knows which commands may be repeated under a key, and which methods never end', () => {
    expect(methodAt(['alarms', 'acknowledge'])).toMatchObject({ mutates: true, keyed: true, live: false });
    expect(methodAt(['auth', 'signIn'])).toMatchObject({ mutates: true, keyed: false });
    expect(methodAt(['alarms', 'live'])).toMatchObject({ mutates: false, live: true });
    expect(() => methodAt(['alarms', 'nothing'])).toThrow(/alarms\.nothing/);
  });
});

describe('words of time and size', () => {
  it('uses the park clock, not the machine clock', () => {
    const at = Date.UTC(2026, 10, 21, 19, 17, 42);
    const shanghai = formatsOf('Asia/Shanghai', 'zh');
    expect(shanghai.dateTime(at)).toBe('2026-11-22 03:17:42');
    expect(shanghai.short(at, at + 1000)).toBe('03:17:42');
    expect(shanghai.short(at, at + 86_400_000)).toBe('11-22 03:17');
    expect(formatsOf('Not/AZone', 'zh').clock(at)).toMatch(/^\d\d:\d\d:\d\d$/);
  });
  it('writes spans and sizes', () => {
    expect([spanText(0), spanText(42_900), spanText(3_600_000), spanText(90_061_000), spanText(-5)]).toEqual([
      '00:00',
      '00:42',
      '1:00:00',
      '25:01:01',
      '00:00',
    ]);
    expect([bytesText(0), bytesText(1023), bytesText(1536), bytesText(5e9)]).toEqual([
      '0 B',
      '1023 B',
      '1.5 KB',
      '4.7 GB',
    ]);
  });
});

describe('keys', () => {
  const press = (more: Partial<KeyboardEvent>) =>
    keyName({ key: '', code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });
  it('are named as bindings write them', () => {
    expect(press({ key: ' ', code: 'Space' })).toBe('Space');
    expect(press({ key: 'v' })).toBe('V');
    expect(press({ key: 'V', shiftKey: true })).toBe('Shift+V');
    expect(press({ key: '?', shiftKey: true })).toBe('?');
    expect(press({ key: 'F3' })).toBe('F3');
    expect(press({ key: 'l', ctrlKey: true })).toBe('Ctrl+L');
    expect(press({ key: '?', shiftKey: true, ctrlKey: true })).toBe('Ctrl+?');
    expect(press({ key: 'v', altKey: true })).toBe('');
  });
});

describe('screens', () => {
  const camera = (id: string) => ({ id }) as Camera;
  it('fill the strip with the picked camera, the alarm cameras, then the rest, none twice', () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map(camera);
    const at = stripCameras(all, { cameraIds: ['d', 'gone', 'b'] }, { kind: 'camera', id: 'b' }, 4);
    expect(at.map((one) => one.id)).toEqual(['b', 'd', 'a', 'c']);
    expect(stripCameras([], null, null, 4)).toEqual([]);
  });
  it('mark a value outside of its limits', () => {
    expect(pointText(41.234, { unit: '%', high: 40 })).toEqual({
      text: '41.23 %',
      word: 'none',
      outside: true,
    });
    expect(pointText(true, undefined)).toEqual({ text: null, word: 'yes', outside: false });
    expect(pointText(null, undefined).word).toBe('none');
  });
  it('filter open alarms by all words', () => {
    const text = () => 'North fence N-07 intrusion';
    expect(matches(alarm({}), { ...NO_FILTER, text: 'fence n-07' }, text)).toBe(true);
    expect(matches(alarm({}), { ...NO_FILTER, text: 'fence south' }, text)).toBe(false);
    expect(matches(alarm({ acknowledged: true }), { ...NO_FILTER, waiting: true }, text)).toBe(false);
    expect(matches(alarm({}), { ...NO_FILTER, priority: 1 }, text)).toBe(false);
    expect(matches(alarm({}), { ...NO_FILTER, category: 'gas' }, text)).toBe(false);
  });
  it('ask three different people to be the administrators', () => {
    const person = (username: string, password: string) => ({
      username,
      name: 'n',
      password,
      repeat: password,
    });
    expect(
      setupProblems([person('one', 'password1'), person('two', 'password2'), person('three', 'password3')]),
    ).toEqual([null, null, null]);
    expect(
      setupProblems([person('one', 'password1'), person('one', 'password2'), person('x', 'password1')]),
    ).toEqual([null, 'sameUsername', 'username']);
    expect(
      setupProblems([
        person('one', 'short'),
        { ...person('two', 'password2'), repeat: '' },
        person('tri', 'password2'),
      ]),
    ).toEqual(['password', 'repeat', 'samePassword']);
  });
  it('put what is wrong first in the foot bar', () => {
    const item = (id: string, level: 'ok' | 'warn' | 'bad') => ({
      id,
      level,
      code: 'x',
      params: {},
      sinceMs: 0,
    });
    const list = [
      item('odd', 'ok'),
      item('broker', 'ok'),
      item('disk', 'bad'),
      item('station', 'ok'),
      item('video', 'warn'),
    ];
    expect(list.sort(healthOrder).map((one) => one.id)).toEqual([
      'disk',
      'video',
      'station',
      'broker',
      'odd',
    ]);
  });
});
