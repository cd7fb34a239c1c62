import { systemClock } from '#native/process/clock.ts';
import { parseBrokerAddress, type BrokerAddress } from './address.ts';
import type { Connection, Will } from './connection.ts';
import { MqttError } from './errors.ts';
import { openLink } from './link.ts';
import { assertTopic } from './topics.ts';
import type { Clock, LinkState, Publisher, PublishOptions } from './types.ts';

export interface PublisherOptions {
  readonly address: BrokerAddress;
  readonly clientId: string;
  readonly will?: Will;
  /** How many messages may wait for the broker, those on their way included. Default 1000. */
  readonly maxWaiting?: number;
  readonly keepaliveSeconds?: number;
  onState?(state: LinkState): void;
  readonly clock?: Clock;
}

export interface LinkedPublisher extends Publisher {
  state(): LinkState;
  waiting(): number;
  /** Refuses new messages, rejects the waiting ones with `stopped`, says good-bye (so that no will is published). */
  stop(): Promise<void>;
}

interface Waiting {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly deadlineMs: number | undefined;
  sentOn: Connection | undefined;
  settle(error?: MqttError): void;
}

/** MQTT 5 brokers say how many they take at a time; 3.1.1 brokers do not, and this is modest. */
const defaultWindow = 100;

/**
 * Publishes to an external broker. Messages go out in order; what was not acknowledged when a connection broke goes
 * out again on the next one, so a receiver may see it twice and must know it by an id.
 */
export function openPublisher(options: PublisherOptions): LinkedPublisher {
  const clock = options.clock ?? systemClock();
  const maxWaiting = options.maxWaiting ?? 1000;
  const waiting = new Set<Waiting>();
  let inFlight = 0;

  const send = (item: Waiting, connection: Connection) => {
    const leftMs = item.deadlineMs === undefined ? undefined : item.deadlineMs - clock.nowMs();
    if (leftMs !== undefined && leftMs <= 0)
      return item.settle(new MqttError('expired', { topic: item.topic }));
    item.sentOn = connection;
    inFlight += 1;
    const properties =
      leftMs === undefined ? undefined : { messageExpiryInterval: Math.max(1, Math.round(leftMs / 1000)) };
    const { qos, retain } = item;
    connection.client.publish(item.topic, item.payload, { qos, retain, properties }, (error) => {
      if (item.sentOn !== connection) return;
      inFlight -= 1;
      const code = (error as { code?: unknown } | undefined)?.code;
      if (!error) item.settle();
      // A number is the broker's answer; anything else is the connection, and the next one carries the message again.
      else if (typeof code === 'number')
        item.settle(new MqttError('refused', { topic: item.topic, reasonCode: code }));
      else item.sentOn = undefined;
      pump();
    });
  };

  const pump = () => {
    const connection = link.connection();
    if (!connection?.alive()) return;
    const window = Math.min(
      connection.client.serverProperties?.receiveMaximum ?? defaultWindow,
      defaultWindow,
    );
    for (const item of waiting) {
      if (inFlight >= window) return;
      if (!item.sentOn) send(item, connection);
    }
  };

  const link = openLink({
    clock,
    connection: {
      address: parseBrokerAddress(options.address),
      clientId: options.clientId,
      sessionExpirySeconds: 0,
      will: options.will,
      keepaliveSeconds: options.keepaliveSeconds,
    },
    onOpening() {},
    onUp: () => pump(),
    onDown() {
      inFlight = 0;
      for (const item of waiting) item.sentOn = undefined;
    },
    onState: (state) => options.onState?.(state),
  });

  const enqueue = (topic: string, payload: string | Uint8Array, publish: PublishOptions): Promise<void> =>
    new Promise((resolve, reject) => {
      const expiryMs = publish.expirySeconds === undefined ? undefined : publish.expirySeconds * 1000;
      let cancelExpiry = () => {};
      const item: Waiting = {
        topic,
        payload: Buffer.from(payload),
        qos: publish.qos ?? 1,
        retain: publish.retain ?? false,
        deadlineMs: expiryMs === undefined ? undefined : clock.nowMs() + expiryMs,
        sentOn: undefined,
        settle(error) {
          if (!waiting.delete(item)) return;
          cancelExpiry();
          if (error) reject(error);
          else resolve();
        },
      };
      waiting.add(item);
      if (expiryMs !== undefined)
        cancelExpiry = clock.after(expiryMs, () => {
          // On its way already: the broker may have it, so its answer decides.
          if (!item.sentOn) item.settle(new MqttError('expired', { topic }));
        });
      pump();
    });

  return {
    async publish(topic, payload, publish = {}) {
      assertTopic(topic);
      const { kind } = link.state();
      if (kind === 'stopped') throw new MqttError('stopped');
      if (kind !== 'online' && publish.whenOffline === 'refuse') throw new MqttError('offline', { topic });
      if (waiting.size >= maxWaiting) throw new MqttError('queue-full', { topic, waiting: waiting.size });
      await enqueue(topic, payload, publish);
    },
    state: () => link.state(),
    waiting: () => waiting.size,
    async stop() {
      await link.stop();
      for (const item of waiting) item.settle(new MqttError('stopped', { topic: item.topic }));
    },
  };
}
