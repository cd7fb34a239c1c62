import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ptzAnswer, PTZ_CONFIGURATION } from './device-ptz.ts';
import type { DemoHead } from './head.ts';
import { faultXml, textOf, wrap } from './soap.ts';

/** The demo's dome as an ONVIF device on loopback: device, media and PTZ services, login by WS-Security. */
export interface DemoDevice {
  readonly port: number;
  stop(): Promise<void>;
}
export interface DeviceOptions {
  head: DemoHead;
  login: { user: string; password: string } | null;
  /** 0 takes any free one; one that is taken too. */
  port: number;
  /** Where the picture is, as long as the device runs. */
  streamUrl: () => string;
}

const HOST = '127.0.0.1';
const MOST_BYTES = 64 * 1024;
/** A login older or newer than this is refused, as real devices do. */
const SKEW_MS = 60_000;
/** Nonces kept against replay; more than anybody sends within the skew. */
const MOST_NONCES = 5_000;
const OPEN = new Set(['GetSystemDateAndTime', 'GetServices', 'GetCapabilities']);

/** WS-Security UsernameToken with a digest: SHA-1 of nonce, time and password (OASIS UsernameToken profile 1.1). */
function createLogin({ user, password }: { user: string; password: string }) {
  const seen = new Set<string>();
  return (xml: string): boolean => {
    const [name, digest, nonce, created] = ['Username', 'Password', 'Nonce', 'Created'].map((tag) => textOf(xml, tag)); // prettier-ignore
    if (name !== user || !digest || !nonce || !created || seen.has(nonce)) return false;
    const right = createHash('sha1').update(Buffer.from(nonce, 'base64')).update(created).update(password);
    const [given, wanted] = [Buffer.from(digest, 'base64'), right.digest()];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
    if (!(Math.abs(Date.parse(created) - Date.now()) <= SKEW_MS)) return false;
    if (seen.size >= MOST_NONCES) seen.clear();
    seen.add(nonce);
    return true;
  };
}

const dateXml = (now: Date) =>
  '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>' +
  `<tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time>` +
  `<tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date>` +
  '</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>';
const PROFILE =
  '<trt:Profiles token="main" fixed="true"><tt:Name>main</tt:Name><tt:VideoSourceConfiguration token="VSC"><tt:Name>VSC</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>VS</tt:SourceToken><tt:Bounds x="0" y="0" width="640" height="360"/></tt:VideoSourceConfiguration>' +
  '<tt:VideoEncoderConfiguration token="VEC"><tt:Name>VEC</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality>' +
  '<tt:RateControl><tt:FrameRateLimit>15</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>1024</tt:BitrateLimit></tt:RateControl><tt:H264><tt:GovLength>15</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264></tt:VideoEncoderConfiguration>' +
  `${PTZ_CONFIGURATION}</trt:Profiles>`;

/** Answer to one request; undefined: not known here. */
function answer(name: string, xml: string, base: string, options: DeviceOptions): string | undefined {
  const service = (uri: string, path: string) =>
    `<tds:Service><tds:Namespace>http://www.onvif.org/${uri}/wsdl</tds:Namespace><tds:XAddr>${base}/${path}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>`;
  switch (name) {
    case 'GetSystemDateAndTime':
      return dateXml(new Date());
    case 'GetDeviceInformation':
      return '<tds:GetDeviceInformationResponse><tds:Manufacturer>Guardroom</tds:Manufacturer><tds:Model>Demo dome</tds:Model><tds:FirmwareVersion>1</tds:FirmwareVersion><tds:SerialNumber>M-01</tds:SerialNumber><tds:HardwareId>demo</tds:HardwareId></tds:GetDeviceInformationResponse>';
    case 'GetServices':
      return `<tds:GetServicesResponse>${service('ver10/device', 'device_service')}${service('ver10/media', 'media')}${service('ver20/ptz', 'ptz')}</tds:GetServicesResponse>`;
    case 'GetCapabilities':
      return `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>${base}/device_service</tt:XAddr></tt:Device><tt:Media><tt:XAddr>${base}/media</tt:XAddr></tt:Media><tt:PTZ><tt:XAddr>${base}/ptz</tt:XAddr></tt:PTZ></tds:Capabilities></tds:GetCapabilitiesResponse>`;
    case 'GetProfiles':
      return `<trt:GetProfilesResponse>${PROFILE}</trt:GetProfilesResponse>`;
    case 'GetStreamUri':
      return `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${options.streamUrl()}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT60S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>`;
  }
  return ptzAnswer(name, xml, options.head);
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BYTES) return null;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Starts the device; when the wanted port is taken, on another one: `port` tells which. */
export async function startDevice(options: DeviceOptions): Promise<DemoDevice> {
  const passes = options.login ? createLogin(options.login) : () => true;
  let base = '';
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const xml = await bodyOf(request);
    const send = (status: number, body: string) =>
      response
        .writeHead(status, {
          'Content-Type': 'application/soap+xml; charset=utf-8',
          'Content-Length': Buffer.byteLength(body),
        }) // prettier-ignore
        .end(body);
    if (request.method !== 'POST' || xml === null) return void send(xml === null ? 413 : 405, '');
    const name = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(xml)?.[1] ?? '';
    if (!OPEN.has(name) && !passes(xml))
      return void send(400, faultXml('Sender', 'ter:NotAuthorized', 'Sender not authorized'));
    const found = answer(name, xml, base, options);
    if (found !== undefined) return void send(200, wrap(found));
    const isToken = /Preset/.test(name);
    send(400, faultXml(isToken ? 'Sender' : 'Receiver', isToken ? 'ter:NoToken' : 'ter:ActionNotSupported', 'Refused')); // prettier-ignore
  }
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy())); // prettier-ignore
  const listen = async (port: number) => {
    server.listen(port, HOST);
    await once(server, 'listening');
  };
  await listen(options.port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    return listen(0);
  });
  const { port } = server.address() as AddressInfo;
  base = `http://${HOST}:${port}/onvif`;
  return {
    port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
