import { rpc } from '#station/rpc.ts';
import type { Evidence } from './evidence.service.ts';

const OK = { ok: true } as const;

/** The contract's `evidence`. */
export function evidenceApi(evidence: Evidence) {
  const { evidence: on } = rpc;
  return {
    live: on.live.handler(({ input, signal }) => evidence.live.follow(input.resume, signal)),
    list: on.list.handler(({ input }) => evidence.list(input)),
    key: on.key.handler(() => evidence.key()),
    start: on.start.handler(({ input, context }) => evidence.start(context.actor, input)),
    approve: on.approve.handler(({ input, context }) => {
      evidence.approve(context.actor, input.id);
      return OK;
    }),
    reject: on.reject.handler(({ input, context }) => {
      evidence.reject(context.actor, input.id, input.reason);
      return OK;
    }),
    cancel: on.cancel.handler(async ({ input, context }) => {
      await evidence.cancel(context.actor, input.id);
      return OK;
    }),
    remove: on.remove.handler(async ({ input, context }) => {
      await evidence.remove(context.actor, input.id, input.reason);
      return OK;
    }),
    download: on.download.handler(({ input, context }) => evidence.download(context.actor, input.id)),
    read: on.read.handler(async ({ input, context }) => {
      const bytes = await evidence.read(context.actor, input.grant, input.offset, input.length);
      return { base64: bytes.toString('base64') };
    }),
  };
}
