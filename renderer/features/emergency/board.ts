import type { PlanStep } from '#contract/plan.ts';
import type { Run } from '#contract/plans.contract.ts';
import { confirmedByPerson } from '#domain/plan-actions.ts';

type RunStep = Run['steps'][number];
/** What a person may do with a step now; null: nothing, it waits or is over. */
export type StepMove = 'do' | 'confirm' | 'retry' | null;
export interface BoardStep extends RunStep {
  /** As the plan wrote it when the run began. */
  definition: PlanStep;
  /** From 1, in the order of the plan. */
  number: number;
  move: StepMove;
}

/** The steps of a run with what they mean and what may be done with each. */
export function boardSteps(run: Run): BoardStep[] {
  const states = new Map(run.steps.map((step) => [step.id, step]));
  return run.plan.steps.flatMap((definition, index) => {
    const step = states.get(definition.id);
    if (!step) return [];
    const move = run.state === 'running' ? moveOf(step, definition) : null;
    return [{ ...step, definition, number: index + 1, move }];
  });
}

/** The same rule as the station's: a ready step is done, a call-out confirmed, a failed effect tried again. */
function moveOf(step: RunStep, definition: PlanStep): StepMove {
  if (step.state === 'failed') return 'retry';
  if (step.state === 'ready') return definition.by === 'person' ? 'do' : null;
  const type = definition.action?.type;
  return step.state === 'running' && type !== undefined && confirmedByPerson(type) ? 'confirm' : null;
}

/**
 * The step that the eye should go to: the one that was picked while it can still be acted on, else
 * the first in the plan's order, a failed one after those that wait for a person: a dead speaker
 * must not hold up a call to the fire brigade.
 */
export function nextStep(steps: readonly BoardStep[], pickedId: string | null): BoardStep | null {
  const open = steps.filter((step) => step.move !== null);
  return (
    open.find((step) => step.id === pickedId) ?? open.find((step) => step.move !== 'retry') ?? open[0] ?? null
  );
}

export const isOver = (step: Pick<RunStep, 'state'>): boolean =>
  step.state === 'done' || step.state === 'skipped';
export const doneCount = (steps: readonly RunStep[]): number => steps.filter(isOver).length;

/** The clock that a step shows. `left` is negative when it is past; null: it shows none. */
export function stepClock(
  step: RunStep,
  nowMs: number,
): { kind: 'timer' | 'target'; leftMs: number; late: boolean } | null {
  if (isOver(step)) return null;
  if (step.dueAtMs !== null) return { kind: 'timer', leftMs: Math.max(0, step.dueAtMs - nowMs), late: false };
  if (step.targetAtMs === null || step.state === 'waiting') return null;
  const leftMs = step.targetAtMs - nowMs;
  return { kind: 'target', leftMs, late: step.overdue || leftMs < 0 };
}

/** The timer that fires next among those that run. */
export function nextTimer(steps: readonly BoardStep[]): BoardStep | null {
  const timers = steps.filter((step) => step.dueAtMs !== null && !isOver(step));
  return timers.sort((a, b) => (a.dueAtMs ?? 0) - (b.dueAtMs ?? 0))[0] ?? null;
}

export interface StepInput {
  answer: string | null;
  comment: string;
}
export type Missing = 'answer' | 'comment' | null;

/** What the station would ask for before it takes the step. An earlier answer of the same step counts. */
export function missingOf(step: BoardStep, input: StepInput): Missing {
  const { definition } = step;
  if (step.move === 'retry' && definition.by === 'auto') return null;
  if (definition.answer.kind !== 'done' && (input.answer ?? step.answer) === null) return 'answer';
  if (definition.commentRequired && input.comment.trim() === '' && !step.comment) return 'comment';
  return null;
}

/** Answers of a step, in the order of their digit keys; empty where it is simply done. */
export function answersOf(definition: PlanStep): string[] {
  const { answer } = definition;
  if (answer.kind === 'yes_no') return ['yes', 'no'];
  return answer.kind === 'choice' ? answer.options.map(({ value }) => value) : [];
}

/** What a plan does by itself as soon as it starts. */
export function atOnce(steps: readonly PlanStep[]): PlanStep[] {
  return steps.filter(
    (step, index) => step.by === 'auto' && (step.after ? step.after.length === 0 : index === 0),
  );
}
