import { randomBytes } from 'node:crypto';
import type { Clock } from '#station/clock.ts';

/** A console fetches a ticket and uses it at once. */
const VALID_MS = 30_000;
/** A console that fetches and never connects must not fill the memory. */
const MAX_TICKETS = 256;

/** One-time tokens that let one connection in. */
export function createTickets<Session>(clock: Clock) {
  const tickets = new Map<string, { session: Session; expiresAtMs: number }>();

  function sweep(): void {
    for (const [token, { expiresAtMs }] of tickets)
      if (expiresAtMs <= clock.monotonicMs()) tickets.delete(token);
    for (const token of tickets.keys()) if (tickets.size >= MAX_TICKETS) tickets.delete(token);
  }

  return {
    issue(session: Session): string {
      sweep();
      const token = randomBytes(24).toString('base64url');
      tickets.set(token, { session, expiresAtMs: clock.monotonicMs() + VALID_MS });
      return token;
    },
    /** The session of a token that was issued less than 30 s ago and not yet taken. */
    take(token: string): Session | undefined {
      sweep();
      const ticket = tickets.get(token);
      tickets.delete(token);
      return ticket?.session;
    },
  };
}
