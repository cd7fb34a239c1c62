import type { Connection } from './connection.ts';
import type { Clock, InboundMessage } from './types.ts';

export interface ManualAckEvents {
  /** @param packetId to acknowledge later; 0 for QoS 0. */
  onMessage(message: InboundMessage, packetId: number): void;
  /** `read` lets the next packet in; keep it to stop reading from the socket. */
  onNext(read: () => void): void;
}

const pubackType = 0x40;

/** PUBACK packets in one buffer. Four bytes each are complete in MQTT 3.1.1 (3.4) and in 5 (3.4.2.1: success is implied). */
export function encodePubacks(packetIds: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(packetIds.length * 4);
  let offset = 0;
  for (const id of packetIds) {
    bytes[offset] = pubackType;
    bytes[offset + 1] = 2;
    bytes[offset + 2] = id >> 8;
    bytes[offset + 3] = id & 0xff;
    offset += 4;
  }
  return bytes;
}

/**
 * Takes the acknowledgement of QoS 1 messages over from mqtt.js.
 *
 * mqtt.js handles one packet at a time and sends its PUBACK before it looks at the next, so that a commit per message
 * would be the best one could do. Here the packet is noted when it is received (`packetreceive` comes before any
 * handling) and passed on as QoS 0, which mqtt.js does not acknowledge; the PUBACKs of a whole batch are written in
 * one go once the batch is durable. They belong to this connection and die with it: the broker then sends again.
 * tests/integration/mqtt-subscriber.test.ts proves with a real broker that no PUBACK leaves early.
 *
 * @returns acknowledges packet ids, in the order received; says how many were written (0 on a dead connection).
 */
export function takeOver(
  connection: Connection,
  clock: Clock,
  events: ManualAckEvents,
): (packetIds: readonly number[]) => number {
  const { client } = connection;
  client.on('packetreceive', (packet) => {
    if (packet.cmd !== 'publish') return;
    const { qos, messageId } = packet;
    // We never ask for QoS 2; a session of some other program under our name could still bring it. Then mqtt.js
    // would acknowledge before we have written: leave instead, and say so.
    if (qos === 2) return connection.drop('protocol-error', 'qos 2 was not subscribed');
    if (qos === 1) packet.qos = 0;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    events.onMessage(
      {
        topic: packet.topic,
        payload,
        qos,
        retained: packet.retain,
        duplicate: packet.dup,
        receivedAtMs: clock.nowMs(),
      },
      qos === 1 ? (messageId ?? 0) : 0,
    );
  });
  client.handleMessage = (_packet, done) => events.onNext(() => done());

  return (packetIds) => {
    if (packetIds.length === 0 || !connection.alive()) return 0;
    client.stream.write(encodePubacks(packetIds));
    return packetIds.length;
  };
}
