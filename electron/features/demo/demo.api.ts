import { rpc } from '#station/rpc.ts';
import type { DemoService } from './demo.service.ts';

const done = { ok: true } as const;

export function demoApi(demo: DemoService) {
  const { demo: on } = rpc;
  return {
    live: on.live.handler(({ input, signal }) => demo.live.follow(input.resume, signal)),
    start: on.start.handler(({ input, context }) => {
      demo.startScenario(context.actor, input.id);
      return done;
    }),
    stop: on.stop.handler(({ input, context }) => {
      demo.stopScenario(context.actor, input.id);
      return done;
    }),
  };
}
