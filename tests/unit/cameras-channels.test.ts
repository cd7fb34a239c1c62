import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { camera as cameraSchema } from '#contract/site.ts';
import { streamKey } from '#domain/stream-address.ts';
import { changed } from '#features/cameras/change.ts';
import { cameraOfEvent, NO_SOURCES, type SourceMap } from '#features/cameras/event-channel.ts';
import { bulkChange, emptyBulk, firstRule } from '../../renderer/features/cameras/bulk.ts';

const channel = (n: number, source?: string) => ({
  id: `cam-${n}`,
  mainUrl: `rtsp://nvr/Streaming/Channels/${n}01`,
  ...(source ? { source } : {}),
});
const two: SourceMap = {
  byToken: new Map([
    ['V1', 'V1'],
    ['C1', 'V1'],
    ['V2', 'V2'],
    ['C2', 'V2'],
  ]),
  byPath: new Map([
    ['/Streaming/Channels/101', 'V1'],
    ['/Streaming/Channels/201', 'V2'],
  ]),
};
const whose = (source: Record<string, string>, cameras = [channel(1, 'V1'), channel(2, 'V2')], of = two) =>
  cameraOfEvent({ source }, cameras, of)?.id;

describe('whose an event is', () => {
  it('by its source, by what points at it, by the stream of a camera that does not name its channel', () => {
    expect(whose({ Source: 'V2' })).toBe('cam-2');
    expect(whose({ VideoSourceConfigurationToken: 'C2', Rule: 'V1-rule' })).toBe('cam-2');
    expect(whose({ Source: 'V2' }, [channel(1), channel(2)])).toBe('cam-2');
  });
  it('of a channel that is not here: nobody’s', () => {
    expect(whose({ Source: 'V2' }, [channel(1, 'V1')])).toBeUndefined();
    expect(whose({ Source: 'V2' }, [channel(1)])).toBeUndefined();
  });
  it('of the device itself: its first camera’s', () => {
    expect(whose({ InputToken: 'AlarmIn_1' })).toBe('cam-1');
    expect(whose({})).toBe('cam-1');
  });
  it('of a camera with one source: its own, whatever it calls it', () => {
    const one: SourceMap = { byToken: new Map([['V1', 'V1']]), byPath: new Map() };
    expect(whose({ Source: 'V1' }, [channel(7)], one)).toBe('cam-7');
  });
  it('of a device whose sources could not be read: by the channel’s own word', () => {
    expect(whose({ Source: 'V2' }, undefined, NO_SOURCES)).toBe('cam-2');
  });
});

describe('the same stream', () => {
  it.each([
    ['rtsp://Cam/a', 'rtsp://cam:554/a/'],
    ['rtsps://cam/a', 'rtsps://cam:322/a'],
    ['rtsp://[FE80::1]/a?b=1', 'rtsp://[fe80::1]:554/a?b=1'],
  ])('%s is %s', (a, b) => expect(streamKey(a)).toBe(streamKey(b)));
  it.each([
    ['rtsp://cam/a', 'rtsp://cam/b'],
    ['rtsp://cam/a', 'rtsp://cam:8554/a'],
    ['rtsp://cam/a?channel=1', 'rtsp://cam/a?channel=2'],
  ])('%s is not %s', (a, b) => expect(streamKey(a)).not.toBe(streamKey(b)));
  it('never throws', () =>
    fc.assert(fc.property(fc.string(), (text) => typeof streamKey(text) === 'string')));
});

describe('a change of many', () => {
  const stored = cameraSchema.parse({
    id: 'c',
    name: { zh: '一' },
    placeId: 'park',
    mainUrl: 'rtsp://cam/1',
    username: 'admin',
    onvif: { address: 'cam', events: true },
    recording: { mode: 'alarm', preSeconds: 20 },
  });
  it('of nothing changes nothing', () => {
    expect(bulkChange(emptyBulk())).toEqual({});
    expect(changed(stored, {})).toEqual(stored);
  });
  it('changes what it names, keeps the rest, and never holds the password', () => {
    const draft = { ...emptyBulk(), events: 'off' as const, password: 'x' };
    const change = bulkChange(draft);
    const next = changed(stored, change);
    expect(next).toEqual({
      ...stored,
      onvif: { ...stored.onvif, events: false },
    });
    expect(JSON.stringify(next)).not.toContain('password');
  });
  it('of recording gives each exactly the rule that is shown, whatever it had', () => {
    const { recording: _rule, ...never } = stored;
    const unrecorded = cameraSchema.parse({ ...never, id: 'd' });
    expect(firstRule([unrecorded, stored])).toEqual(stored.recording);
    expect(firstRule([unrecorded])).toMatchObject({ mode: 'off', keepDays: 30 });
    const recording = {
      ...firstRule([unrecorded, stored]),
      mode: 'schedule' as const,
      stream: 'sub' as const,
      schedule: [{ days: [6, 7], from: '18:00', to: '06:00' }],
      postSeconds: 90,
      keepDays: 7,
      keepAlarmDays: 90,
    };
    const change = bulkChange({ ...emptyBulk(), recording });
    expect(change).toEqual({ recording });
    for (const camera of [stored, unrecorded])
      expect(changed(camera, change)).toEqual({ ...camera, recording });
  });
  it('of recording does not send half filled in times that another mode has no use for', () => {
    const half = { ...stored.recording!, schedule: [{ days: [1], from: '1', to: '06:00' }] };
    expect(bulkChange({ ...emptyBulk(), recording: half })).toEqual({ recording: stored.recording });
    const whole = { ...half, schedule: [{ days: [1], from: '18:00', to: '06:00' }] };
    expect(bulkChange({ ...emptyBulk(), recording: whole })).toEqual({ recording: whole });
  });
  it('of sound changes the sound', () => {
    const change = bulkChange({ ...emptyBulk(), sound: 'record' });
    expect(change).toEqual({ sound: 'record' });
    expect(changed(stored, change)).toEqual({ ...stored, sound: 'record' });
  });
  it('of events leaves a camera without ONVIF alone', () => {
    const { onvif: _onvif, ...plain } = stored;
    expect(changed(cameraSchema.parse(plain), { onvifEvents: true })).toEqual(plain);
  });
});
