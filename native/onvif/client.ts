import { createAuthority, type Signature } from './authority.ts';
import { readBytes } from './characters.ts';
import { readDeviceTime, zoneLike, type DeviceTime } from './device-time.ts';
import { OnvifError } from './errors.ts';
import { deviceAgent, request, type HttpAnswer } from './http.ts';
import { SERVICES, type ServiceName } from './namespaces.ts';
import type { Login } from './security.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import { envelope, faultError, readEnvelope } from './soap.ts';
import { child, children, names, text, type Xml } from './xml.ts';

export interface OnvifOptions {
  /** Device service, e.g. http://192.0.2.7/onvif/device_service. */
  url: string;
  login?: Login;
  /** For https: whether the device's certificate is the known one. Absent: any will do. */
  trusts?: CertificateCheck;
  /** Per request. Default 5 s. */
  timeoutMs?: number;
  nowMs?: () => number;
}

export interface CallOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** More SOAP header elements (WS-Addressing). */
  header?: string;
  /** SOAP action, for devices that look at it. */
  action?: string;
  /** Another address than the service's own, e.g. of a subscription. */
  url?: URL;
  /** Sent without a login. */
  open?: boolean;
}

export interface OnvifClient {
  /**
   * Calls one operation and resolves with its response element.
   * @throws OnvifError
   */
  call(service: ServiceName, body: string, options?: CallOptions): Promise<Xml>;
  /** Addresses of the services the device has, asked once. */
  services(): Promise<ReadonlyMap<ServiceName, URL>>;
  /** The device's clock, asked once. */
  time(): Promise<DeviceTime>;
  /** GET with HTTP digest: a snapshot. */
  get(url: URL, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<HttpAnswer>;
  /** An address that the device gave, on the host by which we reached it. @throws OnvifError not_onvif */
  reach(address: string): URL;
  /** The device gave addresses on another host than the one that it was reached by. */
  readonly otherHost: string | null;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 5_000;
/** A clock that moved by more than this since it was read explains a refusal. */
const CLOCK_MOVED_MS = 2_000;
const TRIES = 4;

/**
 * Talks to one ONVIF device. Nothing is sent before the first call; then the device's clock is read without a login,
 * because a token stamped with our time is refused by a device whose clock is wrong.
 * @throws OnvifError bad_address
 */
export function createOnvifClient(options: OnvifOptions): OnvifClient {
  const base = parseAddress(options.url);
  const nowMs = options.nowMs ?? Date.now;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const agents = { 'http:': deviceAgent(false), 'https:': deviceAgent(true, options.trusts) };
  const soapLogin = createAuthority(options.login);
  /** Stills come from the web server, which has a way of its own. */
  const httpLogin = createAuthority(options.login);
  let otherHost: string | null = null;
  /** By how much a device that calls its local time UTC tells too much; learnt from its refusals. */
  let zoneMs = 0;
  let asked: Promise<DeviceTime> | undefined;
  let listed: Promise<ReadonlyMap<ServiceName, URL>> | undefined;

  /** What it tells. Remembers an answer, but no failure: the next call asks again. */
  function told(): Promise<DeviceTime> {
    asked ??= readDeviceTime(client, nowMs);
    asked.catch(() => (asked = undefined));
    return asked;
  }

  async function time(): Promise<DeviceTime> {
    const { offsetMs, tokenOffsetMs } = await told();
    return {
      offsetMs: offsetMs === null ? null : offsetMs - zoneMs,
      tokenOffsetMs: tokenOffsetMs - zoneMs,
    };
  }

  function reach(given: string): URL {
    // A device that does not find its own address writes none; read as it stands, the path would be the host.
    const host = /^https?:/i.test(given) ? base.host : base.hostname;
    const address = given.replace(/^([a-z]+:)\/{3,}/i, `$1//${host}/`);
    if (!URL.canParse(address)) throw new OnvifError('not_onvif');
    const url = new URL(address);
    if (url.hostname === base.hostname) {
      // asked for over TLS it stays there, whatever the device writes into its addresses
      if (base.protocol !== 'https:' || url.protocol !== 'http:') return url;
      url.protocol = base.protocol;
      url.host = base.host;
      if (base.port === '') url.port = '';
      return url;
    }
    otherHost = url.hostname;
    // Behind a router, or with the address it had in the workshop: the host that we reached is the right one.
    if (url.protocol === 'http:' || url.protocol === 'https:') {
      url.protocol = base.protocol;
      url.host = base.host;
      if (base.port === '') url.port = '';
    } else {
      url.hostname = base.hostname;
    }
    return url;
  }

  async function send(url: URL, body: string, of: CallOptions): Promise<Xml> {
    let offsetMs = of.open ? 0 : (await told()).tokenOffsetMs;
    let tried: number | undefined;
    for (let left = TRIES; ; left -= 1) {
      const signed: Signature = of.open
        ? { soap: '', count: 0 }
        : soapLogin.sign('POST', url, nowMs() + offsetMs - (tried ?? zoneMs));
      const answer = await request({
        method: 'POST',
        url,
        body: envelope(`${of.header ?? ''}${signed.soap}`, body),
        headers: {
          'Content-Type': `application/soap+xml; charset=utf-8${of.action ? `; action="${of.action}"` : ''}`,
          ...(signed.http ? { Authorization: signed.http } : {}),
        },
        agent: agents[url.protocol as 'http:'],
        timeoutMs: of.timeoutMs ?? timeoutMs,
        ...(of.signal ? { signal: of.signal } : {}),
      });
      const error = await refusal(answer);
      if (!('error' in error)) {
        zoneMs = tried ?? zoneMs;
        return error.body;
      }
      if (of.open || left <= 1) throw error.error;
      if (answer.status === 401 && answer.challenges.length > 0) {
        if (soapLogin.challenged(answer.challenges, signed)) continue;
        throw error.error;
      }
      const isRefusal = error.error.code === 'wrong_password' || error.error.code === 'clock_skew';
      if (!isRefusal || tried !== undefined) throw error.error;
      const beforeMs: number = offsetMs;
      asked = undefined;
      offsetMs = (await told()).tokenOffsetMs;
      if (Math.abs(offsetMs - beforeMs) > CLOCK_MOVED_MS || soapLogin.refused()) continue;
      // One more try, by our own clock, for devices that call their local time UTC.
      tried = zoneLike(offsetMs);
      if (tried === zoneMs) throw error.error;
    }
  }

  const client: OnvifClient = {
    async call(service, body, of = {}) {
      const url = of.url ?? (service === 'device' ? base : (await client.services()).get(service));
      if (!url) throw new OnvifError('not_supported', { service });
      const answer = await send(url, body, of);
      const name = names(answer)[0];
      return (name === undefined ? undefined : child(answer, name)) ?? '';
    },
    services() {
      listed ??= listServices(client);
      listed.catch(() => (listed = undefined));
      return listed;
    },
    time,
    reach,
    async get(url, of = {}) {
      for (let left = TRIES; ; left -= 1) {
        const signed = httpLogin.sign('GET', url, 0);
        const answer = await request({
          method: 'GET',
          url,
          headers: signed.http ? { Authorization: signed.http } : {},
          agent: agents[url.protocol as 'http:'],
          timeoutMs: of.timeoutMs ?? timeoutMs,
          ...(of.signal ? { signal: of.signal } : {}),
        });
        if (answer.status !== 401) return answer;
        if (left <= 1 || !httpLogin.challenged(answer.challenges, signed))
          throw new OnvifError('wrong_password');
      }
    },
    get otherHost() {
      return otherHost;
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
  return client;
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new OnvifError('bad_address');
  return url;
}

async function refusal(answer: HttpAnswer): Promise<{ body: Xml } | { error: OnvifError }> {
  let read: Awaited<ReturnType<typeof readEnvelope>> | undefined;
  try {
    read = await readEnvelope(readBytes(answer.body));
  } catch {
    read = undefined;
  }
  if (answer.status === 401 || answer.status === 403) {
    const known = read && 'fault' in read ? faultError(read.fault) : undefined;
    return { error: known?.code === 'clock_skew' ? known : new OnvifError('wrong_password') };
  }
  if (!read) return { error: new OnvifError('not_onvif', { status: answer.status }) };
  return 'fault' in read ? { error: faultError(read.fault) } : read;
}

/** GetServices, and for devices from before ONVIF 2.1 GetCapabilities. */
async function listServices(client: OnvifClient): Promise<Map<ServiceName, URL>> {
  const found = new Map<ServiceName, URL>();
  const add = (name: ServiceName, address: string | undefined) => {
    if (address && URL.canParse(address)) found.set(name, client.reach(address));
  };
  try {
    const answer = await client.call(
      'device',
      '<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability></tds:GetServices>',
    );
    for (const service of children(answer, 'Service')) {
      const uri = text(service, 'Namespace');
      const name = (Object.keys(SERVICES) as ServiceName[]).find((one) => SERVICES[one].uri === uri);
      if (name) add(name, text(service, 'XAddr'));
    }
  } catch (error) {
    if (!(error instanceof OnvifError) || !['not_supported', 'fault', 'not_onvif'].includes(error.code))
      throw error;
  }
  if (found.has('media') || found.has('media2')) return found;
  const answer = await client.call(
    'device',
    '<tds:GetCapabilities><tds:Category>All</tds:Category></tds:GetCapabilities>',
  );
  const all = child(answer, 'Capabilities');
  add('media', text(all, 'Media', 'XAddr'));
  add('ptz', text(all, 'PTZ', 'XAddr'));
  add('events', text(all, 'Events', 'XAddr'));
  add('imaging', text(all, 'Imaging', 'XAddr'));
  add('deviceIo', text(all, 'Extension', 'DeviceIO', 'XAddr'));
  return found;
}
