/** What the events of cameras' own analytics mean; shapes of our own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meaningsOf } from '#native/onvif/event-meaning.ts';
import { readNotifications, type OnvifEvent } from '#native/onvif/event-message.ts';
import { kindOfTopic } from '#native/onvif/event-topics.ts';
import { child, readXml } from '#native/onvif/xml.ts';

const event = (topic: string, more: Partial<OnvifEvent> = {}): OnvifEvent => ({
  topic,
  operation: 'changed',
  deviceAtMs: null,
  source: { VideoSourceConfigurationToken: 'V1', Rule: '东侧围栏' },
  key: {},
  data: {},
  ...more,
});

describe('topics', () => {
  it.each([
    ['RuleEngine/LineDetector/Crossed', 'line'],
    ['RuleEngine/LineDetector/Crossing', 'line'],
    ['RuleEngine/CrossedLineDetector', 'line'],
    ['RuleEngine/LineCrossDetector/LineCross', 'line'],
    ['RuleEngine/CrossLineDetection', 'line'],
    ['CameraApplicationPlatform/FenceGuard/Camera1Profile1', 'line'],
    ['RuleEngine/FieldDetector/ObjectsInside', 'area'],
    ['RuleEngine/FieldDetection/ObjectsInside', 'area'],
    ['RuleEngine/IntrusionDetector/Intrusion', 'area'],
    ['RuleEngine/CrossRegionDetection', 'area'],
    ['RuleEngine/CellMotionDetector/Intrusion', 'area'],
    ['RuleEngine/LoiteringDetector/ObjectIsLoitering', 'loitering'],
    ['RuleEngine/FieldDetector/Loitering', 'loitering'],
    ['CameraApplicationPlatform/LoiteringGuard/Camera1ProfileANY', 'loitering'],
    ['RuleEngine/LoiteringDetector/ObjectIsRemoved', 'taken'],
    ['RuleEngine/ObjectDetector/UnattendedObject', 'left'],
    ['CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1', 'analytics'],
    ['CameraApplicationPlatform/ObjectAnalytics/Device1ScenarioANY', null],
    ['RuleEngine/CellMotionDetector/Motion', 'motion'],
    ['RuleEngine/VideoMotionDetection/motion', 'motion'],
    ['RuleEngine/TamperDetector/Tamper', 'tamper'],
    ['VideoSource/GlobalSceneChange/ImagingService', 'tamper'],
    ['VideoSource/ImageTooDark', 'tamper'],
    ['VideoSource/ImageTooBlurry/AnalyticsService', 'tamper'],
    ['AudioAnalytics/Audio/DetectedSound', 'sound'],
    ['AudioSource/TriggerLevel', 'sound'],
    ['Device/HardwareFailure/StorageFailure', 'storage'],
    ['Device/HardwareFailure/FanFailure', 'fault'],
    ['VideoSource/SignalLoss', 'signal'],
    ['UserAlarm/IVA/HumanShapeDetect', 'object'],
    ['VehicleAlarm/IVB/VehicleDetect', 'object'],
    ['RuleEngine/MyRuleDetector/DogCatDetect', 'object'],
    ['RuleEngine/ObjectDetection/Object', 'object'],
    ['RuleEngine/MyRuleDetector/Visitor', 'object'],
    ['RuleEngine/MyRuleDetector/Package', 'object'],
    ['RuleEngine/MotionDetector/Detection', 'motion'],
    ['IVA/EnteringField/Zaun Nord', 'area'],
    ['IVA/EnteringField/Loitering behind the fence', 'area'],
    ['IVA/EnteringField/Counting', 'area'],
    ['Storage/Alert', 'storage'],
    ['VideoSource/DayNightVision', null],
    ['VideoSource/LiveStreamAccessed', null],
    ['LightControl/LightStatusChanged/Status', null],
    ['Device/SystemMessage/ActionFailed', null],
    ['Monitoring/ProcessorUsage', null],
    ['RuleEngine/CountAggregation/Counter', null],
    ['Device/Trigger/Relay', null],
    ['PTZController/PTZPresets/Reached', null],
    ['VideoAnalytics/SomethingNew', undefined],
    ['Vendor/Of/Tomorrow', undefined],
  ])('%s: %s', (topic, kind) => expect(kindOfTopic(topic)).toBe(kind));

  it('an unknown one says so, a known one without meaning says nothing', () => {
    expect(meaningsOf(event('Vendor/Of/Tomorrow'))).toBeUndefined();
    expect(meaningsOf(event('Monitoring/ProcessorUsage'))).toEqual([]);
  });
  it('no text of a device upsets it', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (topic, data) => {
        for (const one of meaningsOf(event(topic, { data })) ?? []) expect(one.kind).not.toBe('');
        for (const one of meaningsOf(event(`RuleEngine/${topic}`, { data })) ?? []) expect(one.kind).not.toBe(''); // prettier-ignore
      }),
    );
  });
});

describe('what happened and what lasts', () => {
  it('a line crossed has no end; whose line it is goes with it', () => {
    const crossed = event('RuleEngine/LineDetector/Crossed', { data: { ObjectId: '17' } });
    expect(meaningsOf(crossed)).toEqual([
      { kind: 'line', on: null, source: 'V1', rule: '东侧围栏', track: '17' },
    ]);
  });
  it('the number of an object is no state, even 0 and 1', () => {
    const crossed = event('RuleEngine/LineDetector/Crossed', { data: { ObjectId: '1' } });
    expect(meaningsOf(crossed)).toMatchObject([{ on: null }]);
  });
  it('a field has something inside until it has not', () => {
    const inside = (value: string) =>
      event('RuleEngine/FieldDetector/ObjectsInside', { key: { ObjectId: '4' }, data: { IsInside: value } });
    expect(meaningsOf(inside('true'))).toMatchObject([{ kind: 'area', on: true, track: '4' }]);
    expect(meaningsOf(inside('false'))).toMatchObject([{ kind: 'area', on: false, track: '4' }]);
    expect(meaningsOf(inside('1'))).toMatchObject([{ on: true }]);
  });
  it('what a device takes back has ended; a picture source that goes away says nothing', () => {
    const deleted = { operation: 'deleted', key: { ObjectId: '4' }, data: { IsInside: 'true' } } as const;
    expect(meaningsOf(event('RuleEngine/FieldDetector/ObjectsInside', deleted))).toMatchObject([{ on: false, track: '4' }]); // prettier-ignore
    expect(meaningsOf(event('VideoSource/MotionAlarm', { operation: 'deleted' }))).toEqual([]);
  });
});

describe('states by names of their own', () => {
  it.each([
    ['Device/HardwareFailure/StorageFailure', { disruption: '0' }, false],
    ['Device/HardwareFailure/StorageFailure', { disruption: '1' }, true],
    ['AudioSource/TriggerLevel', { triggered: '0' }, false],
    ['Storage/Alert', { overall_health: '1', alert: '0', wear: '7' }, false],
    ['RuleEngine/LineDetector/Crossed', { ObjectCount: '1' }, null],
    ['RuleEngine/LineDetector/Crossed', { ClassTypes: 'Human', Likelihood: '1' }, null],
  ])('%s %j: %s', (topic, data, on) => {
    expect(meaningsOf(event(topic, { data: { ...data } as Record<string, string> }))).toMatchObject([{ on }]);
  });
  it('an input that stands for all of them is none', () => {
    const port = (number: string) =>
      event('Device/IO/Port', { source: { port: number }, data: { state: '1' } });
    expect(meaningsOf(port('-1'))).toEqual([]);
    expect(meaningsOf(port('2'))).toMatchObject([{ kind: 'input', on: true, source: '2' }]);
  });
  it('a list of what is seen that became empty says that nothing is', () => {
    const seen = (ClassTypes: string) => event('RuleEngine/ObjectDetection/Object', { data: { ClassTypes } });
    expect(meaningsOf(seen(''))).toEqual([]);
    const own = event('RuleEngine/ObjectDetector/Detection', { data: { ClassTypes: ' ' } });
    expect(meaningsOf(own)).toEqual([]);
    expect(meaningsOf(seen('Vehicle'))).toMatchObject([{ kind: 'object', on: null, object: 'vehicle' }]);
  });
  it('a field of Bosch is called by the end of its topic', () => {
    const field = event('IVA/EnteringField/Zaun Nord', { source: { Source: '3' }, data: { State: 'true' } });
    expect(meaningsOf(field)).toEqual([{ kind: 'area', on: true, source: '3', rule: 'Zaun Nord' }]);
  });
});

describe('what was seen', () => {
  it.each([
    [{ ClassTypes: 'Human' }, 'person'],
    [{ ObjectType: 'Car' }, 'vehicle'],
    [{ ClassTypes: 'Motorcycle' }, 'bike'],
    [{ ObjectClass: 'Forklift' }, 'Forklift'],
    [{}, undefined],
  ])('%j: %s', (data, object) => {
    const [one] = meaningsOf(event('RuleEngine/LineDetector/Crossed', { data: { ...data } }))!;
    expect(one!.object).toBe(object);
  });
  it('a detector says it by its name', () => {
    expect(meaningsOf(event('UserAlarm/IVA/HumanShapeDetect', { data: { State: 'true' } }))).toMatchObject([
      { kind: 'object', on: true, object: 'person' },
    ]);
  });
  it('several under one topic, each by its item', () => {
    const data = { IsVehicle: 'false', IsPeople: 'true', IsLineCross: 'true' };
    expect(meaningsOf(event('RuleEngine/TPSmartEventDetector/TPSmartEvent', { data }))).toMatchObject([
      { kind: 'object', on: false, object: 'vehicle' },
      { kind: 'object', on: true, object: 'person' },
      { kind: 'line', on: true },
    ]);
  });
  it.each([
    ['IsRegionEntrance', 'area'],
    ['IsUnattendedBaggage', 'left'],
  ])('%s under a topic of many things: %s', (item, kind) => {
    const smart = event('RuleEngine/TPSmartEventDetector/TPSmartEvent', { data: { [item]: 'true' } });
    expect(meaningsOf(smart)).toMatchObject([{ kind, on: true }]);
  });
  it('an application of Axis is called by its profile', () => {
    const guard = event('CameraApplicationPlatform/FenceGuard/Camera1Profile2', { source: {}, data: { active: '1' } }); // prettier-ignore
    expect(meaningsOf(guard)).toEqual([{ kind: 'line', on: true, source: '', rule: 'Camera1Profile2' }]);
  });
});

it('messages: the object stands in the key, some topics end in dots', async () => {
  const xml = await readXml(
    '<PullMessagesResponse><NotificationMessage><Topic>tns1:RuleEngine/FieldDetector/ObjectsInside//.</Topic><Message>' +
      '<Message UtcTime="2026-05-01T08:00:01Z" PropertyOperation="Changed"><Source><SimpleItem Name="Rule" Value="罐区"/></Source>' +
      '<Key><SimpleItem Name="ObjectId" Value="8"/></Key><Data><SimpleItem Name="IsInside" Value="true"/></Data></Message></Message>' +
      '</NotificationMessage></PullMessagesResponse>',
  );
  expect(readNotifications(child(xml, 'PullMessagesResponse') ?? xml)).toMatchObject([
    { topic: 'RuleEngine/FieldDetector/ObjectsInside', key: { ObjectId: '8' }, source: { Rule: '罐区' } },
  ]);
});

describe('what a device says without measure', () => {
  const message = (topic: string, items: [string, string][]) => ({
    NotificationMessage: Array.from({ length: 3 }, () => ({
      Topic: topic,
      Message: {
        Message: {
          $: { PropertyOperation: 'Changed' },
          Data: { SimpleItem: items.map(([Name, Value]) => ({ $: { Name, Value } })) },
        },
      },
    })),
  });
  it('is cut at the boundary: topics, names, values, how many', () => {
    const items = Array.from({ length: 5_000 }, (_, at): [string, string] => [`${'n'.repeat(5_000)}${at}`, 'v'.repeat(10_000)]); // prettier-ignore
    const events = readNotifications(message('x'.repeat(10_000), [['IsMotion', 'true'], ...items]) as never);
    expect(events).toHaveLength(3);
    for (const { topic, data } of events) {
      expect(topic.length).toBeLessThanOrEqual(200);
      expect(data['IsMotion']).toBe('true');
      expect(JSON.stringify(data).length).toBeLessThan(60_000);
    }
  });
  it('a topic of a megabyte costs nothing, nor does half a character harm', () => {
    const topic = 'a'.repeat(4_000_000);
    const [one] = readNotifications(message(topic, [['Rule', `${'r'.repeat(199)}😀`]]) as never);
    expect(one!.topic).toBe('a'.repeat(200));
    expect(one!.data['Rule']!.isWellFormed()).toBe(true);
  });
});
