import { rpc } from '#station/rpc.ts';
import type { Alarms } from './alarms.service.ts';

/** The contract's `alarms`. */
export function alarmsApi(alarms: Alarms) {
  const ok = { ok: true } as const;
  return {
    live: rpc.alarms.live.handler(({ input, signal }) => alarms.live.follow(input.resume, signal)),
    list: rpc.alarms.list.handler(({ input }) => alarms.list(input)),
    get: rpc.alarms.get.handler(({ input }) => alarms.get(input.id)),
    acknowledge: rpc.alarms.acknowledge.handler(({ input, context }) => ({
      acknowledged: alarms.acknowledge(context.actor, input.ids),
    })),
    comment: rpc.alarms.comment.handler(({ input, context }) => {
      alarms.comment(context.actor, input.id, input.text);
      return ok;
    }),
    setWorkflow: rpc.alarms.setWorkflow.handler(({ input, context }) => {
      alarms.setWorkflow(context.actor, input.id, input.workflow);
      return ok;
    }),
    close: rpc.alarms.close.handler(({ input, context }) => {
      const { disposition, comment } = input;
      alarms.close(context.actor, input.id, { disposition, comment });
      return ok;
    }),
    figures: rpc.alarms.figures.handler(() => alarms.figures()),
  };
}
