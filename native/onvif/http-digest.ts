import { createHash, randomBytes } from 'node:crypto';
import type { Login } from './security.ts';

/** A server's wish for a digest (RFC 7616, RFC 2617). */
export interface DigestChallenge {
  realm: string;
  nonce: string;
  opaque?: string;
  algorithm: 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';
  /** Whether it offers qop=auth; without it the old RFC 2069 form is meant. */
  qop: boolean;
  /** The login was right, only the nonce was too old. */
  stale: boolean;
}

const ALGORITHMS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const;

/** The challenges of `WWW-Authenticate` headers; several may share one header, separated by commas. */
export function readChallenges(headers: readonly string[]): { digest?: DigestChallenge; basic: boolean } {
  let digest: DigestChallenge | undefined;
  let basic = false;
  const pattern = /(?:^|,)\s*(digest|basic)(?=\s|$|,)/gi;
  for (const header of headers) {
    const starts = [...header.matchAll(pattern)];
    starts.forEach((start, index) => {
      if (start[1]!.toLowerCase() === 'basic') return void (basic = true);
      const body = header.slice(start.index + start[0].length, starts[index + 1]?.index);
      const found = readDigest(body);
      // the stronger one when both are offered
      if (found && (!digest || found.algorithm.startsWith('SHA'))) digest = found;
    });
  }
  return { ...(digest ? { digest } : {}), basic };
}

function readDigest(body: string): DigestChallenge | undefined {
  const fields = new Map<string, string>();
  for (const [, name, quoted, bare] of body.matchAll(
    /([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi,
  ))
    fields.set(name!.toLowerCase(), quoted ?? bare ?? '');
  const nonce = fields.get('nonce');
  const wanted = (fields.get('algorithm') ?? 'MD5').toLowerCase();
  const algorithm = ALGORITHMS.find((one) => one.toLowerCase() === wanted);
  if (nonce === undefined || !algorithm) return undefined;
  const opaque = fields.get('opaque');
  return {
    realm: fields.get('realm') ?? '',
    nonce,
    ...(opaque === undefined ? {} : { opaque }),
    algorithm,
    qop: (fields.get('qop') ?? '').split(',').some((one) => one.trim().toLowerCase() === 'auth'),
    stale: /^true$/i.test(fields.get('stale') ?? ''),
  };
}

/** The `Authorization` header that answers a challenge. `count` is how often this nonce was used, from 1. */
export function digestHeader(
  challenge: DigestChallenge,
  login: Login,
  method: string,
  uri: string,
  count: number,
  cnonce = randomBytes(8).toString('hex'),
): string {
  const hash = (value: string) =>
    createHash(challenge.algorithm.startsWith('SHA') ? 'sha256' : 'md5')
      .update(value)
      .digest('hex');
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const nc = count.toString(16).padStart(8, '0');
  const base = hash(`${login.user}:${realm}:${login.password}`);
  const secret = algorithm.endsWith('-sess') ? hash(`${base}:${nonce}:${cnonce}`) : base;
  const request = hash(`${method}:${uri}`);
  const response = hash(
    qop ? `${secret}:${nonce}:${nc}:${cnonce}:auth:${request}` : `${secret}:${nonce}:${request}`,
  );
  const quote = (value: string) => value.replace(/[\\"]/g, '\\$&');
  const parts = [
    `username="${quote(login.user)}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `algorithm=${algorithm}`,
    `response="${response}"`,
  ];
  if (opaque !== undefined) parts.push(`opaque="${opaque}"`);
  if (qop || algorithm.endsWith('-sess')) parts.push(`nc=${nc}`, `cnonce="${cnonce}"`);
  if (qop) parts.push('qop=auth');
  return `Digest ${parts.join(', ')}`;
}
