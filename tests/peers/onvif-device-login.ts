import { createHash, randomBytes } from 'node:crypto';

const sha1 = (...parts: (Buffer | string)[]) => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest('base64');
};
const md5 = (value: string) => createHash('md5').update(value).digest('hex');
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Text of the first element of that name, without prefix and entities. */
export const inner = (xml: string, name: string): string | undefined =>
  new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`)
    .exec(xml)?.[1]
    ?.trim()
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!);

export interface DeviceLogin {
  user: string;
  password: string;
}

/** WS-Security as real devices check it: digest, then the time, then the nonce, which is taken once. */
export function createTokenCheck(login: DeviceLogin, deviceNowMs: () => number, maxSkewMs: number) {
  const seen = new Set<string>();
  return (xml: string): 'ok' | 'missing' | 'wrong' | 'expired' => {
    if (!/UsernameToken/.test(xml)) return 'missing';
    const [user, digest, nonce, created] = ['Username', 'Password', 'Nonce', 'Created'].map((name) =>
      inner(xml, name),
    );
    if (!digest || !nonce || !created) return 'wrong';
    if (user !== login.user || sha1(Buffer.from(nonce, 'base64'), created, login.password) !== digest)
      return 'wrong';
    if (Math.abs(Date.parse(created) - deviceNowMs()) > maxSkewMs) return 'expired';
    if (seen.has(nonce)) return 'wrong';
    seen.add(nonce);
    return 'ok';
  };
}

/** HTTP digest. `singleUse`: every nonce is good for one request, and nobody says `stale`. */
export function createDigestCheck(login: DeviceLogin, singleUse: boolean) {
  const nonces = new Set<string>();
  return {
    challenge(): string {
      const nonce = randomBytes(12).toString('hex');
      nonces.add(nonce);
      return `Digest realm="IP Camera(12345)", qop="auth", nonce="${nonce}", algorithm=MD5`;
    },
    passes(method: string, header: string | undefined): boolean {
      if (!header?.startsWith('Digest ')) return false;
      const field = (name: string) =>
        new RegExp(`\\b${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^,]*))`)
          .exec(header)
          ?.slice(1)
          .find((one) => one !== undefined) ?? '';
      const nonce = field('nonce');
      if (!nonces.has(nonce)) return false;
      if (singleUse) nonces.delete(nonce);
      const secret = md5(`${login.user}:${field('realm')}:${login.password}`);
      const request = md5(`${method}:${field('uri')}`);
      const expected = md5(`${secret}:${nonce}:${field('nc')}:${field('cnonce')}:auth:${request}`);
      return field('username').replace(/\\(.)/g, '$1') === login.user && field('response') === expected;
    },
  };
}
