import type { ActiveSession } from '#station/sessions.ts';
import { rpc } from '#station/rpc.ts';
import { fail } from '#station/errors.ts';
import type { createVideo } from './video.service.ts';

export function videoApi(video: ReturnType<typeof createVideo<ActiveSession>>) {
  const { video: on } = rpc;
  return {
    live: on.live.handler(({ input, signal }) => video.live.follow(input.resume, signal)),
    ticket: on.ticket.handler(({ context }) => {
      const { session } = context.connection;
      return session ? video.ticket(session) : fail('UNAUTHENTICATED', 'session.none');
    }),
  };
}
