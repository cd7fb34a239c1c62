import { tieredBackoffMs } from '#native/process/backoff.ts';
import type { Connection } from './connection.ts';
import { errorText } from './errors.ts';
import type { TopicFilter } from './subscriber.ts';
import type { Clock } from './types.ts';

export interface SubscriptionProblem {
  /** The refused filters, separated by spaces. */
  readonly detail: string;
  readonly attempt: number;
  readonly retryAtMs: number;
}

export interface Subscription {
  establish(connection: Connection, sessionPresent: boolean): void;
  lost(): void;
  ready(): boolean;
  problem(): SubscriptionProblem | undefined;
}

/** SUBACK codes from here on are refusals (MQTT 3.1.1 section 3.9.3, MQTT 5 section 3.9.3). */
const firstFailure = 0x80;

/**
 * Keeps the topic filters subscribed: asks once per process and whenever the broker has lost the session, and asks
 * again with back-off for what was refused, while what was granted already comes in.
 */
export function createSubscription(
  topics: readonly TopicFilter[],
  clock: Clock,
  onChange: () => void,
): Subscription {
  let established = false;
  let ready = false;
  let problem: SubscriptionProblem | undefined;
  let cancelRetry: (() => void) | undefined;

  const ask = async (connection: Connection, attempt: number): Promise<void> => {
    let refused: string[];
    try {
      const wanted = Object.fromEntries(topics.map(({ filter, qos }) => [filter, { qos }]));
      await connection.client.subscribeAsync(wanted);
      refused = [];
    } catch (error) {
      if (!connection.alive()) return;
      const granted = (error as { packet?: { granted?: number[] } }).packet?.granted;
      // No SUBACK, or one that does not fit: the connection is of no use.
      if (granted?.length !== topics.length) return connection.drop('protocol-error', errorText(error));
      refused = topics
        .filter((_, index) => (granted[index] ?? 0) >= firstFailure)
        .map(({ filter }) => filter);
    }
    if (!connection.alive()) return;
    established = ready = refused.length === 0;
    problem = undefined;
    if (!ready) {
      const delayMs = tieredBackoffMs(attempt);
      problem = { detail: refused.join(' '), attempt, retryAtMs: clock.nowMs() + delayMs };
      cancelRetry = clock.after(delayMs, () => void ask(connection, attempt + 1));
    }
    onChange();
  };

  return {
    establish(connection, sessionPresent) {
      problem = undefined;
      ready = established && sessionPresent;
      if (ready) onChange();
      else void ask(connection, 1);
    },
    lost() {
      cancelRetry?.();
      cancelRetry = undefined;
      ready = false;
      problem = undefined;
    },
    ready: () => ready,
    problem: () => problem,
  };
}
