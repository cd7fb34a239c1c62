import { describe, expect, it } from 'vitest';
import { plan as planSchema } from '#contract/plan.ts';
import type { Plan } from '#contract/plan.ts';
import type { Run } from '#contract/plans.contract.ts';
import {
  answersOf,
  atOnce,
  boardSteps,
  doneCount,
  missingOf,
  nextStep,
  nextTimer,
  stepClock,
} from '../../../renderer/features/emergency/board.ts';
import { groupPlans, problemCode } from '../../../renderer/features/emergency/plan-groups.ts';

const words = (zh: string) => ({ zh, en: '' });
const plan = (over: Partial<Record<keyof Plan, unknown>> = {}): Plan =>
  planSchema.parse({
    id: 'p',
    name: words('p'),
    summary: words('s'),
    level: 'II',
    steps: [
      { id: 'cameras', title: words('a'), by: 'auto', action: { type: 'show_cameras', cameraIds: 'alarm' } },
      { id: 'look', title: words('b'), answer: { kind: 'yes_no' }, commentRequired: true, targetSeconds: 60 },
      {
        id: 'ring',
        title: words('c'),
        by: 'auto',
        action: { type: 'notify', contactIds: ['c-119'], text: words('x') },
      },
      { id: 'wait', title: words('d'), by: 'timer', waitSeconds: 60 },
      { id: 'end', title: words('e') },
    ],
    ...over,
  });
type States = Record<string, Partial<Run['steps'][number]>>;
function run(states: States, over: Partial<Run> = {}): Run {
  const blank = {
    state: 'waiting',
    readyAtMs: null,
    startedAtMs: null,
    endedAtMs: null,
    dueAtMs: null,
    targetAtMs: null,
    overdue: false,
    by: null,
    answer: null,
    comment: null,
    receipt: null,
    reason: null,
  } as const;
  const definition = plan();
  return {
    id: '018f0000-0000-7000-8000-000000000001',
    planId: 'p',
    planVersion: 1,
    planName: words('p'),
    plan: definition,
    drill: false,
    alarmId: null,
    alarmTitle: null,
    state: 'running',
    outcome: null,
    startedAtMs: 0,
    startedBy: 'me',
    endedAtMs: null,
    endedBy: null,
    showCameraIds: [],
    steps: definition.steps.map(({ id }) => ({ ...blank, id, ...states[id] })),
    ...over,
  };
}
const idOf = (states: States, picked: string | null = null) =>
  nextStep(boardSteps(run(states)), picked)?.id ?? null;

describe('the next step of a run', () => {
  it('is the first that waits for a person, a failed one after those', () => {
    expect(idOf({ cameras: { state: 'failed' }, look: { state: 'ready' } })).toBe('look');
    expect(idOf({ cameras: { state: 'failed' } })).toBe('cameras');
    expect(idOf({ ring: { state: 'running' }, end: { state: 'ready' } })).toBe('ring');
  });
  it('is the picked one while it can be acted on', () => {
    const states: States = { look: { state: 'ready' }, end: { state: 'ready' } };
    expect(idOf(states, 'end')).toBe('end');
    expect(idOf({ ...states, end: { state: 'done' } }, 'end')).toBe('look');
  });
  it('is none while the station or a timer works, and in a run that has ended', () => {
    expect(idOf({ cameras: { state: 'running' }, wait: { state: 'running' } })).toBeNull();
    const ended = run({ look: { state: 'ready' } }, { state: 'ended' });
    expect(nextStep(boardSteps(ended), null)).toBeNull();
  });
  it('never offers an automatic step or a timer that has just become ready', () => {
    expect(idOf({ cameras: { state: 'ready' }, wait: { state: 'ready' } })).toBeNull();
  });
});

describe('clocks', () => {
  const step = (over: Partial<Run['steps'][number]>) =>
    run({ look: { state: 'ready', ...over } }).steps[1] as Run['steps'][number];
  it('count down to the target and then say by how much it is late', () => {
    expect(stepClock(step({ targetAtMs: 5000 }), 1000)).toEqual({
      kind: 'target',
      leftMs: 4000,
      late: false,
    });
    expect(stepClock(step({ targetAtMs: 5000 }), 6000)).toMatchObject({ leftMs: -1000, late: true });
  });
  it('are not shown before a step may start nor after it is over', () => {
    expect(stepClock(step({ targetAtMs: 5000, state: 'waiting' }), 0)).toBeNull();
    expect(stepClock(step({ targetAtMs: 5000, state: 'done' }), 0)).toBeNull();
  });
  it('never run below zero for a timer', () => {
    expect(stepClock(step({ dueAtMs: 1000, state: 'running' }), 9000)).toMatchObject({
      leftMs: 0,
      late: false,
    });
  });
  it('name the timer that fires first', () => {
    const steps = boardSteps(
      run({ wait: { state: 'running', dueAtMs: 9 }, end: { state: 'running', dueAtMs: 3 } }),
    );
    expect(nextTimer(steps)?.id).toBe('end');
  });
});

describe('what a step asks for', () => {
  const look = (over = {}) => boardSteps(run({ look: { state: 'ready', ...over } }))[1]!;
  it('is an answer first, then a comment', () => {
    expect(missingOf(look(), { answer: null, comment: 'x' })).toBe('answer');
    expect(missingOf(look(), { answer: 'yes', comment: ' ' })).toBe('comment');
    expect(missingOf(look(), { answer: 'yes', comment: 'x' })).toBeNull();
    expect(missingOf(look({ answer: 'no', comment: 'seen' }), { answer: null, comment: '' })).toBeNull();
  });
  it('is nothing when an automatic step is tried again', () => {
    const [cameras] = boardSteps(run({ cameras: { state: 'failed' } }));
    expect(missingOf(cameras!, { answer: null, comment: '' })).toBeNull();
  });
  it('lists answers in the order of their keys', () => {
    expect(answersOf(look().definition)).toEqual(['yes', 'no']);
    expect(answersOf(plan().steps[4]!)).toEqual([]);
  });
});

it('counts skipped steps as done', () => {
  expect(doneCount(run({ look: { state: 'skipped' }, end: { state: 'done' } }).steps)).toBe(2);
});
it('names what a plan does by itself as soon as it starts', () => {
  expect(atOnce(plan().steps).map(({ id }) => id)).toEqual(['cameras']);
});
it('groups plans: offered ones first in the order of the offer, each plan once', () => {
  const plans = [
    plan({ id: 'a', level: 'IV' }),
    plan({ id: 'b', level: 'I' }),
    plan({ id: 'c', level: 'I' }),
  ];
  const groups = groupPlans(plans, ['c', 'gone']);
  expect(groups.map((group) => [group.key, group.plans.map(({ id }) => id)])).toEqual([
    ['offered', ['c']],
    ['I', ['b']],
    ['IV', ['a']],
  ]);
});
it('tells the station`s codes from the sentences of a file reader', () => {
  expect(problemCode('unknown_camera: n-99')).toEqual({ code: 'unknown_camera', what: 'n-99' });
  expect(problemCode('Invalid option: expected one of "I"')).toBeNull();
});
