import { rpc } from '#station/rpc.ts';
import type { PicturesService } from './pictures.service.ts';

export function picturesApi(pictures: PicturesService) {
  const { pictures: on } = rpc;
  return {
    keep: on.keep.handler(({ input, context }) => pictures.keep(context.actor, input)),
    report: on.report.handler(({ input, context }) => pictures.report(context.actor, input)),
    get: on.get.handler(({ input, context }) => pictures.get(context.actor, input.id)),
  };
}
