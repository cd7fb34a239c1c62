import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { brokerEndpoint, type BrokerAddress } from './address.ts';
import { errorText, linkReason } from './errors.ts';
import { systemClock } from '#native/process/clock.ts';
import type { LinkReason } from './types.ts';

/** A message that the broker publishes for us when we vanish. */
export interface Will {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export interface ConnectionOptions {
  readonly address: BrokerAddress;
  readonly clientId: string;
  /** A session that outlives the connection, for this long (MQTT 5; a 3.1.1 broker keeps its own rule). 0: none. */
  readonly sessionExpirySeconds: number;
  /** MQTT 5: how many unacknowledged QoS 1 messages the broker may have on the way. */
  readonly receiveMaximum?: number;
  readonly will?: Will;
  readonly keepaliveSeconds?: number;
  readonly connectTimeoutMs?: number;
}

export interface Connection {
  readonly client: MqttClient;
  /** False from the moment the socket is gone: nothing may be written any more. */
  alive(): boolean;
  /** Says good-bye (DISCONNECT) if it can, and closes. Does not report as a loss. */
  end(): Promise<void>;
  /** Drops the connection as broken; reports as a loss. */
  drop(reason: LinkReason, detail: string): void;
}

export interface ConnectionEvents {
  onUp(sessionPresent: boolean): void;
  /** Once, whether it never came up or broke later. */
  onDown(reason: LinkReason, detail: string): void;
}

function clientOptions(options: ConnectionOptions): IClientOptions {
  const { address, will } = options;
  const { host, port, secure } = brokerEndpoint(address.url);
  const version5 = address.protocolVersion === 5;
  return {
    protocol: secure ? 'mqtts' : 'mqtt',
    host,
    port,
    clientId: options.clientId,
    username: address.username,
    password: address.password,
    ca: address.tls?.caPem,
    cert: address.tls?.certPem,
    key: address.tls?.keyPem,
    rejectUnauthorized: address.tls?.rejectUnauthorized ?? true,
    protocolVersion: address.protocolVersion,
    clean: options.sessionExpirySeconds === 0,
    keepalive: options.keepaliveSeconds ?? 20,
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    // One client is one connection: link.ts decides when there is a next one.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    properties: version5
      ? { sessionExpiryInterval: options.sessionExpirySeconds, receiveMaximum: options.receiveMaximum }
      : undefined,
    will: will && { ...will, payload: Buffer.from(will.payload) },
  };
}

const goodbyeMs = 2_000;

/** Opens one connection to a broker and follows it to its end; it never comes back by itself. */
export function openConnection(options: ConnectionOptions, events: ConnectionEvents): Connection {
  const client = connect(clientOptions(options));
  let over = false;
  let ending = false;
  let cause: { reason: LinkReason; detail: string } | undefined;

  const blame = (reason: LinkReason, detail: string) => {
    cause ??= { reason, detail };
    client.end(true);
  };
  client.on('connect', (packet) => events.onUp(packet.sessionPresent));
  client.on('error', (error) => blame(linkReason(error), errorText(error)));
  client.on('disconnect', (packet) => {
    const code = packet.reasonCode ?? 0;
    blame(linkReason({ code }), `disconnect ${code}`);
  });
  client.on('close', () => {
    if (over) return;
    over = true;
    client.end(true);
    if (!ending) events.onDown(cause?.reason ?? 'connection-lost', cause?.detail ?? '');
  });

  return {
    client,
    alive: () => !over && client.connected && !client.stream.destroyed,
    drop: blame,
    async end() {
      ending = true;
      // A broker that no longer answers would never close its side.
      const cancel = systemClock().after(goodbyeMs, () => client.stream.destroy());
      await client.endAsync(!client.connected);
      cancel();
    },
  };
}
