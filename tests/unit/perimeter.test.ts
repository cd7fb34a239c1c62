import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitOfEvent, sameVerdict, zoneVerdict, type PerimeterDevice } from '#domain/perimeter.ts';

const device = (id: string, rest: Partial<PerimeterDevice> = {}): PerimeterDevice => ({
  id,
  availability: 'online',
  armed: null,
  alarm: null,
  tamper: null,
  fault: null,
  ...rest,
});

describe('condition', () => {
  test('the worst that is true, with its devices', () => {
    const keypad = device('k', { armed: true });
    const a = device('a', { alarm: true, fault: true });
    const b = device('b', { tamper: true });
    const c = device('c', { availability: 'offline', alarm: true });
    const fault = device('f', { fault: true });
    expect(zoneVerdict(keypad, [a, b, c])).toEqual({ armed: true, condition: 'offline', causeIds: ['c'] });
    expect(zoneVerdict(keypad, [a, b])).toEqual({ armed: true, condition: 'tamper', causeIds: ['b'] });
    expect(zoneVerdict(keypad, [a, fault])).toEqual({ armed: true, condition: 'alarm', causeIds: ['a'] });
    expect(zoneVerdict(keypad, [fault])).toEqual({ armed: true, condition: 'fault', causeIds: ['f'] });
    expect(zoneVerdict(keypad, [device('d')])).toEqual({ armed: true, condition: 'armed', causeIds: [] });
  });
  test('a controller that is away counts, and one that is also a detector counts once', () => {
    const away = device('k', { availability: 'offline' });
    expect(zoneVerdict(away, [device('a')])).toMatchObject({ condition: 'offline', causeIds: ['k'] });
    expect(zoneVerdict(away, [away])).toMatchObject({ causeIds: ['k'] });
  });
  test('never heard of is away; silent for now but known is not', () => {
    expect(zoneVerdict(device('k'), [device('a', { availability: 'unknown' })]).condition).toBe('offline');
    expect(zoneVerdict(device('k'), [device('a', { availability: 'unknown', alarm: false })]).condition).toBe(
      'disarmed',
    );
  });
  test('armed in part is not armed; the controller has the last word', () => {
    const yes = device('a', { armed: true });
    const no = device('b', { armed: false });
    expect(zoneVerdict(device('k'), [yes, no]).armed).toBe(false);
    expect(zoneVerdict(device('k'), [yes, device('c')]).armed).toBe(true);
    expect(zoneVerdict(device('k', { armed: false }), [yes]).armed).toBe(false);
    expect(zoneVerdict(device('k'), [device('c')]).armed).toBe(false);
  });
  test('one more thing wrong never makes a zone look better', () => {
    const order = ['offline', 'tamper', 'alarm', 'fault', 'armed', 'disarmed'];
    const bit = fc.constantFrom(true, false, null);
    const any = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      availability: fc.constantFrom('online' as const, 'offline' as const, 'unknown' as const),
      armed: bit,
      alarm: bit,
      tamper: bit,
      fault: bit,
    });
    const worse = fc.constantFrom('alarm' as const, 'tamper' as const, 'fault' as const);
    fc.assert(
      fc.property(any, fc.array(any, { minLength: 1, maxLength: 5 }), worse, (controller, detectors, key) => {
        const before = zoneVerdict(controller, detectors);
        const after = zoneVerdict(controller, [...detectors, device('z', { [key]: true })]);
        expect(order.indexOf(after.condition)).toBeLessThanOrEqual(order.indexOf(before.condition));
      }),
    );
  });
});

test('which bit an event speaks of', () => {
  expect(bitOfEvent('intrusion.fence')).toBe('alarm');
  expect(bitOfEvent('perimeter.tamper')).toBe('tamper');
  expect(bitOfEvent('tamper.wiring')).toBe('tamper');
  expect(bitOfEvent('fault.power')).toBe('fault');
  expect(bitOfEvent('patrol.scan')).toBeNull();
});

test('sameVerdict', () => {
  const verdict = { armed: true, condition: 'alarm' as const, causeIds: ['a'] };
  expect(sameVerdict(verdict, { ...verdict })).toBe(true);
  expect(sameVerdict(verdict, { ...verdict, causeIds: ['b'] })).toBe(false);
});
