import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6, type Socket } from 'node:net';
import { interleave } from './server-rtp.ts';

/** How one session's packets reach its client. */
export interface RtpTransport {
  /** Value of the Transport header that confirms the choice. */
  readonly description: string;
  sendRtp(packets: readonly Buffer[]): void;
  sendRtcp(packet: Buffer): void;
  /** Bytes accepted but not yet taken by the client: what a slow client has in its way. */
  backlogBytes(): number;
  /** Calls back for every packet that the client sends here (receiver reports keep a session alive). */
  onAlive(listener: () => void): void;
  close(): void;
}

export type TransportRequest =
  | { readonly kind: 'tcp'; readonly channels: readonly [number, number] }
  | { readonly kind: 'udp'; readonly ports: readonly [number, number] };

/**
 * First of the client's alternatives that this server can do: interleaved TCP or unicast UDP, playing.
 * A `destination` is ignored on purpose: packets go to the peer that asked and to nobody else.
 */
export function chooseTransport(header: string, freeChannel: number): TransportRequest | undefined {
  for (const alternative of header.split(',').slice(0, 8)) {
    const [profile = '', ...rest] = alternative.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((part) => pair(part)));
    if (parameters.has('multicast')) continue;
    const mode = parameters.get('mode')?.replaceAll('"', '').toLowerCase();
    if (mode !== undefined && mode !== 'play') continue;
    if (profile.toUpperCase() === 'RTP/AVP/TCP') {
      const channels = range(parameters.get('interleaved') ?? `${freeChannel}-${freeChannel + 1}`, 255);
      if (channels) return { kind: 'tcp', channels };
    } else if (/^RTP\/AVP(\/UDP)?$/i.test(profile)) {
      const ports = range(parameters.get('client_port') ?? '', 65_535);
      if (ports && ports[0] > 0) return { kind: 'udp', ports };
    }
  }
  return undefined;
}

function pair(part: string): [string, string] {
  const equals = part.indexOf('=');
  return equals === -1
    ? [part.toLowerCase(), '']
    : [part.slice(0, equals).toLowerCase(), part.slice(equals + 1)];
}

function range(text: string, max: number): [number, number] | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return undefined;
  const first = Number(match[1]);
  const second = match[2] === undefined ? first + 1 : Number(match[2]);
  return first <= max && second <= max && first !== second ? [first, second] : undefined;
}

/** RTP inside the RTSP connection. */
export function tcpTransport(socket: Socket, channels: readonly [number, number]): RtpTransport {
  const write = (data: Buffer): void => {
    if (!socket.destroyed) socket.write(data);
  };
  return {
    description: `RTP/AVP/TCP;unicast;interleaved=${channels[0]}-${channels[1]}`,
    sendRtp: (packets) => write(interleave(packets, channels[0])),
    sendRtcp: (packet) => write(interleave([packet], channels[1])),
    backlogBytes: () => socket.writableLength,
    // reports come in on the RTSP connection, which counts them itself
    onAlive: () => undefined,
    close: () => undefined,
  };
}

const PORT_PAIR_ATTEMPTS = 20;

async function bind(family: 'udp4' | 'udp6', host: string, port: number): Promise<UdpSocket> {
  const socket = createSocket(family);
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

/** An even port for RTP and the next odd one for RTCP (RFC 3550 11). */
async function bindPair(family: 'udp4' | 'udp6', host: string): Promise<[UdpSocket, UdpSocket]> {
  for (let attempt = 0; attempt < PORT_PAIR_ATTEMPTS; attempt += 1) {
    const first = await bind(family, host, 0);
    const port = first.address().port;
    if (port % 2 === 0) {
      const second = await bind(family, host, port + 1).catch(() => undefined);
      if (second) return [first, second];
    }
    first.close();
  }
  throw new Error(`no free UDP port pair on ${host}`);
}

/** RTP over UDP to the peer of the RTSP connection. Rejects when no port pair is free. */
export async function udpTransport(
  local: string,
  remote: string,
  ports: readonly [number, number],
): Promise<RtpTransport> {
  const [rtp, rtcp] = await bindPair(isIPv6(remote) ? 'udp6' : 'udp4', local);
  let backlog = 0;
  let alive = (): void => undefined;
  for (const socket of [rtp, rtcp]) {
    socket.on('message', (_data, from) => {
      if (from.address === remote) alive();
    });
    // An unreachable client port shows as an error on later sends; the session ends by its time-out, not by a crash.
    socket.on('error', () => undefined);
  }
  const send = (socket: UdpSocket, packet: Buffer, port: number): void => {
    backlog += packet.length;
    socket.send(packet, port, remote, () => {
      backlog -= packet.length;
    });
  };
  const [rtpPort, rtcpPort] = [rtp.address().port, rtcp.address().port];
  return {
    description: `RTP/AVP;unicast;client_port=${ports[0]}-${ports[1]};server_port=${rtpPort}-${rtcpPort}`,
    sendRtp: (packets) => packets.forEach((packet) => send(rtp, packet, ports[0])),
    sendRtcp: (packet) => send(rtcp, packet, ports[1]),
    backlogBytes: () => backlog,
    onAlive: (listener) => {
      alive = listener;
    },
    close: () => {
      rtp.close();
      rtcp.close();
    },
  };
}
