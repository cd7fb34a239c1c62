import { createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { shallowRef } from 'vue';
import type { Hello, Session } from '#contract/auth.contract.ts';
import type { Contract } from '#contract/index.ts';
import { Connection } from './connection.ts';
import { ApiError, isAnswer, linkLost, toApiError } from './errors.ts';
import { methodAt } from './methods.ts';
import type { Connect, StationLink, Transport } from './transport.ts';

export type Api = ContractRouterClient<Contract>;
export type TokenStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const TOKEN_KEY = 'guardroom.token';
/** A call made while the link is down waits this long for it: a blip is bridged, a loss is said. */
const WAIT_FOR_LINK_MS = 2500;
/** Device commands wait for the device's reply; nothing else takes this long. */
const CALL_LIMIT_MS = 60_000;

/**
 * The typed client of a station over any transport, with the session that stands on it.
 * After a reconnect the session is put on the new connection before any call goes out.
 */
export function createStationClient(options: { connect: Connect; tokens: TokenStore }) {
  const { tokens } = options;
  const hello = shallowRef<Hello | null>(null);
  const session = shallowRef<Session | null>(null);

  /** Keeps the session for the next reconnect and reload; null forgets it. */
  function setSession(next: Session | null): void {
    session.value = next;
    if (next) tokens.setItem(TOKEN_KEY, next.token);
    else tokens.removeItem(TOKEN_KEY);
  }

  async function handshake(transport: Transport): Promise<void> {
    const direct = createORPCClient<Api>(transport.link);
    hello.value = await direct.auth.hello();
    const token = tokens.getItem(TOKEN_KEY);
    if (token === null) return;
    try {
      setSession(await direct.auth.resume({ token }));
    } catch (error) {
      // Only a refusal ends the session; anything else fails this attempt and the next one tries again.
      if (!(error instanceof ORPCError) || toApiError(error).code !== 'UNAUTHENTICATED') throw error;
      setSession(null);
    }
  }

  const connection = new Connection(options.connect, handshake);

  const link: StationLink = {
    async call(path, input, callOptions) {
      const method = methodAt(path);
      const body = method.keyed ? { idempotencyKey: crypto.randomUUID(), ...(input as object) } : input;
      // Reading twice harms nothing; a command may be repeated only under its key.
      const mayRepeat = !method.live && (method.keyed || !method.mutates);
      for (let attempt = 0; ; attempt += 1) {
        const transport = await connection.whenOnline({
          signal: callOptions.signal,
          waitMs: WAIT_FOR_LINK_MS,
        });
        try {
          return await callOnce(transport, path, body, callOptions, method.live);
        } catch (error) {
          if (callOptions.signal?.aborted) throw callOptions.signal.reason;
          if (!isAnswer(error) && mayRepeat && attempt === 0) continue;
          const failure = isAnswer(error) ? toApiError(error) : linkLost();
          noteLostSession(failure, method.permission);
          throw failure;
        }
      }
    },
  };

  function noteLostSession(error: ApiError, permission: string): void {
    // A wrong password on the lock screen is refused with the same code, and ends nobody's session.
    const isLost = error.code === 'UNAUTHENTICATED' && error.reason.startsWith('session.');
    if (isLost && permission !== 'public' && session.value) setSession(null);
    if (error.reason === 'session.locked' && session.value) {
      session.value = { ...session.value, locked: true };
    }
  }

  return { api: createORPCClient<Api>(link), connection, hello, session, setSession };
}

/** One call on one transport: rejects at once when the transport is lost, or when the time is up. */
async function callOnce(
  transport: Transport,
  path: readonly string[],
  input: unknown,
  options: Parameters<StationLink['call']>[2],
  live: boolean,
): Promise<unknown> {
  const limit = live ? undefined : AbortSignal.timeout(CALL_LIMIT_MS);
  const signal = limit && options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  let onLost = () => {};
  const lost = new Promise<never>((_, reject) => {
    onLost = () => reject(new Error('transport lost'));
  });
  transport.lost.addEventListener('abort', onLost, { once: true });
  try {
    if (transport.lost.aborted) onLost();
    const call = transport.link.call(path, input, { ...options, signal: signal ?? options.signal });
    return await Promise.race([call, lost]);
  } catch (error) {
    if (limit?.aborted) throw new ApiError('UNAVAILABLE', 'link.timeout');
    throw error;
  } finally {
    transport.lost.removeEventListener('abort', onLost);
  }
}
