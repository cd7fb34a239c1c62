import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { readBytes } from './characters.ts';
import { mergeFound, questionOf, readProbeMatches, type FoundDevice } from './found.ts';
import { NAMESPACE } from './namespaces.ts';

const GROUP = '239.255.255.250';
const PORT = 3702;
/** Datagrams get lost and cheap cameras are slow to wake: asked three times (SOAP-over-UDP repeats alike). */
const REPEAT_AFTER_MS = [0, 250, 750];
const DEFAULT_MS = 3_000;
const MAX_DEVICES = 4_096;

export interface DiscoverOptions {
  /** How long answers are collected. Default 3 s. */
  durationMs?: number;
  /** Our own IPv4 addresses to ask from. Default: of every interface that is up, loopback left out. */
  interfaces?: readonly string[];
  signal?: AbortSignal;
  onFound?: (device: FoundDevice) => void;
}

export interface Discovery {
  devices: FoundDevice[];
  /** Interfaces asked from, and those where that failed with the system's code. */
  interfaces: { address: string; failed: string | null }[];
}

/** IPv4 addresses of this machine's interfaces that are up, without loopback. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((one) => one.family === 'IPv4' && !one.internal)
    .map((one) => one.address);

/**
 * Asks the network for ONVIF devices (WS-Discovery probe, IPv4 multicast, one hop) on every interface: a probe sent
 * without choosing one leaves by the default route only, and the camera network is usually the other one. Ends after
 * `durationMs`; never rejects, an interface that fails is named.
 */
export async function discover(options: DiscoverOptions = {}): Promise<Discovery> {
  const addresses = [...new Set(options.interfaces ?? ownAddresses())];
  const devices = new Map<string, FoundDevice>();
  const asked = new Set<string>();
  const sockets: Socket[] = [];
  const timers: NodeJS.Timeout[] = [];
  const reading: Promise<void>[] = [];

  const onDatagram = (heardOn: string) => (message: Buffer, from: { address: string }) =>
    reading.push(
      readProbeMatches(readBytes(message), from.address, heardOn).then(({ relatesTo, found }) => {
        // an answer to somebody else's question counts too, unless it names one that is not ours
        if (relatesTo !== undefined && !asked.has(questionOf(relatesTo))) return;
        for (const device of found) {
          if (!devices.has(device.id) && devices.size >= MAX_DEVICES) return;
          const merged = mergeFound(devices.get(device.id), device);
          devices.set(device.id, merged);
          options.onFound?.(merged);
        }
      }),
    );

  const interfaces = await Promise.all(
    addresses.map(async (address) => {
      const failed = await openSocket(address, onDatagram(address)).then(
        (socket) => {
          sockets.push(socket);
          for (const delayMs of REPEAT_AFTER_MS)
            timers.push(
              setTimeout(() => {
                for (const types of [' xmlns:dn="' + NAMESPACE.networkTypes + '"', '']) {
                  const id = `urn:uuid:${randomUUID()}`;
                  asked.add(questionOf(id));
                  socket.send(probe(id, types), PORT, GROUP, () => undefined);
                }
              }, delayMs),
            );
          return null;
        },
        (error: NodeJS.ErrnoException) => error.code ?? 'failed',
      );
      return { address, failed };
    }),
  );
  if (sockets.length > 0) await wait(options.durationMs ?? DEFAULT_MS, options.signal);
  for (const timer of timers) clearTimeout(timer);
  for (const socket of sockets) socket.close();
  await Promise.all(reading);
  return { devices: [...devices.values()], interfaces };
}

/** Answers come to the port that asked, so any free one will do; the group itself is not joined. */
function openSocket(
  address: string,
  onMessage: (message: Buffer, from: { address: string }) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const fail = (error: Error) => {
      socket.close();
      reject(error);
    };
    socket.once('error', fail);
    socket.bind(0, address, () => {
      try {
        socket.setMulticastInterface(address);
        socket.setMulticastTTL(1);
      } catch (error) {
        return fail(error as Error);
      }
      socket.off('error', fail);
      // a switch that goes down meanwhile only means fewer answers
      socket.on('error', () => undefined);
      socket.on('message', onMessage);
      resolve(socket);
    });
  });
}

/** With the type that ONVIF asks for, and once without: some recorders answer only to an open question. */
const probe = (id: string, typed: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${NAMESPACE.envelope}" xmlns:a="${NAMESPACE.addressing2004}" xmlns:d="${NAMESPACE.discovery}"${typed}>` +
  `<s:Header><a:Action s:mustUnderstand="1">${NAMESPACE.discovery}/Probe</a:Action><a:MessageID>${id}</a:MessageID>` +
  '<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>' +
  '<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>' +
  `<s:Body><d:Probe>${typed === '' ? '' : '<d:Types>dn:NetworkVideoTransmitter</d:Types>'}</d:Probe></s:Body></s:Envelope>`;

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
