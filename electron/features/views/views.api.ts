import { rpc } from '#station/rpc.ts';
import type { ViewsService } from './views.service.ts';

const ok = { ok: true } as const;

export function viewsApi(views: ViewsService) {
  const { views: on } = rpc;
  return {
    live: on.live.handler(({ input, context, signal }) => views.follow(context.actor, input.resume, signal)),
    save: on.save.handler(({ input, context }) => views.save(context.actor, input.id, input.view)),
    share: on.share.handler(({ input, context }) => views.share(context.actor, input.id, input.view)),
    remove: on.remove.handler(({ input, context }) => {
      views.remove(context.actor, input.id);
      return ok;
    }),
    removeShared: on.removeShared.handler(({ input, context }) => {
      views.removeShared(context.actor, input.id);
      return ok;
    }),
    arrange: on.arrange.handler(({ input, context }) => {
      views.arrange(context.actor, input.ids);
      return ok;
    }),
    setDefault: on.setDefault.handler(({ input, context }) => {
      views.setDefault(context.actor, input.id);
      return ok;
    }),
  };
}
