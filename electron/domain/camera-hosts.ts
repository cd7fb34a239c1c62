/**
 * Which machines a camera is reached at. A stored password is good for those that it was entered for, and for no other:
 * a camera asks for it in a way that lets whoever answers read it (RTSP Basic), so a camera that is moved to another
 * machine must not take it along.
 */
interface Reached {
  mainUrl: string;
  subUrl?: string | undefined;
  onvif?: { address: string } | undefined;
}

const HOST = /^[a-z]+:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)/i;

/** ASCII only: to the whole of Unicode the Kelvin sign is a capital k, and a no-break space is none of a name's. */
const lower = (host: string) => host.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/**
 * The host that an address reaches, in lower case and without its port: behind a login that somebody put in front of it.
 * @returns undefined for what does not begin like an address
 */
export const hostOfAddress = (url: string): string | undefined => {
  const host = HOST.exec(url.trim())?.[1];
  return host === undefined ? undefined : lower(host);
};

/** IPv6 stands in brackets in an address, and without in a field of its own. */
export const bareHost = (host: string) => lower(host.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')).replace(/^\[(.*)\]$/, '$1'); // prettier-ignore

/**
 * Hosts of both streams and of ONVIF, without ports. Names are compared as they are written: two names of one machine are
 * two hosts, rather than two machines one. What cannot be read as an address counts as a host of its own.
 */
function hostsOf({ mainUrl, subUrl = '', onvif }: Reached): Set<string> {
  const all = [...[mainUrl, subUrl].map((url) => hostOfAddress(url) ?? url), onvif?.address ?? ''];
  return new Set(all.map(bareHost).filter((host) => host !== ''));
}

/** Hosts that a camera reaches after a change and did not before. */
export function hostsGained(before: Reached, after: Reached): string[] {
  const known = hostsOf(before);
  return [...hostsOf(after)].filter((host) => !known.has(host));
}
