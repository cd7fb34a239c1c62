import { rpc } from '#station/rpc.ts';
import type { CamerasService } from './cameras.service.ts';

export function camerasApi(cameras: CamerasService) {
  const { cameras: on } = rpc;
  return {
    discover: on.discover.handler(({ input, context }) => cameras.discover(context.actor, input)),
    probe: on.probe.handler(({ input }) => cameras.probe(input)),
    test: on.test.handler(({ input, context }) => cameras.test(context.actor, input)),
    templates: on.templates.handler(() => cameras.templates()),
    importFile: on.importFile.handler(({ input, context }) =>
      cameras.importFile(context.actor, input.content, input.apply),
    ),
  };
}
