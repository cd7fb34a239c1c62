import { rpc } from '#station/rpc.ts';
import type { Plans } from './plans.service.ts';
import type { Runs } from './runs.service.ts';

const done = { ok: true } as const;

export function plansApi(plans: Plans) {
  return { list: rpc.plans.list.handler(() => plans.list()) };
}

export function runsApi(runs: Runs) {
  const { runs: on } = rpc;
  return {
    live: on.live.handler(({ input, signal }) => runs.live.follow(input.resume, signal)),
    list: on.list.handler(({ input }) => runs.list(input.cursor, input.limit)),
    get: on.get.handler(({ input }) => runs.get(input.id)),
    start: on.start.handler(({ input, context }) => runs.start(context.actor, input)),
    doStep: on.doStep.handler(({ input, context }) => {
      runs.doStep(context.actor, input.runId, input.stepId, input.answer, input.comment);
      return done;
    }),
    skipStep: on.skipStep.handler(({ input, context }) => {
      runs.skipStep(context.actor, input.runId, input.stepId, input.comment);
      return done;
    }),
    note: on.note.handler(({ input, context }) => {
      runs.note(context.actor, input.runId, input.text);
      return done;
    }),
    end: on.end.handler(({ input, context }) => {
      runs.end(context.actor, input.runId, input.outcome, input.comment);
      return done;
    }),
  };
}
