import { CertificateRefused } from '#native/tls/pinned.ts';

/** Worded by the console as `cameras.reason.<code>`. */
export type OnvifErrorCode =
  | 'bad_address'
  | 'unknown_host'
  | 'no_route'
  | 'refused'
  | 'timeout'
  | 'ended'
  | 'not_onvif'
  | 'wrong_password'
  | 'clock_skew'
  | 'certificate_changed'
  | 'not_supported'
  | 'fault'
  | 'aborted';

/**
 * A refusal or failure of a device. `code` is what programs read; the message is for logs and holds neither login nor
 * request. `params.fault` (of `fault`, `not_supported`) is the device's own code, e.g. `ter:NoProfile`.
 */
export class OnvifError extends Error {
  readonly code: OnvifErrorCode;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(code: OnvifErrorCode, params: Readonly<Record<string, string | number>> = {}) {
    super(
      `onvif ${code}${Object.entries(params)
        .map(([name, value]) => ` ${name}=${value}`)
        .join('')}`,
    );
    this.name = 'OnvifError';
    this.code = code;
    this.params = params;
  }
}

const NETWORK: Readonly<Record<string, OnvifErrorCode>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'no_route',
  ENETUNREACH: 'no_route',
  EHOSTDOWN: 'no_route',
  EADDRNOTAVAIL: 'no_route',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ECONNRESET: 'ended',
  EPIPE: 'ended',
};

/** A socket's error as one of ours. What is no network error (a parser's, TLS) says that no ONVIF device answered. */
export function networkError(error: unknown): OnvifError {
  if (error instanceof OnvifError) return error;
  if (error instanceof CertificateRefused) return new OnvifError('certificate_changed', { ...error.seen });
  return new OnvifError(NETWORK[(error as NodeJS.ErrnoException | null)?.code ?? ''] ?? 'not_onvif');
}
