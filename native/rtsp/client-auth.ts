import { createHash, randomBytes } from 'node:crypto';
import { parseDigest } from './server-auth.ts';

/** The client's side of a login: digest (RFC 2069, 2617 and 7616, with or without qop=auth), then basic. */

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** One challenge that was taken up; signs every request until the next challenge. */
export interface Authorizer {
  readonly scheme: 'digest' | 'basic';
  /** Value of the Authorization header. */
  header(method: string, uri: string): string;
}

/** As node:crypto names them. */
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

/**
 * Takes up the best challenge that we understand: digest before basic, whatever their order.
 * @param challenges values of WWW-Authenticate; undefined if none of them is for us
 * @param isBasicAllowed false where the password itself must not be sent (a redirection led to another host)
 */
export function takeChallenge(
  challenges: readonly string[],
  login: Login,
  isBasicAllowed = true,
): Authorizer | undefined {
  const each = challenges.flatMap(split);
  for (const challenge of each) {
    const fields = parseDigest(challenge);
    if (!fields) continue;
    const algorithm = (fields.get('algorithm') || 'MD5').toUpperCase();
    const hash = HASHES[algorithm.replace(/-SESS$/, '')];
    const qop = fields.get('qop') || 'auth';
    // qop=auth-int alone would sign bodies: no camera asks for it.
    if (hash && /(?:^|,)\s*auth\s*(?:,|$)/.test(qop)) return digest(fields, hash, login);
  }
  if (!isBasicAllowed || !each.some((challenge) => /^Basic\b/i.test(challenge))) return undefined;
  const token = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  return { scheme: 'basic', header: () => `Basic ${token}` };
}

/** Several challenges may share one header. */
const split = (header: string) => header.split(/,\s*(?=(?:Digest|Basic)\s)/i);

/** Whether a 401 says only that the nonce is old: the password may well be right. */
export function isStale(challenges: readonly string[]): boolean {
  return challenges.some((challenge) => parseDigest(challenge)?.get('stale')?.toLowerCase() === 'true');
}

function digest(fields: ReadonlyMap<string, string>, hash: string, login: Login): Authorizer {
  const sum = (text: string) => createHash(hash).update(text).digest('hex');
  const realm = fields.get('realm') ?? '';
  const nonce = fields.get('nonce') ?? '';
  const algorithm = fields.get('algorithm');
  // "-sess" mixes the first request's cnonce into the secret; one cnonce all along also suits who takes that of each request
  const isSession = /-sess$/i.test(algorithm ?? '');
  const cnonce = randomBytes(8).toString('hex');
  const account = sum(`${login.user}:${realm}:${login.password}`);
  const secret = isSession ? sum(`${account}:${nonce}:${cnonce}`) : account;
  const opaque = fields.get('opaque');
  const hasQop = Boolean(fields.get('qop'));
  let count = 0;

  return {
    scheme: 'digest',
    header(method, uri) {
      const request = sum(`${method}:${uri}`);
      const parts = [
        `username="${quoted(login.user)}"`,
        `realm="${realm}"`,
        `nonce="${nonce}"`,
        `uri="${uri}"`,
      ];
      if (algorithm !== undefined) parts.push(`algorithm=${algorithm}`);
      if (opaque !== undefined) parts.push(`opaque="${opaque}"`);
      if (hasQop) {
        count += 1;
        const nc = count.toString(16).padStart(8, '0');
        parts.push('qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`);
        parts.push(`response="${sum(`${secret}:${nonce}:${nc}:${cnonce}:auth:${request}`)}"`);
      } else {
        if (isSession) parts.push(`cnonce="${cnonce}"`);
        parts.push(`response="${sum(`${secret}:${nonce}:${request}`)}"`);
      }
      return `Digest ${parts.join(', ')}`;
    },
  };
}

const quoted = (text: string) => text.replace(/["\\]/g, '\\$&');
