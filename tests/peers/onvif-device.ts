/**
 * A small complete ONVIF device for tests: discovery, WS-Security and HTTP digest with a clock of its own, profiles of
 * Media 1 and 2, snapshots, a PTZ head that moves, pull points. Vendors' habits and faults are switched on one by one.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  VENDORS,
  dateXml,
  faultXml,
  profilesXml,
  ptzAnswer,
  streamAt,
  wrap,
} from './onvif-device-answers.ts';
import { createPullPoints } from './onvif-device-events.ts';
import { createDigestCheck, createTokenCheck, inner, type DeviceLogin } from './onvif-device-login.ts';
import { createPtzHead } from './onvif-device-ptz.ts';

export interface DeviceOptions {
  vendor?: keyof typeof VENDORS;
  login?: DeviceLogin;
  /** How it wants the login: WS-Security (default), HTTP digest, or both at once. */
  auth?: 'token' | 'digest' | 'both';
  /** Every HTTP nonce is good for one request. */
  singleUseNonce?: boolean;
  /** Its clock minus the real one. Tokens more than 5 s off its clock are refused. */
  clockOffsetMs?: number;
  /** The date it tells is this far off the clock that it checks tokens by: its local time, called UTC. */
  dateOffsetMs?: number;
  /** It calls an expired token merely unauthorized, as most devices do. */
  vagueExpiry?: boolean;
  streams?: { main?: string; sub?: string };
  /** A recorder: one picture source each, in place of `streams`. */
  channels?: { main?: string; sub?: string }[];
  /** Speaks HTTPS with this certificate; `setCertificate` gives it another one. */
  tls?: { key: string; cert: string };
  codec?: 'H264' | 'H265';
  /** Default true. */
  media2?: boolean;
  ptz?: boolean;
  /** Its head counts in degrees and millimetres, and in nothing else. */
  ptzDegrees?: boolean;
  events?: boolean;
  /** GetServices is not known (before ONVIF 2.1). */
  oldCapabilities?: boolean;
  /** A login is wanted even for the date. */
  closedDate?: boolean;
  /** Its addresses say http although it is reached by https, as many do. */
  plainAddresses?: boolean;
  /** Addresses that it gives name this host, as from behind a router. */
  wrongHost?: string;
  /** Pull points have to be named by a reference parameter in the header, as Axis does. */
  referenceParameters?: boolean;
  jpeg?: Buffer;
  /** Address for HTTP and discovery. Default 127.0.0.1. */
  host?: string;
  /** Answers WS-Discovery on 239.255.255.250:3702: inside a network namespace only. */
  discovery?: boolean;
  urn?: string;
  nowMs?: () => number;
}

export type OnvifDevice = Awaited<ReturnType<typeof startOnvifDevice>>;
const OPEN = new Set(['GetSystemDateAndTime', 'GetServices', 'GetCapabilities']);
const OPEN_CLOSED = new Set<string>();
const seconds = (xml: string, tag: string, otherwise: number) =>
  Number(new RegExp(`${tag}>PT([\\d.]+)S<`).exec(xml)?.[1] ?? otherwise);

export async function startOnvifDevice(options: DeviceOptions = {}) {
  const vendor = VENDORS[options.vendor ?? 'plain'];
  const host = options.host ?? '127.0.0.1';
  const nowMs = options.nowMs ?? Date.now;
  let offsetMs = options.clockOffsetMs ?? 0;
  const deviceNowMs = () => nowMs() + offsetMs;
  const head = createPtzHead(nowMs);
  const points = createPullPoints(nowMs);
  const login = { ...options.login } as DeviceLogin;
  const token = options.login && createTokenCheck(login, deviceNowMs, 5_000);
  const digest = createDigestCheck(login, options.singleUseNonce ?? false);
  const calls: { name: string; token: boolean; digest: boolean }[] = [];
  let refusals = 0;
  let port = 0;
  const base = () =>
    `${options.tls && !options.plainAddresses ? 'https' : 'http'}://${options.wrongHost ?? host}:${port}/onvif`;

  /** The refusal of a request, undefined if it may pass. */
  function refuse(
    name: string,
    request: IncomingMessage,
    xml: string,
  ): { status: number; body: string } | undefined {
    if (!token || (options.closedDate ? OPEN_CLOSED : OPEN).has(name)) return undefined;
    const way = options.auth ?? 'token';
    if (way !== 'token' && !digest.passes('POST', request.headers.authorization))
      return { status: 401, body: '' };
    if (way === 'digest') return undefined;
    const verdict = token(xml);
    if (verdict === 'ok') return undefined;
    const fault =
      verdict === 'expired' && !options.vagueExpiry
        ? faultXml(vendor.envelope, 'Sender', ['wsse:MessageExpired'], 'The token time check failed')
        : faultXml(vendor.envelope, 'Sender', ['ter:NotAuthorized'], 'Sender not Authorized');
    return { status: 400, body: fault };
  }

  async function answer(name: string, xml: string, url: string): Promise<string | undefined> {
    const service = (uri: string, path: string) =>
      `<tds:Service><tds:Namespace>http://www.onvif.org/${uri}/wsdl</tds:Namespace><tds:XAddr>${base()}/${path}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>`;
    const hasPtz = options.ptz !== false;
    const streamOf = () => streamAt(options, inner(xml, 'ProfileToken') ?? 'Profile_1');
    const idOf = () => Number(/SubscriptionId[^>]*>(\d+)</.exec(xml)?.[1] ?? /Idx=(\d+)/.exec(url)?.[1]);
    const subscription = (id: number) =>
      options.referenceParameters
        ? `<wsa5:Address>${base()}/services</wsa5:Address><wsa5:ReferenceParameters><dom0:SubscriptionId xmlns:dom0="http://www.axis.com/2009/event">${id}</dom0:SubscriptionId></wsa5:ReferenceParameters>`
        : `<wsa5:Address>${base()}/subscription?Idx=${id}</wsa5:Address>`;
    switch (name) {
      case 'GetSystemDateAndTime':
        return dateXml(deviceNowMs() + (options.dateOffsetMs ?? 0));
      case 'GetDeviceInformation':
        return `<tds:GetDeviceInformationResponse><tds:Manufacturer>${vendor.manufacturer}</tds:Manufacturer><tds:Model>${vendor.model}</tds:Model><tds:FirmwareVersion>V5.7.3 build 220112</tds:FirmwareVersion><tds:SerialNumber>SN0001</tds:SerialNumber><tds:HardwareId>88</tds:HardwareId></tds:GetDeviceInformationResponse>`;
      case 'GetUsers':
        return `<tds:GetUsersResponse><tds:User><tt:Username>${login.user}</tt:Username><tt:UserLevel>Administrator</tt:UserLevel></tds:User></tds:GetUsersResponse>`;
      case 'SetUser':
        login.password = inner(xml.slice(xml.indexOf('Body')), 'Password')!;
        return '<tds:SetUserResponse/>';
      case 'GetServices':
        if (options.oldCapabilities) return undefined;
        return `<tds:GetServicesResponse>${service('ver10/device', 'device_service')}${service('ver10/media', 'Media')}${options.media2 === false ? '' : service('ver20/media', 'Media2')}${hasPtz ? service('ver20/ptz', 'PTZ') : ''}${options.events === false ? '' : service('ver10/events', 'Events')}</tds:GetServicesResponse>`;
      case 'GetCapabilities':
        return `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>${base()}/device_service</tt:XAddr></tt:Device><tt:Events><tt:XAddr>${base()}/Events</tt:XAddr><tt:WSPullPointSupport>true</tt:WSPullPointSupport></tt:Events><tt:Media><tt:XAddr>${base()}/Media</tt:XAddr></tt:Media>${hasPtz ? `<tt:PTZ><tt:XAddr>${base()}/PTZ</tt:XAddr></tt:PTZ>` : ''}</tds:Capabilities></tds:GetCapabilitiesResponse>`;
      case 'GetProfiles':
        return profilesXml(options, url.endsWith('/Media2') ? 2 : 1);
      case 'GetStreamUri': {
        const uri = streamOf() ?? 'rtsp://127.0.0.1/none';
        return url.endsWith('/Media2')
          ? `<tr2:GetStreamUriResponse><tr2:Uri>${uri}</tr2:Uri></tr2:GetStreamUriResponse>`
          : `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:Timeout>PT60S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>`;
      }
      case 'GetSnapshotUri':
        if (!options.jpeg) return undefined;
        return url.endsWith('/Media2')
          ? `<tr2:GetSnapshotUriResponse><tr2:Uri>${base()}/snapshot.jpg</tr2:Uri></tr2:GetSnapshotUriResponse>`
          : `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${base()}/snapshot.jpg</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`;
      case 'GetAudioOutputs':
        return '<trt:GetAudioOutputsResponse><trt:AudioOutputs token="AudioOutput_1"/></trt:GetAudioOutputsResponse>';
      case 'CreatePullPointSubscription': {
        const point = points.create(seconds(xml, 'InitialTerminationTime', 60) * 1000);
        return `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>${subscription(point.id)}</tev:SubscriptionReference><wsnt:CurrentTime>${new Date(deviceNowMs()).toISOString()}</wsnt:CurrentTime><wsnt:TerminationTime>${new Date(point.endsAtMs + offsetMs).toISOString()}</wsnt:TerminationTime></tev:CreatePullPointSubscriptionResponse>`;
      }
      case 'PullMessages': {
        const found = await points.pull(idOf(), seconds(xml, 'Timeout', 5) * 1000, 100);
        return found && `<tev:PullMessagesResponse><tev:CurrentTime>${new Date(deviceNowMs()).toISOString()}</tev:CurrentTime><tev:TerminationTime>${new Date(deviceNowMs() + 60_000).toISOString()}</tev:TerminationTime>${found.join('')}</tev:PullMessagesResponse>`; // prettier-ignore
      }
      case 'SetSynchronizationPoint':
        return '<tev:SetSynchronizationPointResponse/>';
      case 'Renew': {
        const point = points.renew(idOf(), seconds(xml, 'TerminationTime', 60) * 1000);
        return point && `<wsnt:RenewResponse><wsnt:TerminationTime>${new Date(point.endsAtMs + offsetMs).toISOString()}</wsnt:TerminationTime></wsnt:RenewResponse>`; // prettier-ignore
      }
      case 'Unsubscribe':
        return points.remove(idOf()) ? '<wsnt:UnsubscribeResponse/>' : undefined;
    }
    return hasPtz && url.endsWith('/PTZ')
      ? ptzAnswer(name, xml, { head, nowMs: deviceNowMs(), degrees: options.ptzDegrees === true })
      : undefined;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const xml = Buffer.concat(parts).toString('utf8');
    const send = (status: number, body: string | Buffer, type = 'application/soap+xml; charset=utf-8') => {
      if (status === 401) {
        refusals += 1;
        response.setHeader('WWW-Authenticate', digest.challenge());
      }
      response
        .writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
        .end(body);
    };
    if (request.method === 'GET') {
      if (options.login && !digest.passes('GET', request.headers.authorization))
        return send(401, '', 'text/html');
      return options.jpeg ? send(200, options.jpeg, 'image/jpeg') : send(404, 'no', 'text/html');
    }
    const name = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(xml)?.[1] ?? '';
    calls.push({ name, token: /UsernameToken/.test(xml), digest: 'authorization' in request.headers });
    if (name === 'SetUser' && token && (inner(xml.slice(xml.indexOf('Body')), 'Password') ?? '').length < 8)
      return send(400, faultXml(vendor.envelope, 'Sender', ['ter:OperationProhibited', 'ter:PasswordTooWeak'], 'Password too weak')); // prettier-ignore
    const refusal = refuse(name, request, xml);
    if (refusal) {
      if (refusal.status === 400) refusals += 1;
      return send(refusal.status, refusal.body);
    }
    const body = await answer(name, xml, request.url ?? '');
    if (body !== undefined) return send(200, wrap(vendor.envelope, body));
    const known = /Preset|Pull|Renew|Unsubscribe/.test(name);
    const codes = known ? ['ter:InvalidArgVal', 'ter:NoToken'] : ['ter:ActionNotSupported'];
    send(
      400,
      faultXml(
        vendor.envelope,
        known ? 'Sender' : 'Receiver',
        codes,
        known ? 'No such token' : 'Optional Action Not Implemented',
      ),
    );
  }

  const serve = (request: IncomingMessage, response: ServerResponse) =>
    void handle(request, response).catch(() => response.destroy());
  const secured = options.tls && createTlsServer(options.tls, serve);
  const server = secured ?? createServer(serve);
  server.listen(0, host);
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  const urn = options.urn ?? 'urn:uuid:2419d68a-2dd2-21b2-a205-0000000000aa';
  const udp = options.discovery
    ? await joinDiscovery(host, () => probeMatch(vendor, urn, `${base()}/device_service`))
    : undefined;

  return {
    host,
    port,
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}/onvif/device_service`,
    urn,
    head,
    calls,
    refusals: () => refusals,
    pullPoints: points,
    emit: points.emit,
    setCertificate(tls: { key: string; cert: string }) {
      secured?.setSecureContext(tls);
      server.closeAllConnections();
    },
    setClockOffset: (ms: number) => void (offsetMs = ms),
    setPassword: (password: string) => void (login.password = password),
    async stop(): Promise<void> {
      points.forget();
      udp?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const probeMatch =
  (vendor: (typeof VENDORS)[keyof typeof VENDORS], urn: string, address: string) => (relatesTo: string) =>
    '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" ' +
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><SOAP-ENV:Header>' +
    `<wsa:RelatesTo>${relatesTo}</wsa:RelatesTo><wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>` +
    `<wsa:EndpointReference><wsa:Address>${urn}</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>` +
    `<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/${vendor.manufacturer}%20${vendor.model} onvif://www.onvif.org/hardware/${vendor.model} onvif://www.onvif.org/location/gate</d:Scopes>` +
    `<d:XAddrs>${address}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`;

async function joinDiscovery(host: string, make: () => (relatesTo: string) => string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('message', (message, from) => {
    const id = /MessageID[^>]*>([^<]+)</.exec(message.toString())?.[1];
    // Linux hands a group's datagrams to all its sockets: one network's devices must not hear the other's probes
    const isNear = from.address.startsWith(host.slice(0, host.lastIndexOf('.') + 1));
    if (id && isNear && /Probe>|Probe\s/.test(message.toString()))
      socket.send(make()(id), from.port, from.address);
  });
  socket.bind(3702, '239.255.255.250');
  await once(socket, 'listening');
  socket.addMembership('239.255.255.250', host);
  return socket;
}
