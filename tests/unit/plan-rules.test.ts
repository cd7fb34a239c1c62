import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { checkPlan } from '#domain/plan-check.ts';
import { steadyClock } from '#domain/plan-clock.ts';
import { plansFor, zonesAround, type OfferingPlan } from '#domain/plan-offers.ts';
import type { PlanDefinition, StepDefinition } from '#domain/plan-types.ts';

const step = (id: string, rest: Partial<StepDefinition> = {}): StepDefinition => ({
  id,
  by: 'person',
  answer: { kind: 'done' },
  commentRequired: false,
  ...rest,
});
const codes = (...steps: StepDefinition[]) =>
  checkPlan({ id: 'p', steps } satisfies PlanDefinition).map(({ code, path }) => `${code} ${path.join('.')}`);
const show = { type: 'show_cameras' as const, cameraIds: ['c1'] };

describe('checkPlan', () => {
  test('sound', () => {
    expect(
      codes(
        step('a'),
        step('b', { by: 'timer', waitSeconds: 5 }),
        step('c', { by: 'auto', action: show, after: ['a'] }),
      ),
    ).toEqual([]);
  });
  test('ids and order', () => {
    expect(codes(step('a'), step('a'))).toEqual(['duplicate_step steps.1.id']);
    expect(codes(step('a', { after: ['zz'] }))).toEqual(['unknown_after steps.0.after.0']);
    expect(codes(step('a', { after: ['a'] }))).toEqual(['after_itself steps.0.after.0']);
    expect(codes(step('a', { after: ['c'] }), step('b'), step('c'))).toEqual(['after_cycle steps.0.after']);
    expect(codes(step('a', { after: ['b'] }), step('b', { after: [] }))).toEqual([]);
  });
  test('each kind has what it needs', () => {
    expect(codes(step('a', { by: 'timer' }))).toEqual(['timer_without_wait steps.0.by']);
    expect(codes(step('a', { waitSeconds: 3 }))).toEqual(['wait_without_timer steps.0.waitSeconds']);
    expect(codes(step('a', { by: 'timer', waitSeconds: 3, action: show }))).toEqual([
      'timer_with_action steps.0.action',
    ]);
    expect(codes(step('a', { by: 'auto' }))).toEqual(['auto_without_action steps.0.by']);
    expect(codes(step('a', { by: 'auto', action: show, answer: { kind: 'yes_no' } }))).toEqual([
      'auto_with_answer steps.0.answer',
    ]);
    const label = { zh: '是', en: '' };
    const options = [
      { value: 'x', label },
      { value: 'x', label },
    ];
    expect(codes(step('a', { answer: { kind: 'choice', options } }))).toEqual([
      'duplicate_option steps.0.answer.options.1',
    ]);
  });
});

const places = [
  { id: 'park' },
  { id: 'b3', parentId: 'park' },
  { id: 'b3f2', parentId: 'b3' },
  { id: 'b3f3', parentId: 'b3' },
  { id: 'north', parentId: 'park' },
];

describe('plansFor', () => {
  const plan = (id: string, ...offeredFor: OfferingPlan['offeredFor']): OfferingPlan => ({
    id,
    level: 'III',
    offeredFor,
  });
  const offer = (type: string, priority = 4, placeId?: string) => ({ type, priority, placeId });
  test('whole dotted parts, priority or higher, place or around it', () => {
    const plans = [
      plan('fire', offer('fire', 2)),
      plan('b3', offer('fire', 4, 'b3')),
      plan('gas', offer('gas')),
    ];
    const ids = (type: string, priority: number, placeId: string | null) =>
      plansFor(plans, { type, priority, placeId }, places);
    expect(ids('fire.smoke', 2, 'b3f2')).toEqual(['b3', 'fire']);
    expect(ids('fire.smoke', 3, 'b3f2')).toEqual(['b3']);
    expect(ids('fire.smoke', 1, 'north')).toEqual(['fire']);
    expect(ids('firewall.down', 1, 'b3')).toEqual([]);
    expect(ids('fire', 1, null)).toEqual(['fire']);
  });
  test('best first: nearer, longer code, higher level, id', () => {
    const plans = [
      plan('z', offer('fire')),
      { ...plan('y', offer('fire')), level: 'I' as const },
      plan('x', offer('fire.smoke')),
      plan('w', offer('fire', 4, 'park')),
      plan('v', offer('fire', 4, 'b3'), offer('fire', 4, 'park')),
    ];
    expect(plansFor(plans, { type: 'fire.smoke', priority: 1, placeId: 'b3f2' }, places)).toEqual([
      'v',
      'w',
      'x',
      'y',
      'z',
    ]);
  });
});

describe('zonesAround', () => {
  const zones = [
    { id: 'z-b3', placeId: 'b3' },
    { id: 'z-b3f2', placeId: 'b3f2' },
    { id: 'z-out', placeId: 'park' },
  ];
  test('the place with all inside it, else the nearest around it', () => {
    expect(zonesAround(places, zones, 'b3')).toEqual(['z-b3', 'z-b3f2']);
    expect(zonesAround(places, zones, 'b3f2')).toEqual(['z-b3f2']);
    expect(zonesAround(places, zones, 'b3f3')).toEqual(['z-b3']);
    expect(zonesAround(places, zones, 'north')).toEqual(['z-out']);
    expect(zonesAround(places, zones.slice(1, 2), 'b3f3')).toEqual(['z-b3f2']);
  });
  test('a corner without a zone never stands for the whole park', () => {
    expect(zonesAround(places, zones.slice(0, 2), 'north')).toEqual([]);
    expect(zonesAround(places, zones, null)).toEqual([]);
  });
  test('a loop in the data ends', () => {
    expect(
      zonesAround(
        [
          { id: 'a', parentId: 'b' },
          { id: 'b', parentId: 'a' },
        ],
        [],
        'a',
      ),
    ).toEqual([]);
  });
});

describe('steady time', () => {
  test('grows by the monotonic clock alone while the station runs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ pass: fc.nat({ max: 1e6 }), jump: fc.integer({ min: -1e10, max: 1e10 }) })),
        (moves) => {
          const start = { wallMs: 1e12, monotonicMs: 77 };
          const clock = steadyClock(null, start);
          const reading = { ...start };
          let passed = 0;
          for (const { pass, jump } of moves) {
            passed += pass;
            reading.monotonicMs += pass;
            reading.wallMs += pass + jump;
            expect(clock.at(reading)).toBe(1e12 + passed);
          }
        },
      ),
    );
  });
  test('across a restart the outage counts, a clock set back does not', () => {
    const mark = { wallMs: 1_000_000, steadyMs: 900_000 };
    expect(steadyClock(mark, { wallMs: 1_060_000, monotonicMs: 3 }).at({ wallMs: 0, monotonicMs: 13 })).toBe(
      960_010,
    );
    expect(steadyClock(mark, { wallMs: 400_000, monotonicMs: 3 }).at({ wallMs: 0, monotonicMs: 13 })).toBe(
      900_010,
    );
  });
});
