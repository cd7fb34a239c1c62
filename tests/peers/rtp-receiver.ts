/**
 * An RTP receiver that knows nothing of ours: parses RFC 3550 headers, checks continuity, decodes G.711 by the tables
 * of ITU-T G.711 as arithmetic, and tells which tones it hears.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface ReceivedPacket {
  atMs: number;
  version: number;
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payload: Buffer;
}

export interface RtpReceiver {
  readonly port: number;
  readonly packets: readonly ReceivedPacket[];
  /** Resolves when `condition` holds, checked with each packet; rejects after `timeoutMs`. */
  until(condition: (packets: readonly ReceivedPacket[]) => boolean, timeoutMs?: number): Promise<void>;
  /** Resolves when nothing has come for `quietMs`. */
  untilQuiet(quietMs?: number): Promise<void>;
  close(): Promise<void>;
}

export function parseRtp(bytes: Buffer, atMs = performance.now()): ReceivedPacket {
  const csrcs = (bytes[0] ?? 0) & 0x0f;
  return {
    atMs,
    version: (bytes[0] ?? 0) >> 6,
    marker: ((bytes[1] ?? 0) & 0x80) !== 0,
    payloadType: (bytes[1] ?? 0) & 0x7f,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(12 + 4 * csrcs),
  };
}

/** Listens on a free port of 127.0.0.1, or on `port` of a multicast `group`. */
export async function startRtpReceiver(
  options: { port?: number; group?: string } = {},
): Promise<RtpReceiver> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.bind(options.port ?? 0, options.group ? '0.0.0.0' : '127.0.0.1');
  await once(socket, 'listening');
  if (options.group) socket.addMembership(options.group, '127.0.0.1');
  return receive(socket);
}

function receive(socket: Socket): RtpReceiver {
  const packets: ReceivedPacket[] = [];
  const watchers = new Set<() => void>();
  socket.on('message', (bytes) => {
    packets.push(parseRtp(bytes));
    for (const watcher of watchers) watcher();
  });
  const watch = (timeoutMs: number, what: string, check: (done: () => void) => (() => void) | void) =>
    new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        if (watcher) watchers.delete(watcher);
        settle();
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${what}: only ${packets.length} packets in ${timeoutMs} ms`))),
        timeoutMs,
      );
      const watcher = check(() => finish(resolve));
      if (watcher) {
        watchers.add(watcher);
        watcher();
      }
    });
  return {
    port: socket.address().port,
    packets,
    until: (condition, timeoutMs = 20_000) =>
      watch(timeoutMs, 'waited for RTP', (done) => () => {
        if (condition(packets)) done();
      }),
    untilQuiet: (quietMs = 300) => {
      let timer: NodeJS.Timeout;
      return watch(60_000, 'waited for silence', (done) => () => {
        clearTimeout(timer);
        timer = setTimeout(done, quietMs);
      });
    },
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** Packets missing between the first and the last, by sequence number, and packets that came twice or late. */
export function continuity(packets: readonly ReceivedPacket[]): { lost: number; disorder: number } {
  let lost = 0;
  let disorder = 0;
  for (let n = 1; n < packets.length; n += 1) {
    const step = ((packets[n]?.sequence ?? 0) - (packets[n - 1]?.sequence ?? 0)) & 0xffff;
    if (step === 0 || step > 0x8000) disorder += 1;
    else lost += step - 1;
  }
  return { lost, disorder };
}

/** Timestamp steps between packets that follow each other, each value once. */
export function timestampSteps(packets: readonly ReceivedPacket[]): number[] {
  const steps = packets.slice(1).map((packet, n) => (packet.timestamp - (packets[n]?.timestamp ?? 0)) >>> 0);
  return [...new Set(steps)];
}

/** A-law byte to a linear sample of -1 to 1 (ITU-T G.711). */
export function decodeAlaw(byte: number): number {
  const value = byte ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = value & 0x0f;
  const magnitude = exponent === 0 ? mantissa * 2 + 1 : (mantissa * 2 + 33) << (exponent - 1);
  return ((value & 0x80) === 0 ? -magnitude : magnitude) / 4096;
}

/** mu-law byte to a linear sample of -1 to 1 (ITU-T G.711). */
export function decodeMulaw(byte: number): number {
  const value = ~byte & 0xff;
  const magnitude = ((((value & 0x0f) << 1) + 33) << ((value >> 4) & 7)) - 33;
  return ((value & 0x80) === 0 ? magnitude : -magnitude) / 8192;
}

/** The sound of G.711 packets (payload type 8 or 0), 8000 samples per second. */
export function decodeG711(packets: readonly ReceivedPacket[]): number[] {
  return packets.flatMap((packet) => {
    const decode = packet.payloadType === 8 ? decodeAlaw : decodeMulaw;
    return Array.from(packet.payload, (byte) => decode(byte));
  });
}

/** Root mean square, 0 to 1. */
export function loudness(samples: readonly number[]): number {
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / Math.max(1, samples.length));
}

/** Share of a sound's energy at a frequency (Goertzel), 0 to 1: a pure tone gives nearly 1. */
export function toneShare(samples: readonly number[], hz: number, rateHz = 8000): number {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / rateHz);
  let before = 0;
  let last = 0;
  for (const sample of samples) [before, last] = [last, sample + factor * last - before];
  const power = last * last + before * before - factor * last * before;
  const energy = samples.reduce((sum, value) => sum + value * value, 0);
  return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
}
