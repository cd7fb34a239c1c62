import { createHash, randomBytes } from 'node:crypto';
import { NAMESPACE } from './namespaces.ts';
import { escapeXml } from './xml.ts';

export interface Login {
  user: string;
  password: string;
}

/**
 * WS-Security UsernameToken with a digest (OASIS UsernameToken Profile 1.0, ONVIF Core 5.12):
 * Base64(SHA-1(nonce + created + password)).
 * @param deviceNowMs the time as the device sees it: it refuses tokens that are more than some seconds off
 */
export function usernameToken(login: Login, deviceNowMs: number, nonce: Buffer = randomBytes(16)): string {
  const created = new Date(deviceNowMs).toISOString();
  const digest = createHash('sha1').update(nonce).update(created).update(login.password).digest('base64');
  return (
    `<wsse:Security xmlns:wsse="${NAMESPACE.security}" xmlns:wsu="${NAMESPACE.utility}" s:mustUnderstand="1">` +
    `<wsse:UsernameToken><wsse:Username>${escapeXml(login.user)}</wsse:Username>` +
    `<wsse:Password Type="${NAMESPACE.passwordDigest}">${digest}</wsse:Password>` +
    `<wsse:Nonce EncodingType="${NAMESPACE.base64}">${nonce.toString('base64')}</wsse:Nonce>` +
    `<wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`
  );
}
