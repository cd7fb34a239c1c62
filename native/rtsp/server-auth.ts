import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Digest access authentication as RTSP cameras and clients speak it: MD5, with or without qop=auth (RFC 2069, RFC 2617). */

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export const REALM = 'RTSP';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** A nonce for one connection. */
export const makeNonce = (): string => randomBytes(16).toString('hex');

/** Value of WWW-Authenticate. */
export const challenge = (nonce: string): string => `Digest realm="${REALM}", nonce="${nonce}"`;

/** Reads `Digest a="b", c=d` into a map; undefined for another scheme or a broken header. */
export function parseDigest(header: string): Map<string, string> | undefined {
  const scheme = /^Digest\s+/i.exec(header);
  if (!scheme) return undefined;
  const fields = new Map<string, string>();
  for (const match of header.slice(scheme[0].length).matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi)) {
    fields.set(match[1]!.toLowerCase(), match[2] ?? match[3] ?? '');
  }
  return fields;
}

/** True if the Authorization header answers our challenge for this request with these credentials. */
export function authorised(
  header: string | undefined,
  request: { readonly method: string; readonly uri: string },
  nonce: string,
  credentials: Credentials,
): boolean {
  const fields = header === undefined ? undefined : parseDigest(header);
  if (!fields) return false;
  const get = (name: string): string => fields.get(name) ?? '';
  if (get('username') !== credentials.username || get('realm') !== REALM || get('nonce') !== nonce)
    return false;
  // Clients sign the URI of the request, or of the presentation when they SETUP a track (FFmpeg does the former, some do the latter).
  const uri = get('uri');
  if (uri === '' || !(request.uri === uri || request.uri.startsWith(uri.replace(/\/?$/, '/')))) return false;
  const ha1 = md5(`${credentials.username}:${REALM}:${credentials.password}`);
  const ha2 = md5(`${request.method}:${uri}`);
  const middle = get('qop') === 'auth' ? `${nonce}:${get('nc')}:${get('cnonce')}:auth` : nonce;
  const expected = Buffer.from(md5(`${ha1}:${middle}:${ha2}`));
  const given = Buffer.from(get('response').toLowerCase());
  return given.length === expected.length && timingSafeEqual(given, expected);
}
