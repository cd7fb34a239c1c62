import { prerequisites, type PlanDefinition } from './plan-types.ts';

/** What is wrong with a plan that fits its schema. `path` as in the file: `steps[3].after[0]`. */
export interface PlanProblem {
  path: (string | number)[];
  code:
    | 'duplicate_step'
    | 'unknown_after'
    | 'after_itself'
    | 'after_cycle'
    | 'timer_without_wait'
    | 'wait_without_timer'
    | 'timer_with_action'
    | 'auto_without_action'
    | 'auto_with_answer'
    | 'duplicate_option';
  params: Record<string, string>;
}

/**
 * Checks what a schema cannot: ids, order, and that each kind of step has what it needs.
 * Every problem is reported, not only the first; an empty list means that every step of the plan
 * can be reached.
 */
export function checkPlan(plan: PlanDefinition): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const known = new Set<string>();
  for (const [index, step] of plan.steps.entries()) {
    const at = (...rest: (string | number)[]) => ['steps', index, ...rest];
    const add = (code: PlanProblem['code'], path: (string | number)[], params = {}) =>
      problems.push({ path, code, params: { step: step.id, ...params } });

    if (known.has(step.id)) add('duplicate_step', at('id'));
    known.add(step.id);
    for (const [place, id] of (step.after ?? []).entries()) {
      if (id === step.id) add('after_itself', at('after', place));
      else if (!plan.steps.some((other) => other.id === id)) add('unknown_after', at('after', place), { id });
    }
    if (step.by === 'timer') {
      if (step.waitSeconds === undefined) add('timer_without_wait', at('by'));
      // A wait and an action in one step would leave open which of the two a skip takes back.
      if (step.action) add('timer_with_action', at('action'));
    } else if (step.waitSeconds !== undefined) add('wait_without_timer', at('waitSeconds'));
    if (step.by === 'auto' && !step.action) add('auto_without_action', at('by'));
    if (step.by !== 'person' && step.answer.kind !== 'done') add('auto_with_answer', at('answer'));
    if (step.answer.kind === 'choice') {
      const values = step.answer.options.map((option) => option.value);
      for (const [place, value] of values.entries()) {
        if (values.indexOf(value) < place) add('duplicate_option', at('answer', 'options', place), { value });
      }
    }
  }
  const stuck = unreachable(plan);
  // A cycle is only worth a word of its own where nothing plainer explains it.
  if (stuck.length > 0 && !problems.some(({ code }) => code === 'unknown_after' || code === 'after_itself')) {
    const index = plan.steps.findIndex((step) => step.id === stuck[0]);
    problems.push({
      path: ['steps', index, 'after'],
      code: 'after_cycle',
      params: { step: stuck.join(', ') },
    });
  }
  return problems;
}

/** Steps that never become ready, whatever people do: those in a cycle and those behind one. */
function unreachable(plan: PlanDefinition): string[] {
  const over = new Set<string>();
  for (let progress = true; progress;) {
    progress = false;
    for (const [index, step] of plan.steps.entries()) {
      if (over.has(step.id) || !prerequisites(plan, index).every((id) => over.has(id))) continue;
      over.add(step.id);
      progress = true;
    }
  }
  return plan.steps.map(({ id }) => id).filter((id) => !over.has(id));
}
