import { rpc } from '#station/rpc.ts';
import type { PatrolService } from './patrol.service.ts';

export function patrolApi(patrol: PatrolService) {
  const { patrol: on } = rpc;
  return {
    live: on.live.handler(({ input, signal }) => patrol.live.follow(input.resume, signal)),
    figures: on.figures.handler(() => patrol.figures()),
  };
}
