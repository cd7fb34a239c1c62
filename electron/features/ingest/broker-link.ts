import { join } from 'node:path';
import { TOPIC_ROOT } from '#contract/park-messages.ts';
import { startBroker } from '#native/mqtt/broker.ts';
import { errorText, MqttError } from '#native/mqtt/errors.ts';
import { openPublisher } from '#native/mqtt/publisher.ts';
import { openSubscriber } from '#native/mqtt/subscriber.ts';
import type { InboundMessage, LinkState, Publisher } from '#native/mqtt/types.ts';
import type { PublisherPort, StationPorts } from '#station/ports.ts';
import {
  BROKER_SETTINGS,
  defineBrokerSettings,
  readBrokerConfig,
  type BrokerConfig,
} from './broker-settings.ts';

/** The link, or why there is none: a setting that does not hold. */
export type BrokerState =
  LinkState | { readonly kind: 'misconfigured'; readonly path: string; readonly problem: string };
type OnBatch = (messages: readonly InboundMessage[]) => void;

export interface BrokerLink {
  /** Sends to the park. */
  publisher: PublisherPort;
  /** Opens the link; what comes in goes to `onBatch`, and is acknowledged when that has returned. */
  start(onBatch: OnBatch): Promise<void>;
  state(): BrokerState;
  onState(listener: (state: BrokerState) => void): void;
  /** For the system page. The address of an embedded broker is the one that devices connect to. */
  info(): { kind: 'embedded' | 'external'; address: string };
  stop(): Promise<void>;
}

/** What is open at the moment. */
interface Opened {
  publisher: Publisher;
  address: string;
  stop(): Promise<void>;
}

const RETRY_LISTEN_MS = 5_000;
/** A settings page saves several fields one after another. */
const SETTLE_MS = 500;

/**
 * The station's link to the park: its own broker, or another one. A link that cannot be opened (a port in use, a setting
 * that does not hold) never keeps the station from starting: it is a state, and is tried again.
 * @param port of the embedded broker instead of the setting
 */
export function createBrokerLink(
  ports: Pick<StationPorts, 'settings' | 'bus' | 'clock' | 'log' | 'paths' | 'site'>,
  port?: number,
): BrokerLink {
  const { settings, clock, log } = ports;
  defineBrokerSettings(settings);
  const listeners: ((state: BrokerState) => void)[] = [];
  let state: BrokerState = { kind: 'connecting', attempt: 0 };
  let onBatch: OnBatch | undefined;
  let opened: Opened | undefined;
  let work: Promise<void> = Promise.resolve();
  let cancelTimer: (() => void) | undefined;

  const setState = (next: BrokerState) => {
    if (state.kind === 'stopped') return;
    if (next.kind !== state.kind) log.info('broker link', { ...next });
    state = next;
    for (const listener of listeners) listener(next);
  };
  const topics = () => `${TOPIC_ROOT}/${ports.site.current().site.id}/#`;

  const openEmbedded = async (
    config: Extract<BrokerConfig, { kind: 'embedded' }>,
    take: OnBatch,
  ): Promise<Opened> => {
    const broker = await startBroker({
      host: config.host,
      port: config.port,
      users: config.users,
      topics: [topics()],
      retainedFile: join(ports.paths.data, 'mqtt-retained.json'),
      onBatch: take,
      onState: (next) => next.kind !== 'stopped' && setState(next),
      clock,
    });
    return { publisher: broker, address: broker.url, stop: () => broker.stop() };
  };

  const openExternal = (config: Extract<BrokerConfig, { kind: 'external' }>, take: OnBatch): Opened => {
    const { address, clientId } = config;
    const subscriber = openSubscriber({
      address,
      clientId,
      topics: [{ filter: topics(), qos: 1 }],
      onBatch: take,
      onState: (next) => next.kind !== 'stopped' && setState(next),
      clock,
    });
    const publisher = openPublisher({ address, clientId: `${clientId}-out`, clock });
    return {
      publisher,
      address: address.url,
      async stop() {
        await Promise.all([subscriber.stop(), publisher.stop()]);
      },
    };
  };

  const open = async (): Promise<void> => {
    const take = onBatch;
    if (!take || state.kind === 'stopped') return;
    setState({ kind: 'connecting', attempt: 0 });
    try {
      const config = readBrokerConfig(settings, ports.site.current().site.id, port);
      opened = config.kind === 'embedded' ? await openEmbedded(config, take) : openExternal(config, take);
    } catch (error) {
      if (error instanceof MqttError && error.code === 'invalid-setting') {
        const { path, problem } = error.params;
        return setState({ kind: 'misconfigured', path: String(path), problem: String(problem) });
      }
      const code = error instanceof MqttError ? error.code : undefined;
      const reasonCode = code === 'port-in-use' || code === 'port-forbidden' ? code : 'other';
      const retryAtMs = clock.nowMs() + RETRY_LISTEN_MS;
      log.warn('broker link could not be opened', { error: errorText(error) });
      cancelTimer = clock.after(RETRY_LISTEN_MS, () => enqueue(open));
      setState({ kind: 'offline', reasonCode, detail: errorText(error), attempt: 1, retryAtMs });
    }
  };
  const close = async () => {
    const old = opened;
    opened = undefined;
    await old?.stop();
  };
  /** One after another: a link is never opened while the one before is closing. */
  const enqueue = (task: () => Promise<void>): Promise<void> =>
    (work = work.then(task).catch((error: unknown) => log.error('broker link', { error: errorText(error) })));

  const stopListening = ports.bus.on('setting.changed', ({ key }) => {
    if (!key.startsWith(BROKER_SETTINGS) || !onBatch) return;
    cancelTimer?.();
    cancelTimer = clock.after(SETTLE_MS, () => {
      void enqueue(close);
      void enqueue(open);
    });
  });

  return {
    publisher: {
      async publish(topic, payload, options) {
        if (!opened) throw new MqttError('offline', { topic });
        await opened.publisher.publish(topic, payload, { ...options, qos: 1, whenOffline: 'refuse' });
      },
    },
    start(take) {
      onBatch = take;
      return enqueue(open);
    },
    state: () => state,
    onState: (listener) => void listeners.push(listener),
    info: () => ({
      kind: settings.string('broker.kind') === 'external' ? 'external' : 'embedded',
      address: opened?.address ?? '',
    }),
    async stop() {
      stopListening();
      cancelTimer?.();
      await enqueue(close);
      setState({ kind: 'stopped' });
    },
  };
}
