import { RtspClientError } from './client-errors.ts';

/** Where to connect to for an address. */
export interface RtspTarget {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (rtsps). */
  readonly secure: boolean;
  /** The address without a login, as it goes into requests. */
  readonly url: string;
}

const PARTS = /^(rtsps?):\/\/(?:[^/?#@\s]*@)?(\[[0-9a-f:.%]+\]|[^/?#:@\s]+)(?::(\d{1,5}))?([/?]\S*)?$/i;

/** Takes an rtsp:// or rtsps:// address apart; a login in it is left out. @throws RtspClientError bad_data. */
export function targetOf(address: string): RtspTarget {
  const parts = PARTS.exec(address);
  const scheme = (parts?.[1] ?? '').toLowerCase();
  const usual = scheme === 'rtsps' ? '322' : '554';
  const [, , host, port = usual, rest = ''] = parts ?? [];
  if (!host || Number(port) < 1 || Number(port) > 65_535)
    throw new RtspClientError('bad_data', { what: 'address' });
  const shown = port === usual ? host : `${host}:${port}`;
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    secure: scheme === 'rtsps',
    url: `${scheme}://${shown}${rest}`,
  };
}

/**
 * The address of a track or of the whole presentation. A relative `control` is put behind the base as it is, also behind
 * a query: that is what cameras mean (and what FFmpeg and live555 do), not RFC 3986. One that is a query itself is put
 * there without a slash (as in gortsplib).
 */
export function controlUrl(base: string, control: string): string {
  if (control === '' || control === '*') return base;
  if (/^rtspu?s?:\/\//i.test(control)) return control;
  if (control.startsWith('?')) return `${base}${control}`;
  return `${base.replace(/\/$/, '')}/${control.replace(/^\//, '')}`;
}

/**
 * What relative controls are relative to: Content-Base, then Content-Location, then the address that was asked. Some
 * cameras put a scheme before an address that has one.
 */
export function baseUrl(
  asked: string,
  contentBase: string | undefined,
  contentLocation: string | undefined,
): string {
  for (const candidate of [contentBase, contentLocation])
    if (candidate !== undefined && /^rtsps?:\/\/[^\s]+$/i.test(candidate))
      return candidate.replace(/^rtsps?:\/\/(?=rtsps?:\/\/)/i, '');
  return asked;
}
