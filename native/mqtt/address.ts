import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { MqttError } from './errors.ts';

/** TLS material as PEM text (contents, not file names). */
export interface BrokerTls {
  readonly caPem?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  /** False accepts any certificate: only for commissioning, and the health page shows it. Default true. */
  readonly rejectUnauthorized?: boolean;
}

/** Where the broker is and how it is entered. */
export interface BrokerAddress {
  /** `mqtt://host:1883` or `mqtts://host:8883`; no user, no password, no path. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: BrokerTls;
  /** 4 is MQTT 3.1.1. */
  readonly protocolVersion: 4 | 5;
}

const refuse = (path: string, problem: string): never => {
  throw new MqttError('invalid-setting', { path, problem });
};

const optionalText = (value: unknown, path: string): string | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : refuse(path, 'not-a-text');
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Host, port and transport of a checked address. IPv6 hosts come without brackets. */
export function brokerEndpoint(url: string, path = 'url'): { host: string; port: number; secure: boolean } {
  if (!URL.canParse(url)) return refuse(path, 'not-a-url');
  const parsed = new URL(url);
  if (parsed.protocol !== 'mqtt:' && parsed.protocol !== 'mqtts:')
    return refuse(path, 'scheme-must-be-mqtt-or-mqtts');
  // A password in an address ends up in logs and on screens; it has a field of its own.
  if (parsed.username || parsed.password) return refuse(path, 'credentials-in-url');
  if (!parsed.hostname) return refuse(path, 'host-missing');
  if ((parsed.pathname !== '' && parsed.pathname !== '/') || parsed.search || parsed.hash)
    return refuse(path, 'path-in-url');
  const secure = parsed.protocol === 'mqtts:';
  const port = parsed.port === '' ? (secure ? 8883 : 1883) : Number(parsed.port);
  if (port < 1) return refuse(path, 'port-out-of-range');
  return { host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'), port, secure };
}

const pem = (value: unknown, path: string, label: RegExp): string | undefined => {
  const text = optionalText(value, path);
  if (text !== undefined && !label.test(text)) refuse(path, 'not-pem');
  return text;
};

function parseTls(value: unknown, path: string): BrokerTls | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) return refuse(path, 'not-an-object');
  const caPem = pem(value['caPem'], `${path}.caPem`, /-----BEGIN (TRUSTED )?CERTIFICATE-----/);
  const certPem = pem(value['certPem'], `${path}.certPem`, /-----BEGIN CERTIFICATE-----/);
  const keyPem = pem(value['keyPem'], `${path}.keyPem`, /-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  if ((certPem === undefined) !== (keyPem === undefined))
    refuse(
      certPem === undefined ? `${path}.certPem` : `${path}.keyPem`,
      'certificate-and-key-belong-together',
    );
  try {
    // OpenSSL passes over an authority that it cannot read, and would then trust nobody.
    if (caPem !== undefined) new X509Certificate(caPem);
    createSecureContext({ ca: caPem, cert: certPem, key: keyPem });
  } catch {
    // The text of OpenSSL's error may quote the key.
    refuse(path, 'certificate-or-key-unreadable');
  }
  const strict = value['rejectUnauthorized'] ?? true;
  if (typeof strict !== 'boolean') return refuse(`${path}.rejectUnauthorized`, 'not-a-boolean');
  return { caPem, certPem, keyPem, rejectUnauthorized: strict };
}

/**
 * Checks a broker address that came from a settings file or a form.
 * @param path where it stands in the settings, for the error.
 * @throws MqttError `invalid-setting` with `path` and `problem`; never with a secret.
 */
export function parseBrokerAddress(value: unknown, path = 'broker'): BrokerAddress {
  if (!isRecord(value)) return refuse(path, 'not-an-object');
  const url = optionalText(value['url'], `${path}.url`) ?? refuse(`${path}.url`, 'missing');
  const { secure } = brokerEndpoint(url, `${path}.url`);
  const username = optionalText(value['username'], `${path}.username`);
  const password = optionalText(value['password'], `${path}.password`);
  // MQTT 3.1.1 section 3.1.2.9: no password without a user name.
  if (password !== undefined && username === undefined) refuse(`${path}.username`, 'missing-beside-password');
  const tls = parseTls(value['tls'], `${path}.tls`);
  if (tls && !secure) refuse(`${path}.tls`, 'url-is-not-mqtts');
  const version = value['protocolVersion'] ?? 5;
  if (version !== 4 && version !== 5) return refuse(`${path}.protocolVersion`, 'must-be-4-or-5');
  return { url, username, password, tls, protocolVersion: version };
}
