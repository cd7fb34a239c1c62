import { rpc } from '#station/rpc.ts';
import type { ToursService } from './tours.service.ts';

const ok = { ok: true } as const;

export function toursApi(tours: ToursService) {
  const { tours: on } = rpc;
  return {
    routes: on.routes.handler(({ input, signal }) => tours.routes.follow(input.resume, signal)),
    live: on.live.handler(({ input, signal }) => tours.live.follow(input.resume, signal)),
    saveRoute: on.saveRoute.handler(({ input, context }) =>
      tours.saveRoute(context.actor, input.id, input.route),
    ),
    removeRoute: on.removeRoute.handler(({ input, context }) => {
      tours.removeRoute(context.actor, input.id);
      return ok;
    }),
    start: on.start.handler(({ input, context }) => tours.begin(context.actor, input.routeId, input.runId)),
    confirm: on.confirm.handler(({ input, context }) =>
      tours.confirm(context.actor, input.runId, input.cameraId),
    ),
    skip: on.skip.handler(({ input, context }) =>
      tours.skip(context.actor, input.runId, input.cameraId, input.reason),
    ),
    revisit: on.revisit.handler(({ input, context }) =>
      tours.revisit(context.actor, input.runId, input.cameraId),
    ),
    report: on.report.handler(({ input: { runId, cameraId, type, note }, context }) =>
      tours.report(context.actor, runId, cameraId, { type, note }),
    ),
    picture: on.picture.handler(({ input }) => tours.picture(input.seq)),
    marks: on.marks.handler(({ input }) => tours.marks(input)),
    shifts: on.shifts.handler(() => tours.shifts()),
    reportPdf: on.reportPdf.handler(({ input, context }) => ({
      pdfBase64: tours.reportPdf(context.actor, input).toString('base64'),
    })),
    list: on.list.handler(({ input }) => tours.list(input.fromMs, input.toMs)),
  };
}
