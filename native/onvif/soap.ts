import { OnvifError } from './errors.ts';
import { NAMESPACE, SERVICES } from './namespaces.ts';
import { child, children, readXml, text, type Xml } from './xml.ts';

const DECLARED = [
  `xmlns:s="${NAMESPACE.envelope}"`,
  `xmlns:tt="${NAMESPACE.schema}"`,
  `xmlns:wsa="${NAMESPACE.addressing}"`,
  `xmlns:wsnt="${NAMESPACE.notification}"`,
  ...Object.values(SERVICES).map(({ prefix, uri }) => `xmlns:${prefix}="${uri}"`),
].join(' ');

/** A SOAP 1.2 request. Prefixes of all services are declared, so that bodies are plain fragments. */
export const envelope = (header: string, body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope ${DECLARED}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;

/** What a device says when it refuses: its codes, outermost first, without prefixes, and its words. */
export interface Fault {
  codes: string[];
  words: string;
}

const bare = (code: string) => code.slice(code.indexOf(':') + 1);

/**
 * Body of an answer, or the fault in it (SOAP 1.2 and 1.1).
 * @throws OnvifError not_onvif: no SOAP at all
 */
export async function readEnvelope(xml: string): Promise<{ body: Xml } | { fault: Fault }> {
  const body = child(await readXml(xml), 'Body');
  if (body === undefined) throw new OnvifError('not_onvif');
  const fault = child(body, 'Fault');
  if (fault === undefined) return { body };
  const codes: string[] = [];
  for (let at = child(fault, 'Code'); at !== undefined && codes.length < 8; at = child(at, 'Subcode')) {
    const value = text(at, 'Value');
    if (value) codes.push(bare(value));
  }
  const old = text(fault, 'faultcode');
  if (old) codes.push(bare(old));
  const reasons = children(child(fault, 'Reason'), 'Text').map((one) => text(one));
  const words = reasons[0] ?? text(fault, 'faultstring') ?? '';
  return { fault: { codes, words } };
}

const NOT_THERE = new Set([
  'ActionNotSupported',
  'OptionalActionNotImplemented',
  'NotSupported',
  'UnknownAction',
]);
const EXPIRED = /MessageExpired|time.?(stamp|check|window)|clock|expired?\b/i;

/** A fault as the reason that people can act on. */
export function faultError({ codes, words }: Fault): OnvifError {
  const fault = codes.at(-1) ?? 'unknown';
  // words are read for what some devices say only there; they are not passed on, they may repeat the request
  if (codes.includes('MessageExpired')) return new OnvifError('clock_skew', { fault });
  if (
    codes.some((code) =>
      /^(NotAuthorized|Sender_?not_?authorized|FailedAuthentication|InvalidSecurity)/i.test(code),
    )
  )
    return new OnvifError(EXPIRED.test(words) ? 'clock_skew' : 'wrong_password', { fault });
  if (/not authori[sz]ed|authori[sz]ation|authenticat/i.test(words))
    return new OnvifError('wrong_password', { fault });
  if (codes.some((code) => NOT_THERE.has(code)) || /not (supported|implemented)/i.test(words))
    return new OnvifError('not_supported', { fault });
  return new OnvifError('fault', { fault });
}
