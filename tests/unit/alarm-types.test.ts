import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventMessage } from '#contract/park-messages.ts';
import { ALARM_CATEGORIES, ALARM_TYPES, alarmTypeOf, knownTypeOf, priorityOf } from '#domain/alarm-types.ts';

describe('alarm types', () => {
  it('has codes that a device may send, and a family above every one', () => {
    const code = eventMessage.shape.type;
    for (const key of Object.keys(ALARM_TYPES)) {
      expect(code.safeParse(key).success, key).toBe(true);
      expect(ALARM_TYPES[key.split('.')[0] as string], key).toBeDefined();
    }
  });
  it.each([
    ['fire.smoke', 'fire', 1, 'fire.smoke'],
    ['fire.smoke.zone_3', 'fire', 1, 'fire.smoke'],
    ['fire.unheard_of', 'fire', 1, 'fire'],
    ['firearm', 'other', 3, null],
    ['constructor', 'other', 3, null],
    ['elevator.trapped', 'equipment', 1, 'elevator.trapped'],
  ])('places %s', (code, category, priority, known) => {
    expect(alarmTypeOf(code)).toMatchObject({ category, priority });
    expect(knownTypeOf(code)).toBe(known);
  });
  it('takes what the device says, then the park, then the catalog', () => {
    expect(priorityOf('fire.smoke', 3)).toBe(3);
    expect(priorityOf('patrol.late', undefined, { 'patrol.late': 2 })).toBe(2);
    expect(priorityOf('patrol.late', undefined, { patrol: 1 })).toBe(4);
    expect(priorityOf('patrol.other', undefined, { patrol: 1 })).toBe(1);
    expect(priorityOf('never.seen', undefined, { default: 2 })).toBe(2);
    expect(priorityOf('fire.smoke', undefined, { default: 4 })).toBe(1);
    expect(priorityOf('default', undefined, { default: 4 })).toBe(4);
  });
  it('never fails on any text', () => {
    fc.assert(
      fc.property(fc.string(), (code) => {
        expect(ALARM_CATEGORIES).toContain(alarmTypeOf(code).category);
      }),
    );
  });
});
