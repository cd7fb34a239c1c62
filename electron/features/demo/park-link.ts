import { randomUUID } from 'node:crypto';
import { commandMessage, TOPIC_ROOT, type CommandMessage } from '#contract/park-messages.ts';
import type { Device } from '#contract/site.ts';
import type { BrokerAddress } from '#native/mqtt/address.ts';
import { openPublisher, type LinkedPublisher } from '#native/mqtt/publisher.ts';
import { openSubscriber, type Subscriber } from '#native/mqtt/subscriber.ts';
import type { StationPorts } from '#station/ports.ts';
import { topicOf, type Send } from './park.ts';

/**
 * The demo park's side of the broker: one MQTT client per gateway, with a birth and a will of its own, and one that
 * hears the commands. Messages that cannot be sent are dropped, as a device without memory would.
 */

const GATEWAYS: readonly (readonly [string, readonly Device['kind'][]])[] = [
  ['gw-fire', ['fire_controller', 'smoke', 'heat', 'manual_call_point', 'hydrant', 'sprinkler', 'gas']],
  ['gw-environment', ['environment', 'water_level', 'server_room']],
  ['gw-building', ['elevator', 'pump', 'hvac', 'light', 'energy_meter', 'water_meter', 'transformer', 'ups', 'generator', 'pv', 'other']],
]; // prettier-ignore
/** Doors, fences, gates, speakers and everything else. */
const DEFAULT_GATEWAY = 'gw-security';
export const GATEWAY_IDS = [...GATEWAYS.map(([id]) => id), DEFAULT_GATEWAY];

export const gatewayOf = (device: Pick<Device, 'id' | 'kind'>): string =>
  device.kind === 'gateway'
    ? device.id
    : (GATEWAYS.find(([, kinds]) => kinds.includes(device.kind))?.[0] ?? DEFAULT_GATEWAY);

/** True for the park of resources/demo/site.yaml: all gateways that the devices speak through are there. */
export const isOurPark = (devices: readonly Pick<Device, 'id' | 'kind'>[]): boolean =>
  GATEWAY_IDS.every((id) => devices.some((device) => device.id === id && device.kind === 'gateway'));

export interface ParkLink {
  readonly send: Send;
  /** Resolves when all gateways were connected for the first time; what was said before is lost. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

const COMMAND_SESSION_S = 60;

export function openParkLink(options: {
  address: BrokerAddress;
  siteId: string;
  devices: readonly Device[];
  ports: Pick<StationPorts, 'clock' | 'log'>;
  onCommand(deviceId: string, command: CommandMessage): void;
}): ParkLink {
  const { address, siteId, ports, onCommand } = options;
  const { clock, log } = ports;
  const gatewayIds = new Map(options.devices.map((device) => [device.id, gatewayOf(device)]));
  /** Two stations on one broker must not take each other's session over. */
  const run = randomUUID().slice(0, 8);

  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  const waitingFor = new Set(GATEWAY_IDS);

  const openGateway = (id: string): LinkedPublisher => {
    const sessionId = `${id}-${run}`;
    const topic = topicOf(siteId, id, 'availability');
    const publisher: LinkedPublisher = openPublisher({
      address,
      clientId: `demo-${siteId}-${id}-${run}`,
      will: { topic, payload: JSON.stringify({ state: 'offline', sessionId }), qos: 1, retain: true },
      clock,
      onState(state) {
        if (state.kind !== 'online') return;
        const birth = JSON.stringify({ state: 'online', sessionId, occurredAt: clock.nowMs() });
        // After this turn: the link counts as online only when its listeners have been told.
        queueMicrotask(() => {
          publish(publisher, topic, birth, true);
          waitingFor.delete(id);
          if (waitingFor.size === 0) becomeReady();
        });
      },
    });
    return publisher;
  };
  const publish = (publisher: LinkedPublisher, topic: string, payload: string, retain = false) => {
    publisher
      .publish(topic, payload, { qos: 1, retain, whenOffline: 'refuse' })
      .catch((error: Error) => log.debug('demo message dropped', { topic, error: error.message }));
  };
  const gateways = new Map(GATEWAY_IDS.map((id) => [id, openGateway(id)]));
  const ear: Subscriber = openSubscriber({
    address,
    clientId: `demo-${siteId}-commands-${run}`,
    topics: [{ filter: `${TOPIC_ROOT}/${siteId}/+/command`, qos: 1 }],
    sessionExpirySeconds: COMMAND_SESSION_S,
    clock,
    onBatch(messages) {
      for (const { topic, payload, retained } of messages) {
        // A stored command is old by definition; obeying one has re-armed houses.
        if (retained) continue;
        const deviceId = topic.split('/')[3] ?? '';
        const command = readCommand(payload);
        if (command && gatewayIds.has(deviceId)) onCommand(deviceId, command);
        else log.warn('demo device got a command that it cannot read', { topic });
      }
    },
  });

  return {
    send(deviceId, leaf, payload, { retain } = {}) {
      const publisher = gateways.get(gatewayIds.get(deviceId) ?? DEFAULT_GATEWAY);
      if (publisher) publish(publisher, topicOf(siteId, deviceId, leaf), payload, retain);
    },
    ready,
    async stop() {
      await Promise.all([ear.stop(), ...[...gateways.values()].map((publisher) => publisher.stop())]);
    },
  };
}

function readCommand(payload: Uint8Array): CommandMessage | undefined {
  try {
    return commandMessage.safeParse(JSON.parse(Buffer.from(payload).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
