import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { lookAtCertificate, CertificateRefused, type CertificateCheck } from '#native/tls/pinned.ts';
import { FfmpegError } from './failure.ts';

/** A camera's stream. Name and password are kept apart from the address, which may be shown and logged. */
export interface RtspSource {
  /** rtsp:// or rtsps://, without user and password. */
  url: string;
  user?: string;
  password?: string;
  transport: 'tcp' | 'udp';
  /**
   * Whose login it is, see DeviceLogin: the device that counts wrong ones, and what of a login stands in the address.
   * Absent: of the address's own host and port.
   */
  account?: { device: string; secrets: readonly string[] };
  /** The camera's sound is wanted beside its picture. */
  sound?: boolean;
  /** For rtsps: whether the camera's certificate is the known one. */
  trusts?: CertificateCheck;
}

/** The address with its login, for the handover only. @throws FfmpegError failed if it is no RTSP address. */
export function addressWithLogin(source: RtspSource): string {
  const parts = /^(rtsps?:\/\/)([^/?#\s@]+)([/?][^\s]*)?$/i.exec(source.url);
  if (!parts)
    throw new FfmpegError('failed', { what: 'address is not rtsp://host[:port]/path without a login' });
  const [, scheme, host, rest] = parts;
  if (!source.user) return source.url;
  const login = `${encodeURIComponent(source.user)}:${encodeURIComponent(source.password ?? '')}`;
  return `${scheme}${login}@${host}${rest ?? ''}`;
}

/** What must not appear in a log: the password, and where in the address some cameras take a login. */
export function secretsOf(source: RtspSource): string[] {
  const [, path, query] = /^[a-z]+:\/\/[^/?#]*([^?]*)(?:\?(.*))?$/i.exec(source.url) ?? [];
  return [source.password, query, /[=:]/.test(path ?? '') ? path : undefined].filter(
    (secret): secret is string => secret !== undefined && secret !== '',
  );
}

/**
 * The source with its host as a number. Statically linked ffmpegs (the one in the npm package) crash or fail without a
 * word when they look names up, so it is done here. @throws FfmpegError unknown_host.
 */
export async function withResolvedHost(source: RtspSource): Promise<RtspSource> {
  const parts = /^rtsp:\/\/([^/?#:[\]@\s]+)/i.exec(source.url);
  const host = parts?.[1];
  // rtsps keeps its name: the certificate is for it.
  if (!host || isIP(host) !== 0) return source;
  try {
    const { address, family } = await lookup(host);
    const number = family === 6 ? `[${address}]` : address;
    return { ...source, url: `rtsp://${number}${source.url.slice('rtsp://'.length + host.length)}` };
  } catch {
    throw new FfmpegError('unknown_host', { host });
  }
}

/**
 * ffmpeg believes any certificate. So it is looked at first, on a connection of our own: a moment before ffmpeg's, which
 * is less than checking ffmpeg's own; the direct pull checks the very connection that it uses.
 * @throws FfmpegError certificate_changed. A camera that does not answer is left to ffmpeg, which says why.
 */
export async function checkCertificate(source: RtspSource): Promise<void> {
  const parts = /^rtsps:\/\/(\[[^\]]+\]|[^/?#:@\s]+)(?::(\d+))?/i.exec(source.url);
  if (!parts) return;
  const at = { host: parts[1]!.replace(/^\[|\]$/g, ''), port: Number(parts[2] ?? 322) };
  try {
    await lookAtCertificate(at, source.trusts);
  } catch (error) {
    if (error instanceof CertificateRefused) throw new FfmpegError('certificate_changed', at);
  }
}
