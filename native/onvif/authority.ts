import { digestHeader, readChallenges, type DigestChallenge } from './http-digest.ts';
import { usernameToken, type Login } from './security.ts';

/** How a device wants the login: in SOAP, in HTTP, or (behind a web server with a login of its own) in both. */
type Way = 'token' | 'digest' | 'both';

/** Of one try: SOAP header, `Authorization` header, and how often its nonce was used by then (0: no digest). */
export interface Signature {
  soap: string;
  http?: string;
  count: number;
}

export interface Authority {
  sign(method: string, url: URL, deviceNowMs: number): Signature;
  /** A server asked for a login with 401. @returns whether another try can be right */
  challenged(headers: readonly string[], tried: Signature): boolean;
  /** A SOAP fault said "not authorized". @returns whether another way is left to try */
  refused(): boolean;
}

/**
 * Which way a device wants its login, learnt from its answers and remembered: WS-Security first (every ONVIF device
 * has it, and it costs no round trip), HTTP digest when it asks for that. ONVIF forbids sending both unasked. As few
 * tries as possible: cameras lock an address out after some wrong ones.
 */
export function createAuthority(login: Login | undefined): Authority {
  let way: Way = 'token';
  let challenge: DigestChallenge | undefined;
  let uses = 0;
  return {
    sign(method, url, deviceNowMs) {
      if (!login) return { soap: '', count: 0 };
      const soap = way === 'digest' ? '' : usernameToken(login, deviceNowMs);
      if (way === 'token' || !challenge) return { soap, count: 0 };
      uses += 1;
      const uri = `${url.pathname}${url.search}`;
      return { soap, http: digestHeader(challenge, login, method, uri, uses), count: uses };
    },
    challenged(headers, tried) {
      const { digest } = readChallenges(headers);
      if (!login || !digest) return false;
      // A first answer to a nonce that is refused means a wrong login. A later one may only mean that the nonce is
      // used up: not every server says `stale`.
      if (tried.count === 1 && !digest.stale) return false;
      challenge = digest;
      uses = 0;
      if (way === 'token') way = 'digest';
      return true;
    },
    refused() {
      if (way !== 'digest') return false;
      way = 'both';
      return true;
    },
  };
}
