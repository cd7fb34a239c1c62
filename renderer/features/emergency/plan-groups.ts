import type { Plan } from '#contract/plan.ts';

const LEVELS = ['I', 'II', 'III', 'IV'] as const;

/** Plans in the order in which they are looked for: the offered ones (best first), then by level. */
export function groupPlans(
  plans: readonly Plan[],
  offered: readonly string[],
): { key: 'offered' | Plan['level']; plans: Plan[] }[] {
  const best = offered.flatMap((id) => plans.find((plan) => plan.id === id) ?? []);
  const rest = plans.filter((plan) => !best.includes(plan));
  const groups = LEVELS.map((key) => ({ key, plans: rest.filter((plan) => plan.level === key) }));
  return [{ key: 'offered' as const, plans: best }, ...groups].filter((group) => group.plans.length > 0);
}

/** A problem's message: `code: what` from the station's own checks, else a sentence of the file's reader. */
export function problemCode(message: string): { code: string; what: string } | null {
  const match = /^([a-z][a-z_]+)(?:: (.*))?$/.exec(message);
  return match?.[1] ? { code: match[1], what: match[2] ?? '' } : null;
}
