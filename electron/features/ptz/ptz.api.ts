import { rpc } from '#station/rpc.ts';
import type { PtzService } from './ptz.service.ts';

const ok = { ok: true } as const;

export function ptzApi(ptz: PtzService) {
  const { ptz: on } = rpc;
  return {
    live: on.live.handler(({ input, signal }) => ptz.live.follow(input.resume, signal)),
    open: on.open.handler(({ input }) => ptz.open(input.cameraId)),
    whereabouts: on.whereabouts.handler(({ input }) => {
      ptz.whereabouts(input.cameraIds);
      return ok;
    }),
    take: on.take.handler(({ input, context }) => {
      ptz.take(context.actor, input.cameraId);
      return ok;
    }),
    keep: on.keep.handler(({ input, context }) => {
      ptz.keep(context.actor, input.cameraId, input.keep);
      return ok;
    }),
    release: on.release.handler(({ input, context }) => {
      ptz.release(context.actor, input.cameraId);
      return ok;
    }),
    move: on.move.handler(async ({ input: { cameraId, pan, tilt, zoom }, context }) => {
      await ptz.move(context.actor, cameraId, { pan, tilt, zoom });
      return ok;
    }),
    stop: on.stop.handler(async ({ input, context }) => {
      await ptz.stop(context.actor, input.cameraId);
      return ok;
    }),
    relative: on.relative.handler(async ({ input: { cameraId, pan, tilt, zoom, speed }, context }) => {
      await ptz.relative(context.actor, cameraId, { pan, tilt, zoom }, speed);
      return ok;
    }),
    centre: on.centre.handler(async ({ input: { cameraId, x, y, aspect }, context }) => {
      await ptz.centre(context.actor, cameraId, { x, y }, aspect);
      return ok;
    }),
    frame: on.frame.handler(async ({ input: { cameraId, aspect, ...box }, context }) => {
      await ptz.frame(context.actor, cameraId, box, aspect);
      return ok;
    }),
    lookAt: on.lookAt.handler(async ({ input, context }) => ({
      cameras: await ptz.lookAt(context.actor, input.at, input.level, input.alarmId),
    })),
    calibrate: on.calibrate.handler(({ input, context }) =>
      ptz.calibrate(context.actor, input.cameraId, input.heightMetres, input.marks),
    ),
    absolute: on.absolute.handler(async ({ input: { cameraId, speed, ...to }, context }) => {
      await ptz.absolute(context.actor, cameraId, to, speed);
      return ok;
    }),
    home: on.home.handler(async ({ input, context }) => {
      await ptz.home(context.actor, input.cameraId, input.speed);
      return ok;
    }),
    gotoPreset: on.gotoPreset.handler(async ({ input, context }) => {
      await ptz.gotoPreset(context.actor, input.cameraId, input.token, input.speed);
      return ok;
    }),
    setPreset: on.setPreset.handler(({ input, context }) =>
      ptz.setPreset(context.actor, input.cameraId, input.name, input.token),
    ),
    removePreset: on.removePreset.handler(async ({ input, context }) => {
      await ptz.removePreset(context.actor, input.cameraId, input.token);
      return ok;
    }),
    setRest: on.setRest.handler(({ input, context }) => {
      ptz.setRest(context.actor, input.cameraId, input.rest);
      return ok;
    }),
  };
}
