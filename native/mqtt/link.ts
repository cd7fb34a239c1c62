import { tieredBackoffMs } from '#native/process/backoff.ts';
import { openConnection, type Connection, type ConnectionOptions } from './connection.ts';
import type { Clock, LinkReason, LinkState } from './types.ts';

export interface LinkOptions {
  readonly connection: ConnectionOptions;
  readonly clock: Clock;
  /** The new connection, before anything arrives on it: the place to listen. */
  onOpening(connection: Connection): void;
  onUp(connection: Connection, sessionPresent: boolean): void;
  onDown?(connection: Connection): void;
  onState(state: LinkState): void;
  /** While this says no, a lost connection is not replaced; `wake()` asks again. */
  mayConnect?(): boolean;
}

export interface Link {
  state(): LinkState;
  /** The connection that is up, if one is. */
  connection(): Connection | undefined;
  wake(): void;
  stop(): Promise<void>;
}

/** A link that held this long was good: the next loss starts with the quick tries again. */
const stableMs = 10_000;

/** Keeps one connection to the broker, for ever: each loss is followed by a new connection after a tiered wait. */
export function openLink(options: LinkOptions): Link {
  const { clock } = options;
  let state: LinkState = { kind: 'connecting', attempt: 0 };
  let current: Connection | undefined;
  let attempt = 0;
  let upAtMs: number | undefined;
  let cancelRetry: (() => void) | undefined;
  let held = false;

  const setState = (next: LinkState) => {
    state = next;
    options.onState(next);
  };

  const lost = (reasonCode: LinkReason, detail: string) => {
    if (upAtMs !== undefined && clock.nowMs() - upAtMs >= stableMs) attempt = 0;
    attempt += 1;
    const delayMs = tieredBackoffMs(attempt);
    cancelRetry = clock.after(delayMs, connect);
    setState({ kind: 'offline', reasonCode, detail, attempt, retryAtMs: clock.nowMs() + delayMs });
  };

  const connect = () => {
    cancelRetry = undefined;
    if (state.kind === 'stopped') return;
    held = !(options.mayConnect?.() ?? true);
    if (held) return;
    upAtMs = undefined;
    if (attempt > 0) setState({ kind: 'connecting', attempt });
    const connection: Connection = openConnection(options.connection, {
      onUp(sessionPresent) {
        upAtMs = clock.nowMs();
        setState({ kind: 'online', sinceMs: upAtMs, sessionPresent });
        options.onUp(connection, sessionPresent);
      },
      onDown(reasonCode, detail) {
        options.onDown?.(connection);
        lost(reasonCode, detail);
      },
    });
    current = connection;
    options.onOpening(connection);
  };
  // In the next turn, so that the owner holds this link before it hears of it.
  cancelRetry = clock.after(0, connect);

  return {
    state: () => state,
    connection: () => (state.kind === 'online' ? current : undefined),
    wake() {
      if (held) connect();
    },
    async stop() {
      if (state.kind === 'stopped') return;
      cancelRetry?.();
      setState({ kind: 'stopped' });
      await current?.end();
    },
  };
}
