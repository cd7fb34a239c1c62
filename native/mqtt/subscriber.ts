import { systemClock } from '#native/process/clock.ts';
import { parseBrokerAddress, type BrokerAddress } from './address.ts';
import { createBatcher } from './batcher.ts';
import type { Connection } from './connection.ts';
import { openLink } from './link.ts';
import { takeOver } from './manual-ack.ts';
import { createSubscription } from './subscription.ts';
import { assertFilter } from './topics.ts';
import type { Clock, InboundMessage, LinkState } from './types.ts';

export interface TopicFilter {
  readonly filter: string;
  readonly qos: 0 | 1;
}

export interface SubscriberOptions {
  readonly address: BrokerAddress;
  /** Stable over restarts: the broker keeps the session under this name. */
  readonly clientId: string;
  readonly topics: readonly TopicFilter[];
  /** How long the broker keeps messages for us while we are away (MQTT 5). Default 7 days. */
  readonly sessionExpirySeconds?: number;
  /** The most messages handed over at once. Default 1000. */
  readonly maxBatch?: number;
  readonly keepaliveSeconds?: number;
  /** Makes the messages durable. Only when it has returned (or resolved) are they acknowledged to the broker. */
  onBatch(messages: readonly InboundMessage[]): void | Promise<void>;
  onState?(state: LinkState): void;
  readonly clock?: Clock;
}

/** Counts since the start of this subscriber. */
export interface SubscriberStats {
  readonly received: number;
  readonly committed: number;
  readonly acknowledged: number;
  /** Messages that the broker marked as repeated. */
  readonly duplicates: number;
  readonly batches: number;
  readonly largestBatch: number;
  readonly connections: number;
  /** Received and not durable yet. */
  readonly waiting: number;
  readonly lastMessageAtMs: number | undefined;
}

export interface Subscriber {
  state(): LinkState;
  stats(): SubscriberStats;
  /** Writes and acknowledges what has been received, then leaves. What cannot be written stays with the broker. */
  stop(): Promise<void>;
}

interface Pending {
  readonly message: InboundMessage;
  readonly connection: Connection;
  /** 0 when there is nothing to acknowledge. */
  readonly packetId: number;
}

const sevenDaysSeconds = 7 * 24 * 3600;

/**
 * A durable subscriber: persistent session, QoS 1, acknowledgement after the commit, group commit.
 * @throws MqttError for an invalid address or filter; everything later is a state.
 */
export function openSubscriber(options: SubscriberOptions): Subscriber {
  const clock = options.clock ?? systemClock();
  const maxBatch = options.maxBatch ?? 1000;
  const address = parseBrokerAddress(options.address);
  for (const topic of options.topics) assertFilter(topic.filter);
  const counts = { received: 0, committed: 0, acknowledged: 0, duplicates: 0, batches: 0, largestBatch: 0 };
  let connections = 0;
  let lastMessageAtMs: number | undefined;
  let reported = '';
  let releaseReading: (() => void)[] = [];
  // Beyond this the socket is not read: TCP then slows the broker down instead of filling our memory.
  const highWater = maxBatch * 4;

  const batcher = createBatcher<Pending>({
    maxBatch,
    clock,
    write: (items) => options.onBatch(items.map((item) => item.message)),
    onWritten(items) {
      counts.committed += items.length;
      counts.batches += 1;
      counts.largestBatch = Math.max(counts.largestBatch, items.length);
      acknowledge(items);
      if (batcher.waiting() < highWater) {
        const release = releaseReading;
        releaseReading = [];
        for (const go of release) go();
      }
    },
    onBlockedChange() {
      report();
      if (!batcher.blocked()) link.wake();
    },
  });

  const acknowledge = (items: readonly Pending[]) => {
    const byConnection = new Map<Connection, number[]>();
    for (const { connection, packetId } of items) {
      if (packetId === 0) continue;
      const ids = byConnection.get(connection);
      if (ids) ids.push(packetId);
      else byConnection.set(connection, [packetId]);
    }
    for (const [connection, ids] of byConnection) counts.acknowledged += acks.get(connection)?.(ids) ?? 0;
  };

  const acks = new WeakMap<Connection, (packetIds: readonly number[]) => number>();
  const subscription = createSubscription(options.topics, clock, () => report());

  const link = openLink({
    clock,
    connection: {
      address,
      clientId: options.clientId,
      sessionExpirySeconds: options.sessionExpirySeconds ?? sevenDaysSeconds,
      receiveMaximum: Math.min(65_535, maxBatch * 2),
      keepaliveSeconds: options.keepaliveSeconds,
    },
    onOpening(connection) {
      const acknowledgeOn = takeOver(connection, clock, {
        onMessage(message, packetId) {
          counts.received += 1;
          if (message.duplicate) counts.duplicates += 1;
          lastMessageAtMs = message.receivedAtMs;
          batcher.push({ message, connection, packetId });
        },
        onNext(read) {
          if (batcher.waiting() < highWater) read();
          else releaseReading.push(read);
        },
      });
      acks.set(connection, acknowledgeOn);
    },
    onUp(connection, sessionPresent) {
      connections += 1;
      subscription.establish(connection, sessionPresent);
    },
    onDown() {
      subscription.lost();
      releaseReading = [];
    },
    onState: () => report(),
    // While nothing can be written, a new connection would only bring the same messages again.
    mayConnect: () => !batcher.blocked(),
  });

  const state = (): LinkState => {
    const base = link.state();
    const blocked = batcher.blocked();
    if (base.kind === 'stopped') return base;
    if (blocked) return { kind: 'blocked', reason: 'write-failed', ...blocked };
    if (base.kind !== 'online') return base;
    const problem = subscription.problem();
    if (problem) return { kind: 'blocked', reason: 'subscription-refused', ...problem };
    return subscription.ready() ? base : { kind: 'connecting', attempt: 0 };
  };

  const report = () => {
    const now = state();
    const text = JSON.stringify(now);
    if (text === reported) return;
    reported = text;
    options.onState?.(now);
  };

  return {
    state,
    stats: () => ({ ...counts, connections, waiting: batcher.waiting(), lastMessageAtMs }),
    async stop() {
      subscription.lost();
      await batcher.close();
      await link.stop();
    },
  };
}
