import { join } from 'node:path';
import type { Plan } from '#contract/plan.ts';
import { plansFor } from '#domain/plan-offers.ts';
import type { PlansPort, StationPorts } from '#station/ports.ts';
import { planFiles, type PlanFileProblem, type PlanLibrary } from './plan-files.ts';
import { missingReferences } from './plan-references.ts';

/** The folders are looked at again at most this often, also when alarms ask for their plans in a burst. */
const LOOK_EVERY_MS = 1000;

export type Plans = ReturnType<typeof createPlans>;

/**
 * The plans: those that come with the program (`resources/plans`) and the park's own
 * (`<data>/plans`), read again when a file changes. A line in the foot bar says when one cannot be
 * used.
 */
export function createPlans({
  clock,
  paths,
  site,
  health,
}: Pick<StationPorts, 'clock' | 'paths' | 'site' | 'health'>) {
  const files = planFiles([join(paths.resources, 'plans'), join(paths.data, 'plans')]);
  let library: PlanLibrary = { plans: [], fileOf: new Map(), problems: [] };
  let lookedAtMs = -Infinity;
  const look = (): PlanLibrary => {
    if (clock.monotonicMs() - lookedAtMs < LOOK_EVERY_MS) return library;
    lookedAtMs = clock.monotonicMs();
    library = files.read();
    const unusable = new Set(library.problems.map(({ file }) => file)).size;
    if (unusable > 0) health.set('plans', 'warn', 'unusable', { files: unusable });
    else health.set('plans', 'ok', 'read', { plans: library.plans.length });
    return library;
  };
  look();

  const port: PlansPort = {
    offersFor: (alarm) => plansFor(look().plans, alarm, site.current().places),
  };
  return {
    port,
    find: (id: string): Plan | undefined => look().plans.find((plan) => plan.id === id),
    /** All plans, and what is wrong with files and with names that the site does not have. */
    list(): { plans: Plan[]; problems: PlanFileProblem[] } {
      const { plans, fileOf, problems } = look();
      const missing = plans.flatMap((plan) => missingReferences(plan, fileOf.get(plan.id) ?? '', site));
      return { plans: [...plans], problems: [...problems, ...missing] };
    },
  };
}
