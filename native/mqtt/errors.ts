import type { LinkReason } from './types.ts';

export type MqttErrorCode =
  | 'invalid-setting'
  | 'invalid-topic'
  | 'offline'
  | 'queue-full'
  | 'expired'
  | 'refused'
  | 'stopped'
  | 'port-in-use'
  | 'port-forbidden'
  | 'listen-failed';

/** A refusal by the driver: a code with parameters, worded by the console. `message` is for logs only. */
export class MqttError extends Error {
  readonly code: MqttErrorCode;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(code: MqttErrorCode, params: Readonly<Record<string, string | number>> = {}) {
    super(
      `mqtt ${code}${Object.entries(params)
        .map(([name, value]) => ` ${name}=${value}`)
        .join('')}`,
    );
    this.name = 'MqttError';
    this.code = code;
    this.params = params;
  }
}

/** CONNACK return codes of MQTT 3.1.1 (section 3.2.2.3) and reason codes of MQTT 5 (section 2.4). */
const byReturnCode: Readonly<Record<number, LinkReason>> = {
  1: 'protocol-version',
  2: 'identifier-rejected',
  3: 'server-unavailable',
  4: 'bad-credentials',
  5: 'not-authorised',
  129: 'protocol-error',
  130: 'protocol-error',
  132: 'protocol-version',
  133: 'identifier-rejected',
  134: 'bad-credentials',
  135: 'not-authorised',
  136: 'server-unavailable',
  137: 'server-unavailable',
  138: 'not-authorised',
  139: 'server-unavailable',
  141: 'keepalive-timeout',
  142: 'session-taken-over',
};

const byErrorCode: Readonly<Record<string, LinkReason>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'host-not-found',
  EAI_AGAIN: 'host-not-found',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-wrong-host',
  EADDRINUSE: 'port-in-use',
  EACCES: 'port-forbidden',
};

/** @param error what the transport or mqtt.js reported. @returns the reason code for it; `other` if it is not known. */
export function linkReason(error: unknown): LinkReason {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'number') return byReturnCode[code] ?? 'other';
  if (typeof code === 'string') {
    const known = byErrorCode[code];
    if (known) return known;
    if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNKNOWN_CA|HANDSHAKE_FAILURE/.test(code))
      return 'client-certificate-refused';
    if (/SSL|TLS|CERT/.test(code)) return 'tls-failed';
  }
  // mqtt.js gives these two no code (client.js, _onConnackTimeout and onKeepaliveTimeout).
  const text = error instanceof Error ? error.message : '';
  if (text === 'connack timeout') return 'timeout';
  if (text === 'Keepalive timeout') return 'keepalive-timeout';
  return 'other';
}

/** One line for logs. Socket errors over several addresses (AggregateError) have an empty message of their own. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorText(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
