import { rpc } from '#station/rpc.ts';
import type { SiteService } from './site.service.ts';

const done = { ok: true } as const;

export function siteApi(site: SiteService) {
  const { site: on } = rpc;
  return {
    get: on.get.handler(() => ({ ...site.port.current(), revision: site.port.revision() })),
    live: on.live.handler(({ input, signal }) => site.revisions.follow(input.resume, signal)),
    map: on.map.handler(() => site.map()),
    put: on.put.handler(({ input, context }) => {
      site.put(context.actor, input.collection, input.object, input.cameraPassword);
      return done;
    }),
    remove: on.remove.handler(({ input, context }) => {
      site.remove(context.actor, input.collection, input.id);
      return done;
    }),
    importFile: on.importFile.handler(({ input, context }) =>
      site.importFile(context.actor, input.yaml, input.apply),
    ),
    exportFile: on.exportFile.handler(() => ({ yaml: site.exportFile() })),
  };
}
