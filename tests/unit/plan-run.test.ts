import { describe, expect, test } from 'vitest';
import { applyEvent, foldRun } from '#domain/plan-fold.ts';
import { decide, due, nextDueAtMs, openEffects, startRun } from '#domain/plan-run.ts';
import type { RunCommand, RunEvent, RunState } from '#domain/plan-run-types.ts';
import type { AlarmContext, PlanDefinition, StepDefinition } from '#domain/plan-types.ts';

const ALARM: AlarmContext = {
  alarmId: 'a1',
  deviceId: 'fence-3',
  cameraIds: ['cam-1'],
  zoneIds: ['zone-n'],
};
const step = (id: string, rest: Partial<StepDefinition> = {}): StepDefinition => ({
  id,
  by: 'person',
  answer: { kind: 'done' },
  commentRequired: false,
  ...rest,
});
const at = (seconds: number) => ({
  atMs: 1_700_000_000_000 + seconds * 1000,
  steadyMs: 50_000 + seconds * 1000,
});

/** A run that a test drives. */
class Driven {
  events: RunEvent[];
  state: RunState;
  constructor(plan: PlanDefinition, alarm: AlarmContext | null = ALARM) {
    this.events = startRun({ runId: 'r1', plan, drill: false, alarm, by: '王' }, at(0));
    this.state = foldRun('r1', plan, this.events);
  }
  private take(events: RunEvent[]) {
    for (const event of events) this.state = applyEvent(this.state, event);
    this.events.push(...events);
    return events.map(({ kind, stepId }) => (stepId ? `${kind} ${stepId}` : kind));
  }
  /** Codes of the events, or the code of the refusal. */
  send(command: RunCommand, seconds = 1) {
    const decision = decide(this.state, command, at(seconds));
    return decision.ok ? this.take(decision.events) : decision.code;
  }
  pass(seconds: number) {
    return this.take(due(this.state, at(seconds)));
  }
  receipt(
    stepId: string,
    rung: 'accepted' | 'started' | 'confirmed' | 'ended' | 'failed' | 'simulated',
    reason: string | null = null,
  ) {
    return this.send({
      type: 'receipt',
      stepId,
      attempt: this.step(stepId).effect?.attempt ?? 0,
      rung,
      reason,
    });
  }
  step(id: string) {
    const found = this.state.steps.find((one) => one.id === id);
    if (!found) throw new Error(id);
    return found;
  }
}
const doStep = (stepId: string, rest: { answer?: string; comment?: string } = {}): RunCommand => ({
  type: 'do',
  stepId,
  by: '王',
  ...rest,
});

describe('order', () => {
  test('without `after` a step waits for the one above; an empty list starts at once', () => {
    const run = new Driven({ id: 'p', steps: [step('one'), step('two'), step('free', { after: [] })] });
    expect(run.state.steps.map(({ phase }) => phase)).toEqual(['ready', 'waiting', 'ready']);
    expect(run.send(doStep('two'))).toBe('run.step_waiting');
    expect(run.send(doStep('one'))).toEqual(['step_done one', 'step_ready two']);
    expect(run.step('one')).toMatchObject({ by: '王', phase: 'done' });
    expect(run.send(doStep('one'))).toBe('run.step_closed');
    expect(run.send(doStep('nine'))).toBe('run.step_unknown');
  });

  test('a skipped step counts as over, and needs a reason', () => {
    const run = new Driven({ id: 'p', steps: [step('one'), step('two')] });
    expect(run.send({ type: 'skip', stepId: 'one', by: '李', comment: '  ' })).toBe('run.comment_required');
    expect(run.send({ type: 'skip', stepId: 'one', by: '李', comment: '无人' })).toEqual([
      'step_skipped one',
      'step_ready two',
    ]);
    expect(run.step('one')).toMatchObject({ phase: 'skipped', by: '李', comment: '无人' });
  });
});

describe('answers', () => {
  const plan: PlanDefinition = {
    id: 'p',
    steps: [
      step('fire', { answer: { kind: 'yes_no' }, after: [], commentRequired: true }),
      step('level', {
        after: [],
        answer: {
          kind: 'choice',
          options: [
            { value: 'small', label: { zh: '小', en: '' } },
            { value: 'big', label: { zh: '大', en: '' } },
          ],
        },
      }),
    ],
  };
  test('are checked against the step', () => {
    const run = new Driven(plan);
    expect(run.send(doStep('fire'))).toBe('run.answer_required');
    expect(run.send(doStep('fire', { answer: 'maybe', comment: 'x' }))).toBe('run.answer_unknown');
    expect(run.send(doStep('fire', { answer: 'yes', comment: ' ' }))).toBe('run.comment_required');
    expect(run.send(doStep('fire', { answer: 'yes', comment: '有明火' }))).toEqual(['step_done fire']);
    expect(run.step('fire')).toMatchObject({ answer: 'yes', comment: '有明火' });
    expect(run.send(doStep('level', { answer: 'yes' }))).toBe('run.answer_unknown');
    expect(run.send(doStep('level', { answer: 'big' }))).toEqual(['step_done level']);
  });
});

describe('effects', () => {
  const announce = step('say', {
    by: 'auto',
    action: {
      type: 'announce',
      zoneIds: 'alarm',
      source: { kind: 'message', messageId: 'evacuate' },
      class: 'emergency_recorded',
      repeat: 2,
    },
  });

  test('an automatic step asks once, with what the alarm means, and is done when the effect has ended', () => {
    const run = new Driven({ id: 'p', steps: [announce, step('gate', { by: 'auto', action: close })] });
    expect(run.events.map(({ kind }) => kind)).toEqual(['started', 'step_ready', 'effect_requested']);
    expect(run.events.at(-1)?.params).toMatchObject({
      key: 'r1:say',
      attempt: 1,
      action: { type: 'announce', zoneIds: ['zone-n'] },
    });
    expect(openEffects(run.state)).toEqual([{ stepId: 'say', attempt: 1, key: 'r1:say' }]);
    expect(run.receipt('say', 'accepted')).toEqual(['receipt say']);
    expect(run.receipt('say', 'started')).toEqual(['receipt say']);
    expect(run.receipt('say', 'accepted')).toEqual([]);
    expect(run.receipt('say', 'ended')).toEqual([
      'receipt say',
      'step_done say',
      'step_ready gate',
      'effect_requested gate',
    ]);
    expect(run.receipt('say', 'failed')).toEqual([]);
    expect(run.step('say')).toMatchObject({ phase: 'done', receipt: 'ended', by: null });
  });

  test('a failure holds up no person; it can be tried again under a new key, and late receipts of the old one are nothing', () => {
    const run = new Driven({
      id: 'p',
      steps: [
        announce,
        step('call', { after: ['say'] }),
        step('gate', { by: 'auto', action: close, after: ['say'] }),
      ],
    });
    expect(run.receipt('say', 'failed', 'broadcast.no_route')).toEqual([
      'receipt say',
      'step_failed say',
      'step_ready call',
    ]);
    expect(run.step('say')).toMatchObject({ phase: 'failed', reason: 'broadcast.no_route' });
    expect(run.send(doStep('call'))).toEqual(['step_done call']);
    expect(run.send(doStep('say'))).toEqual(['effect_requested say']);
    expect(run.step('say').effect?.key).toBe('r1:say:2');
    expect(run.send({ type: 'receipt', stepId: 'say', attempt: 1, rung: 'ended', reason: null })).toEqual([]);
    expect(run.receipt('say', 'ended')).toContain('effect_requested gate');
  });

  test('people go on while a long message is spoken; machines wait for its end', () => {
    const run = new Driven({
      id: 'p',
      steps: [
        announce,
        step('call', { after: ['say'] }),
        step('gate', { by: 'auto', action: close, after: ['say'] }),
      ],
    });
    expect(run.receipt('say', 'started')).toEqual(['receipt say', 'step_ready call']);
    expect(run.step('gate').phase).toBe('waiting');
  });

  test('a step of a person with an action is done when its effect is', () => {
    const run = new Driven({
      id: 'p',
      steps: [step('gate', { action: close, answer: { kind: 'yes_no' } })],
    });
    expect(run.send(doStep('gate', { answer: 'yes', comment: '北门' }))).toEqual(['effect_requested gate']);
    expect(run.send(doStep('gate', { answer: 'yes' }))).toBe('run.step_running');
    expect(run.receipt('gate', 'confirmed')).toEqual(['receipt gate', 'step_done gate']);
    expect(run.step('gate')).toMatchObject({ by: '王', answer: 'yes', comment: '北门' });
  });

  test('a call-out is confirmed by the person who rang', () => {
    const run = new Driven({
      id: 'p',
      steps: [
        step('ring', {
          by: 'auto',
          action: { type: 'notify', contactIds: ['chief'], text: { zh: '到岗', en: '' } },
        }),
      ],
    });
    run.receipt('ring', 'started');
    expect(run.send(doStep('ring', { comment: '已接通' }))).toEqual(['receipt ring', 'step_done ring']);
    expect(run.step('ring')).toMatchObject({ by: '王', receipt: 'confirmed', comment: '已接通' });
    expect(openEffects(run.state)).toEqual([]);
  });

  test('`alarm` without an alarm, or with nothing there, fails at once with the reason', () => {
    const none = new Driven({ id: 'p', steps: [announce] }, null);
    expect(none.step('say')).toMatchObject({ phase: 'failed', reason: 'effect.no_alarm', effect: null });
    const empty = new Driven({ id: 'p', steps: [announce] }, { ...ALARM, zoneIds: [] });
    expect(empty.step('say').reason).toBe('effect.no_zones');
  });

  test('cameras: the newest request first', () => {
    const show = (id: string, cameraIds: 'alarm' | string[]) =>
      step(id, { by: 'auto', after: [], action: { type: 'show_cameras', cameraIds } });
    const run = new Driven({
      id: 'p',
      steps: [show('a', ['cam-7', 'cam-8']), show('b', 'alarm'), show('c', ['cam-8'])],
    });
    expect(run.state.showCameraIds).toEqual(['cam-8', 'cam-1', 'cam-7']);
  });
});
const close = { type: 'device_command' as const, deviceId: 'gate-1', command: 'close', params: {} };

describe('time', () => {
  test('a timer fires at its due time and starts what waits for it', () => {
    const run = new Driven({
      id: 'p',
      steps: [step('wait', { by: 'timer', waitSeconds: 60 }), step('look')],
    });
    expect(nextDueAtMs(run.state)).toBe(at(60).steadyMs);
    expect(run.send(doStep('wait'))).toBe('run.step_running');
    expect(run.pass(59.999)).toEqual([]);
    expect(run.pass(60)).toEqual(['step_done wait', 'step_ready look']);
    expect(run.pass(61)).toEqual([]);
  });

  test('after an outage a chain of waits does not fire as a burst', () => {
    const run = new Driven({
      id: 'p',
      steps: [step('a', { by: 'timer', waitSeconds: 60 }), step('b', { by: 'timer', waitSeconds: 60 })],
    });
    expect(run.send({ type: 'resume', downMs: 3_600_000 }, 3600)).toEqual([
      'resumed',
      'step_done a',
      'step_ready b',
      'timer_started b',
    ]);
    expect(nextDueAtMs(run.state)).toBe(at(3660).steadyMs);
  });

  test('overdue is said once, and the step can still be done', () => {
    const run = new Driven({ id: 'p', steps: [step('ring', { targetSeconds: 30 })] });
    expect(run.pass(30)).toEqual(['step_overdue ring']);
    expect(run.pass(40)).toEqual([]);
    expect(run.send(doStep('ring'), 41)).toEqual(['step_done ring']);
    expect(run.step('ring')).toMatchObject({ overdue: true, phase: 'done' });
  });

  test('a step done in time is never overdue', () => {
    const run = new Driven({ id: 'p', steps: [step('ring', { targetSeconds: 30 })] });
    run.send(doStep('ring'), 29);
    expect(run.pass(31)).toEqual([]);
    expect(nextDueAtMs(run.state)).toBeNull();
  });
});

describe('the end', () => {
  test('completed needs every step done or skipped; cancelled does not; afterwards nothing but receipts', () => {
    const run = new Driven({
      id: 'p',
      steps: [step('one'), step('gate', { by: 'auto', after: [], action: close })],
    });
    const end = (outcome: 'completed' | 'cancelled'): RunCommand => ({
      type: 'end',
      by: '李',
      outcome,
      comment: '',
    });
    expect(run.send(end('completed'))).toBe('run.steps_open');
    expect(run.send({ type: 'note', by: '李', text: '误报' })).toEqual(['note']);
    expect(run.send(end('cancelled'))).toEqual(['ended']);
    expect(run.state).toMatchObject({ outcome: 'cancelled', endedBy: '李' });
    expect(run.send(doStep('one'))).toBe('run.ended');
    expect(run.send({ type: 'note', by: '李', text: 'x' })).toBe('run.ended');
    expect(run.receipt('gate', 'failed', 'no answer')).toEqual(['receipt gate']);
    expect(run.step('gate').phase).toBe('running');
  });
});

test('a missing event is noticed', () => {
  const run = new Driven({ id: 'p', steps: [step('one')] });
  expect(() => foldRun('r1', run.state.plan, run.events.slice(1))).toThrow(/event 2 after event 0/);
});
