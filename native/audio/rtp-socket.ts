import { createSocket, type Socket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { AudioError, type AudioErrorCode } from './errors.ts';
import { defaultPayloadType, rtpClockHz, rtpHeader, type PacketMs, type RtpCodec } from './rtp-packet.ts';

export interface RtpTarget {
  id: string;
  /** IPv4 or IPv6 address, unicast or multicast. */
  host: string;
  port: number;
  codec: RtpCodec;
  packetMs?: PacketMs;
  /** 0 to 127. */
  payloadType?: number;
  /** Hops that a multicast packet may take; 0 stays on this machine. */
  ttl?: number;
  /** Address of the network card that multicast leaves by; absent: the system's choice. */
  multicastInterface?: string;
}

/** So many packets in a row without an error are taken as "sound leaves"; a refusal shows at the second. */
const PACKETS_TO_TRUST = 3;
/** A receiver that restarts is away for a moment; this long without trust and the zone is told as failed. */
export const GIVE_UP_MS = 2_000;

/** One receiver: its own sequence, time base and source id. */
export interface RtpSocket {
  readonly target: RtpTarget;
  /** True once packets are known to leave. */
  readonly trusted: boolean;
  readonly packets: number;
  /** Set when sending has failed for good. */
  readonly error: AudioError | null;
  /** The trouble that it is in now and may still come out of. */
  readonly doubt: AudioError | null;
  send(payload: Uint8Array, nowMs: number): void;
  close(): void;
}

/** @throws AudioError audio.bad_target naming the field. */
export function checkTarget(target: RtpTarget): void {
  const bad = (field: string) => new AudioError('audio.bad_target', { target: target.id, field });
  if (isIP(target.host) === 0) throw bad('host');
  if (!Number.isInteger(target.port) || target.port < 1 || target.port > 65_535) throw bad('port');
  const { payloadType = 0, ttl = 1 } = target;
  if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127) throw bad('payloadType');
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > 255) throw bad('ttl');
}

export function isMulticast(host: string): boolean {
  if (isIPv6(host)) return /^ff/i.test(host);
  const first = Number(host.split('.')[0]);
  return first >= 224 && first <= 239;
}

const sendCodes: Record<string, AudioErrorCode> = {
  ECONNREFUSED: 'audio.refused',
  ENETUNREACH: 'audio.unreachable',
  EHOSTUNREACH: 'audio.unreachable',
  ENETDOWN: 'audio.unreachable',
  EADDRNOTAVAIL: 'audio.unreachable',
  EACCES: 'audio.denied',
  EPERM: 'audio.denied',
};

/** Opens the socket of one receiver; resolves when packets can be sent. @throws AudioError as for sending. */
export async function openRtpSocket(target: RtpTarget): Promise<RtpSocket> {
  const multicast = isMulticast(target.host);
  const socket = createSocket(isIPv6(target.host) ? 'udp6' : 'udp4');
  try {
    // Connected for one receiver: only then does the system pass on that nobody listens there.
    await (multicast ? bind(socket) : connect(socket, target));
    if (multicast) prepareMulticast(socket, target);
  } catch (error) {
    socket.close();
    throw sendError(target, error);
  }
  return sender(socket, target, multicast);
}

function sender(socket: Socket, target: RtpTarget, multicast: boolean): RtpSocket {
  const ssrc = randomBytes(4).readUInt32BE();
  // Random starting points (RFC 3550 5.1), so that a new broadcast is never taken for the rest of the one before.
  let sequence = randomBytes(2).readUInt16BE();
  let timestamp = randomBytes(4).readUInt32BE();
  const ticks = ((target.packetMs ?? 20) * rtpClockHz[target.codec]) / 1000;
  const payloadType = target.payloadType ?? defaultPayloadType[target.codec];
  const state = { packets: 0, trusted: false, error: null as AudioError | null };
  let doubt: { error: AudioError; sinceMs: number } | null = null;
  let goodInRow = 0;
  let closed = false;
  let nowMs = 0;

  function onFailure(error: unknown): void {
    if (closed || state.error) return;
    goodInRow = 0;
    doubt = { error: sendError(target, error), sinceMs: doubt?.sinceMs ?? nowMs };
    if (nowMs - doubt.sinceMs >= GIVE_UP_MS) state.error = doubt.error;
  }
  function onSuccess(): void {
    goodInRow += 1;
    if (goodInRow < PACKETS_TO_TRUST) return;
    state.trusted = true;
    doubt = null;
  }
  // Where the system reports a refusal on the socket and not on the next send.
  socket.on('error', onFailure);

  return {
    target,
    get trusted() {
      return state.trusted;
    },
    get packets() {
      return state.packets;
    },
    get error() {
      return state.error;
    },
    get doubt() {
      return doubt?.error ?? null;
    },
    send(payload, atMs) {
      if (closed) return;
      nowMs = atMs;
      const header = rtpHeader({ payloadType, marker: state.packets === 0, sequence, timestamp, ssrc });
      sequence = (sequence + 1) & 0xffff;
      timestamp = (timestamp + ticks) >>> 0;
      state.packets += 1;
      const done = (error: Error | null) => (error ? onFailure(error) : onSuccess());
      if (multicast) socket.send([header, payload], target.port, target.host, done);
      else socket.send([header, payload], done);
    },
    close() {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
}

function connect(socket: Socket, target: RtpTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(target.port, target.host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

function bind(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

function prepareMulticast(socket: Socket, target: RtpTarget): void {
  socket.setMulticastTTL(target.ttl ?? 1);
  // Heard on this machine too, where another program may play it.
  socket.setMulticastLoopback(true);
  if (target.multicastInterface) socket.setMulticastInterface(target.multicastInterface);
}

function sendError(target: RtpTarget, error: unknown): AudioError {
  const cause = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  const code = sendCodes[cause] ?? 'audio.send_failed';
  return new AudioError(code, { target: target.id, host: target.host, port: target.port, cause });
}
