/**
 * The rules of a run (执行): which events follow from a command or from the passing of time.
 * Pure: the caller stores the events, and only then asks the gate for the effects they request.
 *
 * - A step is ready when the steps before it are done or skipped. Steps that a person does are also
 *   released by an effect that failed or that has started (an announcement that is being spoken), so
 *   that neither a dead speaker nor a long message holds up a call to the fire brigade; what the
 *   station does by itself waits for the effect's end, or until a person has tried again or skipped.
 * - A timer begins when it becomes ready and fires once, at the first look after it is due.
 *   After an outage the next timer begins when the station is back: a chain of waits never fires
 *   as a burst.
 * - A step becomes overdue once. It stays open.
 * - A run ends by a person: `completed` when every step is done or skipped, `cancelled` at any time.
 */
import { climbs, confirmedByPerson, effectKey, isFinal, resolveAction } from './plan-actions.ts';
import { applyEvent, emptyRun } from './plan-fold.ts';
import { prerequisites, type AlarmContext, type PlanDefinition, type StepDefinition } from './plan-types.ts';
import type {
  Decision,
  Moment,
  RunCommand,
  RunEvent,
  RunFact,
  RunRefusal,
  RunState,
  StepState,
} from './plan-run-types.ts';

/** The first events of a run: it has started, and what follows from that at once. */
export function startRun(
  input: { runId: string; plan: PlanDefinition; drill: boolean; alarm: AlarmContext | null; by: string },
  now: Moment,
): RunEvent[] {
  const script = new Script(emptyRun(input.runId, input.plan), now);
  const { drill, alarm } = input;
  script.add({ kind: 'started', stepId: null, params: { drill, alarm } }, input.by);
  return script.settle();
}

/** What a command does to a run, with everything that follows from it, or why it is refused. */
export function decide(state: RunState, command: RunCommand, now: Moment): Decision {
  const script = new Script(state, now);
  // An effect may outlast its run; how it ended belongs in the log all the same.
  if (state.endedAt && command.type !== 'receipt') return refuse('run.ended');
  switch (command.type) {
    case 'note':
      script.add({ kind: 'note', stepId: null, params: { text: command.text } }, command.by);
      break;
    case 'resume':
      script.add({ kind: 'resumed', stepId: null, params: { downMs: command.downMs } }, null);
      break;
    case 'end': {
      const { outcome, comment } = command;
      const open = state.steps.filter(({ phase }) => phase !== 'done' && phase !== 'skipped').length;
      if (outcome === 'completed' && open > 0) return refuse('run.steps_open', { open });
      script.add({ kind: 'ended', stepId: null, params: { outcome, comment } }, command.by);
      break;
    }
    case 'receipt':
      script.receipt(command);
      break;
    case 'do':
    case 'skip': {
      const step = state.steps.find(({ id }) => id === command.stepId);
      const definition = state.plan.steps.find(({ id }) => id === command.stepId);
      if (!step || !definition) return refuse('run.step_unknown', { step: command.stepId });
      if (step.phase === 'done' || step.phase === 'skipped') return refuse('run.step_closed');
      if (command.type === 'skip') {
        if (command.comment.trim() === '') return refuse('run.comment_required');
        const params = { comment: command.comment };
        script.add({ kind: 'step_skipped', stepId: step.id, params }, command.by);
        break;
      }
      const code = refusalOfDo(step, definition, command);
      if (code) return refuse(code);
      script.doStep(step, definition, command);
    }
  }
  return { ok: true, events: script.settle() };
}

/** What the passing of time does: timers that fire, steps that become overdue. Empty when nothing is due. */
export function due(state: RunState, now: Moment): RunEvent[] {
  return new Script(state, now).settle();
}

/** The next steady time at which {@link due} has something to say; null: never by itself. */
export function nextDueAtMs(state: RunState): number | null {
  if (state.endedAt || !state.startedAt) return null;
  let next: number | null = null;
  const take = (ms: number | null) => {
    if (ms !== null && (next === null || ms < next)) next = ms;
  };
  for (const step of state.steps) {
    if (step.phase === 'running') take(step.dueSteadyMs);
    if (isOpen(step) && !step.overdue) take(step.targetSteadyMs);
  }
  return next;
}

/** Effects that were requested and have no final receipt: after a restart the gate is asked again by key. */
export function openEffects(state: RunState): { stepId: string; attempt: number; key: string }[] {
  return state.steps.flatMap(({ id, effect, receipt }) =>
    effect && !(receipt && isFinal(receipt))
      ? [{ stepId: id, attempt: effect.attempt, key: effect.key }]
      : [],
  );
}

const refuse = (code: RunRefusal, params: Record<string, string | number> = {}): Decision => ({
  ok: false,
  code,
  params,
});
const isOpen = ({ phase }: StepState) => phase !== 'done' && phase !== 'skipped';
/** The effect has been asked for and waits for a person's word. */
const awaitsPerson = ({ phase, effect }: StepState) =>
  phase === 'running' && effect !== null && confirmedByPerson(effect.action.type);

function refusalOfDo(
  step: StepState,
  definition: StepDefinition,
  command: Extract<RunCommand, { type: 'do' }>,
): RunRefusal | null {
  if (step.phase === 'waiting') return 'run.step_waiting';
  if (step.phase === 'running' && !awaitsPerson(step)) return 'run.step_running';
  // Trying an automatic step again asks for no answer.
  if (step.phase === 'failed' && definition.by === 'auto') return null;
  const { answer } = definition;
  // The answers of a person step that waits for its call-out were given when it was asked for.
  const given = command.answer ?? step.answer ?? undefined;
  if (answer.kind === 'done') {
    if (given !== undefined && given !== 'done') return 'run.answer_unknown';
  } else {
    if (given === undefined) return 'run.answer_required';
    const allowed = answer.kind === 'yes_no' ? ['yes', 'no'] : answer.options.map(({ value }) => value);
    if (!allowed.includes(given)) return 'run.answer_unknown';
  }
  const comment = command.comment?.trim() || step.comment;
  return definition.commentRequired && !comment ? 'run.comment_required' : null;
}

/** Events of one moment, each applied before the next is decided. */
class Script {
  private state: RunState;
  private readonly now: Moment;
  private readonly events: RunEvent[] = [];

  constructor(state: RunState, now: Moment) {
    this.state = state;
    this.now = now;
  }

  add(fact: RunFact, by: string | null): void {
    const event: RunEvent = { ...fact, ...this.now, seq: this.state.seq + 1, by };
    this.state = applyEvent(this.state, event);
    this.events.push(event);
  }

  doStep(step: StepState, definition: StepDefinition, command: Extract<RunCommand, { type: 'do' }>): void {
    const answer = command.answer ?? step.answer;
    const comment = command.comment?.trim() || step.comment;
    if (awaitsPerson(step) && step.effect) {
      const params = { attempt: step.effect.attempt, rung: 'confirmed' as const, reason: null };
      this.add({ kind: 'receipt', stepId: step.id, params }, command.by);
    } else if (definition.action) {
      this.request(step, definition, command.by, answer, comment);
      return;
    }
    this.add({ kind: 'step_done', stepId: step.id, params: { answer, comment } }, command.by);
  }

  receipt(report: Extract<RunCommand, { type: 'receipt' }>): void {
    const step = this.state.steps.find(({ id }) => id === report.stepId);
    if (step?.effect?.attempt !== report.attempt || !climbs(step.receipt, report.rung)) return;
    const { attempt, rung, reason } = report;
    this.add({ kind: 'receipt', stepId: step.id, params: { attempt, rung, reason } }, null);
    if (step.phase !== 'running' || this.state.endedAt || !isFinal(rung)) return;
    if (rung === 'failed') {
      this.add({ kind: 'step_failed', stepId: step.id, params: { reason: reason ?? 'effect.failed' } }, null);
    } else {
      const { answer, comment } = step;
      this.add({ kind: 'step_done', stepId: step.id, params: { answer, comment } }, step.by);
    }
  }

  /** Lets everything happen that needs nobody, and hands over all events. */
  settle(): RunEvent[] {
    while (this.state.startedAt && !this.state.endedAt && this.once());
    return this.events;
  }

  private once(): boolean {
    for (const [index, definition] of this.state.plan.steps.entries()) {
      const step = this.state.steps[index];
      if (step && this.advance(step, definition, index)) return true;
    }
    return false;
  }

  private advance(step: StepState, definition: StepDefinition, index: number): boolean {
    const { id: stepId, phase } = step;
    const before = this.state.seq;
    if (phase === 'waiting' && this.released(definition, index)) {
      this.add({ kind: 'step_ready', stepId, params: {} }, null);
    } else if (phase === 'ready' && definition.by === 'timer') {
      this.add(
        { kind: 'timer_started', stepId, params: { waitMs: (definition.waitSeconds ?? 0) * 1000 } },
        null,
      );
    } else if (phase === 'ready' && definition.by === 'auto') {
      this.request(step, definition, null, null, null);
    } else if (phase === 'running' && step.dueSteadyMs !== null && step.dueSteadyMs <= this.now.steadyMs) {
      this.add({ kind: 'step_done', stepId, params: { answer: null, comment: null } }, null);
    } else if (isOpen(step) && !step.overdue && (step.targetSteadyMs ?? Infinity) <= this.now.steadyMs) {
      const targetMs = (definition.targetSeconds ?? 0) * 1000;
      this.add({ kind: 'step_overdue', stepId, params: { targetMs } }, null);
    }
    return this.state.seq > before;
  }

  private released(definition: StepDefinition, index: number): boolean {
    return prerequisites(this.state.plan, index).every((id) => {
      const before = this.state.steps.find((step) => step.id === id);
      if (before?.phase === 'done' || before?.phase === 'skipped') return true;
      return definition.by === 'person' && (before?.phase === 'failed' || before?.receipt === 'started');
    });
  }

  private request(
    step: StepState,
    definition: StepDefinition,
    by: string | null,
    answer: string | null,
    comment: string | null,
  ): void {
    const stepId = step.id;
    const resolved = definition.action && resolveAction(definition.action, this.state.alarm);
    if (!resolved || 'reason' in resolved) {
      const reason = resolved?.reason ?? 'effect.no_action';
      this.add({ kind: 'step_failed', stepId, params: { reason } }, by);
      return;
    }
    const attempt = (step.effect?.attempt ?? 0) + 1;
    const key = effectKey(this.state.runId, stepId, attempt);
    this.add(
      {
        kind: 'effect_requested',
        stepId,
        params: { key, attempt, action: resolved.action, answer, comment },
      },
      by,
    );
  }
}
