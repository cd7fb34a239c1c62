import { rpc } from '#station/rpc.ts';
import type { PerimeterService } from './perimeter.service.ts';

export function perimeterApi(perimeter: PerimeterService) {
  const { perimeter: on } = rpc;
  return {
    live: on.live.handler(({ input, signal }) => perimeter.live.follow(input.resume, signal)),
    arm: on.arm.handler(({ input, context }) => perimeter.arm(context.actor, input)),
  };
}
