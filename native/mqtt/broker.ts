import { Aedes, type Client, type PublishPacket } from 'aedes';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '#native/process/clock.ts';
import { createBatcher } from './batcher.ts';
import { errorText, linkReason, MqttError } from './errors.ts';
import { createRetainedStore } from './retained.ts';
import { assertFilter, assertTopic, topicMatches } from './topics.ts';
import type { Clock, InboundMessage, LinkState, Publisher } from './types.ts';

export interface BrokerUser {
  readonly username: string;
  readonly password: string;
}

export interface BrokerOptions {
  /** Default 127.0.0.1. Any other host needs `users`. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Without users anybody on this machine may connect. */
  readonly users?: readonly BrokerUser[];
  /** What is published under these filters goes to `onBatch` first and is acknowledged after it. */
  readonly topics: readonly string[];
  readonly maxBatch?: number;
  /** Where retained messages outlive a restart; without it they do not. */
  readonly retainedFile?: string;
  /** Makes the messages durable. Only when it has returned (or resolved) do the publishers get their PUBACK. */
  onBatch(messages: readonly InboundMessage[]): void | Promise<void>;
  onState?(state: LinkState): void;
  readonly clock?: Clock;
}

export interface BrokerStats {
  readonly clients: number;
  readonly received: number;
  readonly committed: number;
  readonly waiting: number;
  readonly lastMessageAtMs: number | undefined;
  /** The last problem with a client or with the retained file, for the log. */
  readonly lastError: string | undefined;
}

export interface EmbeddedBroker extends Publisher {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  state(): LinkState;
  stats(): BrokerStats;
  /** Refuses new messages, finishes and acknowledges the running write, closes all connections. */
  stop(): Promise<void>;
}

interface Gated {
  readonly message: InboundMessage;
  readonly release: () => void;
}

const readBytes = 262_144;
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.');
const digest = (value: string | Uint8Array) => createHash('sha256').update(value).digest();

/** Compares in constant time and walks all users, so that the time taken tells nothing about names. */
function createUserCheck(users: readonly BrokerUser[]): (name: string, password: Uint8Array) => boolean {
  const known = users.map((user) => ({ name: digest(user.username), password: digest(user.password) }));
  return (name, password) => {
    const given = { name: digest(name), password: digest(password) };
    let found = false;
    for (const user of known) {
      const same = timingSafeEqual(user.name, given.name);
      if (timingSafeEqual(user.password, given.password) && same) found = true;
    }
    return found;
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason = linkReason(error);
      const code = reason === 'port-in-use' || reason === 'port-forbidden' ? reason : 'listen-failed';
      reject(new MqttError(code, { host, port, detail: errorText(error) }));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

/**
 * The embedded broker: MQTT 3.1.1 (aedes speaks no MQTT 5) for parks and demos without a broker of their own.
 * Sessions and queued messages of other subscribers live in memory; what comes in for us is on disk before its PUBACK.
 * @throws MqttError `port-in-use`, `port-forbidden`, `listen-failed`, `invalid-setting`.
 */
export async function startBroker(options: BrokerOptions): Promise<EmbeddedBroker> {
  const clock = options.clock ?? systemClock();
  const host = options.host ?? '127.0.0.1';
  const { users } = options;
  if (!isLoopback(host) && !users?.length)
    throw new MqttError('invalid-setting', { path: 'users', problem: 'required-beyond-loopback' });
  for (const filter of options.topics) assertFilter(filter);
  const mayEnter = users && createUserCheck(users);
  const counts = { received: 0, committed: 0 };
  let lastMessageAtMs: number | undefined;
  let lastError: string | undefined;
  let state: LinkState = { kind: 'connecting', attempt: 0 };

  const setState = (next: LinkState) => {
    if (state.kind === 'stopped') return;
    state = next;
    options.onState?.(next);
  };
  const online = (): LinkState => ({ kind: 'online', sinceMs: startedAtMs, sessionPresent: false });
  const startedAtMs = clock.nowMs();

  const retained = createRetainedStore(options.retainedFile, clock);
  const batcher = createBatcher<Gated>({
    maxBatch: options.maxBatch ?? 1000,
    clock,
    write: (items) => options.onBatch(items.map((item) => item.message)),
    onWritten(items) {
      counts.committed += items.length;
      for (const item of items) item.release();
    },
    onBlockedChange: (blocked) =>
      setState(blocked ? { kind: 'blocked', reason: 'write-failed', ...blocked } : online()),
  });

  /** Each PUBLISH and each will passes here before aedes acknowledges or forwards it (aedes, handlers/publish.js). */
  const gate = (client: Client | null, packet: PublishPacket, pass: (error?: Error | null) => void) => {
    if (packet.topic.startsWith('$')) return pass(new Error('topics that begin with $ are reserved'));
    if (state.kind === 'stopped') return pass(new Error('the broker is stopping'));
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const release = () => {
      if (packet.retain)
        retained.put({ topic: packet.topic, payload: Buffer.from(payload), qos: packet.qos });
      pass(null);
    };
    if (!options.topics.some((filter) => topicMatches(filter, packet.topic))) return release();
    counts.received += 1;
    lastMessageAtMs = clock.nowMs();
    batcher.push({
      message: {
        topic: packet.topic,
        payload,
        qos: packet.qos,
        retained: false,
        duplicate: packet.dup,
        receivedAtMs: lastMessageAtMs,
      },
      release,
    });
  };

  const aedes = new Aedes({
    authorizePublish: gate,
    authenticate(_client, username, password, done) {
      if (!mayEnter || mayEnter(username ?? '', password ?? new Uint8Array())) return done(null, true);
      done(Object.assign(new Error('bad user name or password'), { returnCode: 4 }), false);
    },
  });
  const noteError = (_client: Client, error: Error) => void (lastError = errorText(error));
  aedes.on('clientError', noteError);
  aedes.on('connectionError', noteError);
  // aedes reports a failing store here; without a listener it would end the station.
  (aedes as NodeJS.EventEmitter).on('error', (error: unknown) => void (lastError = errorText(error)));
  await aedes.listen();

  const publishRaw = (topic: string, payload: Buffer, qos: 0 | 1 | 2, retain: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) =>
        error ? reject(new MqttError('refused', { topic, detail: errorText(error) })) : resolve(),
      );
    });

  for (const { topic, payload, qos } of await retained.load()) await publishRaw(topic, payload, qos, true);
  const sockets = new Set<Socket>();
  // aedes takes in what one read gives and reads on when all of that is answered: a larger read is a larger commit.
  const server = createServer({ highWaterMark: readBytes, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  let port: number;
  try {
    port = await listen(server, host, options.port);
  } catch (error) {
    await new Promise<void>((resolve) => aedes.close(resolve));
    throw error;
  }
  server.on('error', (error) => void (lastError = errorText(error)));
  setState(online());

  return {
    host,
    port,
    url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`,
    state: () => state,
    stats: () => ({
      ...counts,
      clients: aedes.connectedClients,
      waiting: batcher.waiting(),
      lastMessageAtMs,
      lastError: retained.lastError() ?? lastError,
    }),
    async publish(topic, payload, publish = {}) {
      assertTopic(topic);
      if (state.kind === 'stopped') throw new MqttError('stopped');
      const bytes = Buffer.from(payload);
      const { qos = 1, retain = false } = publish;
      if (retain) retained.put({ topic, payload: bytes, qos });
      await publishRaw(topic, bytes, qos, retain);
    },
    async stop() {
      if (state.kind === 'stopped') return;
      setState({ kind: 'stopped' });
      const listening = new Promise<void>((resolve) => server.close(() => resolve()));
      await batcher.close();
      // mqtt-packet writes in the next tick; closing before would cut the last acknowledgements off.
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const socket of sockets) socket.destroy();
      await listening;
      await retained.flush();
    },
  };
}
