/** What becomes of cameras' events: alarms that begin and end, occurrences, mere records. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/base.ts';
import { createEventRecords } from '#features/cameras/event-records.ts';
import type { EventMeaning } from '#native/onvif/event-meaning.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

function desk() {
  const clock = new TestClock();
  const told: { type: string; state: string; data: JsonObject }[] = [];
  const active = new Map<string, JsonObject>();
  const record = (_tx: unknown, { type, state, data }: { type: string; state: string; data: JsonObject }) => {
    told.push({ type, state, data });
    if (state === 'raise') active.set(type, data);
    if (state === 'clear') active.delete(type);
  };
  const ports = { clock, log: { warn: () => undefined }, write: (run: (tx: unknown) => unknown) => run({}) }; // prettier-ignore
  const records = createEventRecords(ports as never, {
    events: { record } as never,
    activeData: (_id, type) => active.get(type),
  });
  let subscription = 1;
  return {
    told: () => told.map(({ type, state }) => `${type} ${state}`),
    data: () => told.at(-1)?.data,
    active,
    pass: (ms: number) => clock.advance(ms),
    forget: () => records.forget('cam'),
    act: (meaning: Partial<EventMeaning>, operation: 'initialized' | 'changed' = 'changed') =>
      records.act('cam', { kind: 'line', on: null, source: 'V1', ...meaning }, { topic: 'T/x', operation }, subscription), // prettier-ignore
    again: () => void (subscription += 1),
    settle: () => records.settle('cam', subscription),
  };
}
const inside = (on: boolean, track: string, rule = '罐区') => ({ kind: 'area' as const, on, track, rule });

describe('a line', () => {
  it('crossed is at rest at once, with the name of the line and what crossed', () => {
    const { act, told, data } = desk();
    act({ rule: '东侧围栏', object: 'person' });
    expect(told()).toEqual(['intrusion.line raise', 'intrusion.line clear']);
    expect(data()).toEqual({ source: 'V1', rule: '东侧围栏', object: 'person', topic: 'T/x' });
  });
  it('counts once in ten seconds, another line by itself', () => {
    const { act, told, pass } = desk();
    act({ rule: 'a' });
    pass(9_999);
    act({ rule: 'a' });
    expect(told()).toHaveLength(2);
    act({ rule: 'b' });
    pass(1);
    act({ rule: 'a' });
    expect(told()).toHaveLength(6);
  });
  it('crossed before we came is none, nor is what a device takes back', () => {
    const { act, told } = desk();
    act({ on: true }, 'initialized');
    act({ on: false });
    expect(told()).toEqual([]);
    act({ on: true });
    expect(told()).toEqual(['intrusion.line raise', 'intrusion.line clear']);
  });
});

describe('a field', () => {
  it('ends with the last object that leaves it', () => {
    const { act, told } = desk();
    act(inside(true, '1'));
    act(inside(true, '2'));
    act(inside(false, '1'));
    expect(told()).toEqual(['intrusion.area raise']);
    act(inside(false, '2'));
    expect(told()).toEqual(['intrusion.area raise', 'intrusion.area clear']);
  });
  it('a second field is told too, so that its name is read', () => {
    const { act, told, data } = desk();
    act(inside(true, '1', 'A'));
    act(inside(true, '2', 'B'));
    expect(told()).toEqual(['intrusion.area raise', 'intrusion.area raise']);
    expect(data()).toMatchObject({ rule: 'B' });
    act(inside(false, '1', 'A'));
    expect(told()).toHaveLength(2);
  });
  it('an end that names no object, or another, is the rule’s', () => {
    const { act, told } = desk();
    act(inside(true, '1'));
    act(inside(false, ''));
    expect(told().at(-1)).toBe('intrusion.area clear');
  });
  it('that outlived a restart of the station begins no second time, and ends', () => {
    const { act, told, active } = desk();
    active.set('intrusion.area', { topic: 'T/x' });
    act(inside(true, '1'), 'initialized');
    expect(told()).toEqual([]);
    act(inside(false, '1'));
    expect(told()).toEqual(['intrusion.area clear']);
  });
  it('what a device no longer speaks of after it was away has ended', () => {
    const { act, told, again, settle } = desk();
    act(inside(true, '1', 'A'));
    act({ kind: 'tamper', on: true });
    again();
    act({ kind: 'tamper', on: true }, 'initialized');
    settle();
    expect(told()).toEqual(['intrusion.area raise', 'video.tamper raise', 'intrusion.area clear']);
  });
  it('ends when nobody listens to the camera any more', () => {
    const { act, told, forget } = desk();
    act(inside(true, '1'));
    forget();
    expect(told()).toEqual(['intrusion.area raise', 'intrusion.area clear']);
    act(inside(true, '1'));
    expect(told().at(-1)).toBe('intrusion.area raise');
  });
  it('what others have raised at this camera is theirs to end', () => {
    const { told, active, settle } = desk();
    active.set('intrusion.area', { zone: 'Z1' });
    settle();
    expect(told()).toEqual([]);
  });
});

describe('a camera that talks without end', () => {
  it('makes few records of what flickers, and it ends when it is quiet', () => {
    const { act, told, pass } = desk();
    for (let i = 0; i < 600; i += 1) {
      act(inside(i % 2 === 0, '1'));
      pass(100);
    }
    // a minute of five changes a second
    expect(told().length).toBeLessThan(25);
    pass(120_000);
    expect(told().at(-1)).toBe('intrusion.area clear');
    act(inside(true, '1'));
    expect(told().at(-1)).toBe('intrusion.area raise');
  });
  it('makes few records by ever new names, of rules, objects and inputs', () => {
    const { act, told, pass } = desk();
    for (let i = 0; i < 600; i += 1) {
      act({ kind: 'line', rule: `rule ${i}` });
      act({ kind: 'object', object: `thing ${i}` });
      act({ kind: 'input', source: `input ${i}`, on: true });
      act(inside(true, '1', `field ${i}`));
      pass(100);
    }
    // 60 at once and one a second, of what is seen and of alarms, of which an occurrence is two records
    expect(told().length).toBeLessThanOrEqual(120 + 2 * 120);
  });
  it('an object that never leaves does not keep an alarm of a field for ever', () => {
    const { act, told } = desk();
    for (let i = 0; i < 10_000; i += 1) act(inside(true, `track ${i}`));
    act(inside(false, ''));
    expect(told()).toEqual(['intrusion.area raise', 'intrusion.area clear']);
  });
});

it('what is merely seen is recorded, one of a kind in ten seconds', () => {
  const { act, told } = desk();
  act({ kind: 'object', on: true, object: 'person' });
  act({ kind: 'object', on: true, object: 'person' });
  act({ kind: 'object', on: true, object: 'vehicle' });
  act({ kind: 'object', on: false, object: 'vehicle' });
  act({ kind: 'motion', on: true });
  expect(told()).toEqual(['video.object info', 'video.object info', 'video.motion info']);
});
it.each([
  ['loitering', 'intrusion.loitering'],
  ['left', 'intrusion.object_left'],
  ['sound', 'video.sound'],
  ['storage', 'video.storage'],
  ['signal', 'video.no_signal'],
] as const)('%s is an alarm that lasts', (kind, type) => {
  const { act, told } = desk();
  act({ kind, on: true });
  act({ kind, on: true });
  act({ kind, on: false });
  act({ kind, on: false });
  expect(told()).toEqual([`${type} raise`, `${type} clear`]);
});
