import { describe, expect, it } from 'vitest';
import type { ProbedDevice } from '#contract/cameras.contract.ts';
import { camera as cameraSchema, streamRule } from '#contract/site.ts';
import { draftOfCamera, draftOfChannel, emptyDraft, fillTemplate, freshId, missingOf, movedTo, objectOfDraft, secretOfDraft, testInputOf, type Draft } from '../../../renderer/features/cameras/draft.ts'; // prettier-ignore
import { isTiltRight } from '../../../renderer/features/cameras/mount-draft.ts';
import { freshBeside, isRuleRight, noRecording, ofStream } from '../../../renderer/features/cameras/recording-rule.ts'; // prettier-ignore

const stored = cameraSchema.parse({
  id: 'cam-1',
  name: { zh: '东门', en: '' },
  placeId: 'park',
  mainUrl: 'rtsp://10.0.0.1/m',
  subUrl: 'rtsp://10.0.0.1/s',
  username: 'admin',
  reachMetres: 30,
  onvif: { address: '10.0.0.1', port: 8080, events: true },
});

describe('the form of a camera', () => {
  it('gives back what it was given, and what it does not show', () => {
    expect(cameraSchema.parse(objectOfDraft(draftOfCamera(stored)))).toEqual(stored);
  });
  it('what is emptied goes', () => {
    const object = objectOfDraft({ ...draftOfCamera(stored), subUrl: ' ', username: '', onvifAddress: '' });
    expect(Object.keys(object)).not.toEqual(expect.arrayContaining(['subUrl']));
    expect(object).not.toHaveProperty('username');
    expect(object).not.toHaveProperty('onvif');
  });
  it('names what is missing', () => {
    expect(missingOf(emptyDraft())).toEqual(['nameZh', 'placeId', 'mainUrl', 'id']);
  });
});

describe('a camera that is moved', () => {
  const draft = draftOfCamera(stored);
  it('is told by the hosts it did not have, of what is an address already', () => {
    expect(movedTo(draft)).toEqual([]);
    expect(movedTo({ ...draft, mainUrl: 'rtsp://10.0.0.1:8554/other', onvifAddress: '' })).toEqual([]);
    expect(movedTo({ ...draft, mainUrl: 'rtsp://10.0.0.2/m' })).toEqual(['10.0.0.2']);
    expect(movedTo({ ...draft, onvifAddress: '10.0.0.3' })).toEqual(['10.0.0.3']);
    for (const typed of ['', 'rt', 'rtsp://']) expect(movedTo({ ...draft, mainUrl: typed })).toEqual([]);
  });
  it('is none that is new', () => {
    expect(movedTo({ ...emptyDraft(), mainUrl: 'rtsp://10.0.0.2/m' })).toEqual([]);
  });
  it('says of its password: another one, none, or nothing', () => {
    expect(secretOfDraft(draft)).toEqual({});
    expect(secretOfDraft({ ...draft, noPassword: true })).toEqual({ cameraPassword: '' });
    expect(secretOfDraft({ ...draft, noPassword: true, password: 'x' })).toEqual({ cameraPassword: 'x' });
  });
});

describe('how a camera is recorded', () => {
  const night = { days: [1, 7], from: '22:00', to: '06:00' };
  const rule = { ...noRecording(), mode: 'schedule' as const, schedule: [night], keepDays: 90 };
  const storedOf = (draft: Draft) => cameraSchema.parse(objectOfDraft(draft)).recording;

  it('goes with the camera; one that never was stays without a rule', () => {
    expect(storedOf({ ...draftOfCamera(stored), recording: rule })).toEqual(rule);
    expect(objectOfDraft(draftOfCamera(stored))).not.toHaveProperty('recording');
  });
  it('is switched off with its figures kept', () => {
    const recorded = { ...stored, recording: rule };
    const off = { ...draftOfCamera(recorded), recording: { ...rule, mode: 'off' as const } };
    expect(storedOf(off)).toEqual({ ...rule, mode: 'off' });
  });
  it('both streams go with it, each right by itself; switched off the second one keeps its term', () => {
    const beside = { ...streamRule.parse({}), mode: 'continuous' as const, keepDays: 30 };
    const both = { ...rule, beside };
    expect(storedOf({ ...draftOfCamera(stored), recording: both })).toEqual(both);
    expect(storedOf({ ...draftOfCamera(stored), recording: { ...both, mode: 'off' } })).toMatchObject({
      beside,
    });
    const off = { ...both, beside: { ...beside, mode: 'off' as const } };
    expect(storedOf({ ...draftOfCamera({ ...stored, recording: both }), recording: off })).toEqual(off);
    const half = { ...beside, schedule: [{ ...night, to: '' }] };
    expect(isRuleRight({ ...both, beside: { ...half, mode: 'schedule' } })).toBe(false);
    expect(storedOf({ ...draftOfCamera(stored), recording: { ...both, beside: half } })).toEqual(both);
  });
  it('what a stream has recorded keeps its term when the other one is chosen, or was chosen for a moment', () => {
    const first = { ...rule, keepAlarmDays: 365, schedule: [{ ...night, to: '' }] };
    expect(freshBeside(first)).toMatchObject({ mode: 'off', keepDays: 90, keepAlarmDays: 365 });
    expect(ofStream(first, 'sub')).toEqual({ ...first, stream: 'sub' });
    const beside = { ...streamRule.parse({}), keepDays: 7 };
    const turned = ofStream({ ...first, beside }, 'sub');
    expect(turned).toMatchObject({ stream: 'sub', keepDays: 90, beside: { mode: 'off', keepDays: 90 } });
    expect(turned.beside).not.toHaveProperty('stream');
    expect(turned.beside).not.toHaveProperty('beside');
    expect(ofStream({ ...first, beside }, 'main')).toEqual({ ...first, beside });
    // Of two that are recorded each is seen with its term.
    const both = { ...first, beside: { ...beside, mode: 'continuous' as const } };
    expect(ofStream(both, 'sub')).toEqual({ ...both, stream: 'sub' });
  });
  it('a schedule needs days and times that are some; of another mode half filled in ones go', () => {
    expect(isRuleRight(rule)).toBe(true);
    for (const wrong of [
      { ...night, days: [] },
      { ...night, from: '24:30' },
      { ...night, to: '6:00' },
    ])
      expect(isRuleRight({ ...rule, schedule: [wrong] })).toBe(false);
    expect(isRuleRight({ ...rule, schedule: [] })).toBe(false);
    const half = { ...rule, mode: 'continuous' as const, schedule: [{ ...night, to: '' }] };
    expect(isRuleRight(half)).toBe(true);
    expect(storedOf({ ...draftOfCamera(stored), recording: half })?.schedule).toEqual([]);
  });
});

describe('a test', () => {
  it('takes the stored login only for what is stored', () => {
    const draft = draftOfCamera(stored);
    expect(testInputOf(draft, 'sub', false)).toEqual({
      stream: 'sub',
      tryDefaults: false,
      template: 'generic',
      cameraId: 'cam-1',
    });
    for (const change of [
      { subUrl: 'rtsp://10.0.0.9/s' },
      { username: 'root' },
      { password: 'x' },
      { transport: 'udp' as const },
    ])
      expect(testInputOf({ ...draft, ...change }, 'sub', false)).not.toHaveProperty('cameraId');
  });
});

describe('what a device said', () => {
  const stream = { profile: 'p', name: '', url: 'rtsp://10.0.0.1/m', codec: 'h264', width: 1, height: 1, framesPerSecond: 1, kilobitsPerSecond: 1, keySeconds: 1, audioCodec: null }; // prettier-ignore
  const channel = (source: string) => ({ source, main: stream, sub: null, ptz: true, ptzProfile: 'p' });
  const device = { manufacturer: 'HIKVISION', model: 'X', events: true, channels: [channel('1'), channel('2')] } as unknown as ProbedDevice; // prettier-ignore
  it('fills the form, channel by channel', () => {
    const at = { host: '10.0.0.1', port: 80, secure: false, name: 'NVR', location: '' };
    const draft = draftOfChannel(
      at,
      { username: 'a', password: 'b' },
      device,
      1,
      new Set(['cam-10-0-0-1-2']),
    );
    expect(draft).toMatchObject({ id: 'cam-10-0-0-1-2-2', nameZh: 'NVR 2', template: 'hikvision', onvifProfile: 'p', onvifEvents: true, onvifSource: '2', password: 'b' }); // prettier-ignore
    expect(missingOf(draft)).toEqual(['placeId']);
  });
  it('ids and addresses of what is typed', () => {
    expect(freshId('FE80::1', 0, new Set())).toBe('cam-fe80-1');
    expect(fillTemplate({ main: 'rtsp://{host}:{port}/c{channel}', sub: null }, { host: 'fe80::1', port: 554, channel: 2 })).toEqual({ mainUrl: 'rtsp://[fe80::1]:554/c2', subUrl: '' }); // prettier-ignore
  });
});

describe('how a PTZ camera hangs', () => {
  const mount = { heightMetres: 12, panZeroDegrees: 180.123, panHalfDegrees: 170, tiltZeroDegrees: -20.04, tiltDegrees: 20, zoomTimes: 4 }; // prettier-ignore
  const dome = cameraSchema.parse({ ...stored, ptz: true, mount });
  const edited = (change: object) => {
    const draft = draftOfCamera(dome);
    return objectOfDraft({ ...draft, mount: { ...draft.mount, ...change } })['mount'];
  };
  it('is shown rounded, and kept as it was measured where it is not touched', () => {
    expect(draftOfCamera(dome).mount).toMatchObject({ panZeroDegrees: 180.1, lowDegrees: -40, highDegrees: 0, turn: 'usual' }); // prettier-ignore
    expect(edited({})).toEqual(mount);
    expect(edited({ heightMetres: 9 })).toEqual({ ...mount, heightMetres: 9 });
  });
  it('takes a tilt range by its ends, a direction, and forgets what is emptied', () => {
    expect(edited({ lowDegrees: -90, highDegrees: 20, turn: 'anticlockwise' })).toEqual({
      ...mount,
      ...{ tiltZeroDegrees: -35, tiltDegrees: 55, clockwise: false },
    });
    const emptied = edited({ lowDegrees: null, highDegrees: null, panZeroDegrees: null });
    expect(emptied).toEqual({ heightMetres: 12, panHalfDegrees: 170, zoomTimes: 4 });
  });
  it('half a range says nothing', () => {
    const { mount: known } = draftOfCamera(dome);
    expect(isTiltRight(known)).toBe(true);
    expect(isTiltRight({ ...known, lowDegrees: null })).toBe(false);
    expect(isTiltRight({ ...known, lowDegrees: 0 })).toBe(false);
  });
});
