/** A run's state is a fold over its events: nothing else is remembered, so a restart loses nothing. */
import type { Moment, RunEvent, RunState, StepState } from './plan-run-types.ts';
import type { PlanDefinition } from './plan-types.ts';

/** A run of which nothing has happened yet. */
export function emptyRun(runId: string, plan: PlanDefinition): RunState {
  const steps = plan.steps.map(({ id }) => ({
    id,
    phase: 'waiting' as const,
    readyAt: null,
    startedAt: null,
    endedAt: null,
    dueSteadyMs: null,
    targetSteadyMs: null,
    overdue: false,
    by: null,
    answer: null,
    comment: null,
    effect: null,
    receipt: null,
    reason: null,
  }));
  return {
    runId,
    plan,
    seq: 0,
    drill: false,
    alarm: null,
    startedAt: null,
    startedBy: null,
    endedAt: null,
    endedBy: null,
    outcome: null,
    showCameraIds: [],
    steps,
  };
}

/** The state after these events, in the order of their `seq`. */
export function foldRun(runId: string, plan: PlanDefinition, events: Iterable<RunEvent>): RunState {
  let state = emptyRun(runId, plan);
  for (const event of events) state = applyEvent(state, event);
  return state;
}

/** The state after one more event. Throws when an event is missing or doubled: the store is broken then. */
export function applyEvent(state: RunState, event: RunEvent): RunState {
  if (event.seq !== state.seq + 1) {
    throw new Error(`run ${state.runId}: event ${event.seq} after event ${state.seq}`);
  }
  const next: RunState = { ...state, seq: event.seq };
  const at: Moment = { atMs: event.atMs, steadyMs: event.steadyMs };
  switch (event.kind) {
    case 'started':
      return { ...next, ...event.params, startedAt: at, startedBy: event.by };
    case 'ended':
      return { ...next, endedAt: at, endedBy: event.by, outcome: event.params.outcome };
    case 'note':
    case 'resumed':
      return next;
    case 'effect_requested': {
      const { action } = event.params;
      const cameras = action.type === 'show_cameras' ? action.cameraIds : [];
      next.showCameraIds = [...new Set([...cameras, ...state.showCameraIds])];
    }
  }
  next.steps = state.steps.map((step) =>
    step.id === event.stepId ? { ...step, ...stepChange(state.plan, step, event, at) } : step,
  );
  return next;
}

function stepChange(
  plan: PlanDefinition,
  step: StepState,
  event: Extract<RunEvent, { stepId: string }>,
  at: Moment,
): Partial<StepState> {
  switch (event.kind) {
    case 'step_ready': {
      const target = plan.steps.find(({ id }) => id === step.id)?.targetSeconds;
      const targetSteadyMs = target === undefined ? null : at.steadyMs + target * 1000;
      return { phase: 'ready', readyAt: at, targetSteadyMs };
    }
    case 'timer_started':
      return { phase: 'running', startedAt: at, dueSteadyMs: at.steadyMs + event.params.waitMs };
    case 'effect_requested':
      return {
        phase: 'running',
        startedAt: at,
        endedAt: null,
        by: event.by,
        answer: event.params.answer,
        comment: event.params.comment,
        effect: event.params,
        receipt: null,
        reason: null,
      };
    case 'receipt':
      return { receipt: event.params.rung, reason: event.params.reason };
    case 'step_done':
      return { phase: 'done', endedAt: at, by: event.by, ...event.params };
    case 'step_skipped':
      return { phase: 'skipped', endedAt: at, by: event.by, comment: event.params.comment };
    case 'step_failed':
      return { phase: 'failed', endedAt: at, reason: event.params.reason };
    case 'step_overdue':
      return { overdue: true };
  }
}
