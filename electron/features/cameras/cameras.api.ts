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
    addMany: on.addMany.handler(({ input, context }) => cameras.addMany(context.actor, input.cameras)),
    changeMany: on.changeMany.handler(({ input, context }) =>
      cameras.changeMany(context.actor, input.cameraIds, input.change),
    ),
    hasPassword: on.hasPassword.handler(({ input }) => cameras.hasPassword(input.cameraId)),
    batches: on.batches.handler(() => cameras.batches()),
    undo: on.undo.handler(({ input, context }) => cameras.undo(context.actor, input.batchId)),
    changePassword: on.changePassword.handler(({ input, context }) =>
      cameras.changePassword(context.actor, input.cameraId, input.password),
    ),
    trust: on.trust.handler(({ input, context }) => {
      cameras.trust(context.actor, input);
      return { ok: true } as const;
    }),
    clocks: on.clocks.handler(({ input, signal }) => cameras.clocks.follow(input.resume, signal)),
    events: on.events.handler(({ input, signal }) => cameras.heard.follow(input.resume, signal)),
  };
}
