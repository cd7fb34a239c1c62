import mqttPacket, { type Packet } from 'mqtt-packet';
import { createServer, type Socket } from 'node:net';

export interface RefusingBroker {
  readonly url: string;
  /** Grants everything from now on. */
  allow(): void;
  stop(): Promise<void>;
}

/**
 * The least that an MQTT client takes for a broker: it refuses one topic filter with 0x80, and sends one QoS 1 message
 * after the first subscription.
 */
export async function startRefusingBroker(protocolVersion: 4 | 5, filter: string): Promise<RefusingBroker> {
  const sockets = new Set<Socket>();
  let refusing = true;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const parser = mqttPacket.parser({ protocolVersion });
    const send = (packet: Packet) => socket.write(mqttPacket.generate(packet, { protocolVersion }));
    parser.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connect')
        send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 });
      if (packet.cmd !== 'subscribe') return;
      const granted = packet.subscriptions.map(({ topic }) => (refusing && topic === filter ? 0x80 : 1));
      send({ cmd: 'suback', messageId: packet.messageId, granted });
      if (!refusing) return;
      const message = {
        topic: 'open/a',
        payload: 'x',
        qos: 1,
        messageId: 1,
        dup: false,
        retain: false,
      } as const;
      send({ cmd: 'publish', ...message });
    });
    socket.on('data', (bytes) => parser.parse(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `mqtt://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    allow: () => void (refusing = false),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
