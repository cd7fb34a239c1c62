import type { Run, RunEvent as LoggedEvent } from '#contract/plans.contract.ts';
import type { JsonObject } from '#contract/base.ts';
import type { RunEvent, RunState, StepState } from '#domain/plan-run-types.ts';
import type { RunHead } from './runs.store.ts';

/**
 * A run as consoles see it. Due times are on the steady axis inside; here they become wall times by
 * the distance between the two clocks now (`offsetMs` = wall - steady), so that a countdown is right
 * also after the wall clock was set.
 */
export function viewRun(head: RunHead, state: RunState, offsetMs: number): Run {
  const { startedAt, endedAt } = state;
  return {
    id: head.id,
    planId: head.plan.id,
    planVersion: head.plan.version,
    planName: head.plan.name,
    plan: head.plan,
    drill: head.drill,
    alarmId: head.alarmId,
    alarmTitle: head.alarmTitle,
    state: endedAt ? 'ended' : 'running',
    outcome: state.outcome,
    startedAtMs: startedAt?.atMs ?? head.startedAtMs,
    startedBy: state.startedBy ?? '',
    endedAtMs: endedAt?.atMs ?? null,
    endedBy: state.endedBy,
    showCameraIds: [...state.showCameraIds],
    steps: state.steps.map((step) => viewStep(step, endedAt === null ? offsetMs : null)),
  };
}

/** `offsetMs` null: the run has ended, and nothing is due any more. */
function viewStep(step: StepState, offsetMs: number | null): Run['steps'][number] {
  const timing = step.phase === 'running' && offsetMs !== null && step.dueSteadyMs !== null;
  const { readyAt, targetSteadyMs } = step;
  return {
    id: step.id,
    state: step.phase,
    readyAtMs: readyAt?.atMs ?? null,
    startedAtMs: step.startedAt?.atMs ?? null,
    endedAtMs: step.endedAt?.atMs ?? null,
    dueAtMs: timing ? (step.dueSteadyMs ?? 0) + offsetMs : null,
    targetAtMs:
      readyAt && targetSteadyMs !== null ? readyAt.atMs + (targetSteadyMs - readyAt.steadyMs) : null,
    overdue: step.overdue,
    by: step.by,
    answer: step.answer,
    comment: step.comment,
    receipt: step.receipt,
    reason: step.reason,
  };
}

/** One line of the run's log. */
export function viewEvent({ seq, atMs, kind, stepId, by, params }: RunEvent): LoggedEvent {
  return { seq, atMs, kind, stepId, by, params: JSON.parse(JSON.stringify(params)) as JsonObject };
}
