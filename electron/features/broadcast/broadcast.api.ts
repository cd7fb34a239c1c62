import { rpc } from '#station/rpc.ts';
import type { BroadcastService } from './broadcast.service.ts';
import type { SirenService } from './siren.service.ts';

export function broadcastApi(service: BroadcastService, siren: SirenService) {
  const { broadcast } = rpc;
  return {
    live: broadcast.live.handler(({ input, signal }) => service.live.follow(input.resume, signal)),
    zones: broadcast.zones.handler(({ input, signal }) => service.zonesLive.follow(input.resume, signal)),
    list: broadcast.list.handler(({ input }) => {
      const items = service.list(input.cursor, input.limit);
      return { items, nextCursor: items.length === input.limit ? (items.at(-1)?.id ?? null) : null };
    }),
    start: broadcast.start.handler(({ input, context }) => service.start(context.actor, input)),
    stop: broadcast.stop.handler(({ input, context }) => {
      service.stop(context.actor, input.id, input.zoneIds);
      return { ok: true } as const;
    }),
    resumeMusic: broadcast.resumeMusic.handler(({ input, context }) => {
      service.resumeMusic(context.actor, input.zoneIds);
      return { ok: true } as const;
    }),
    messages: broadcast.messages.handler(() => service.messages.list()),
    importMessage: broadcast.importMessage.handler(({ input, context }) =>
      service.messages.import(context.actor, input),
    ),
    deleteMessage: broadcast.deleteMessage.handler(({ input, context }) => {
      service.messages.delete(context.actor, input.id);
      return { ok: true } as const;
    }),
    preview: broadcast.preview.handler(({ input }) => service.preview(input.source)),
    soundTest: broadcast.soundTest.handler(({ context }) => siren.test(context.actor)),
  };
}
