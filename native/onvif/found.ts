import { child, children, readXml, text } from './xml.ts';

/** A device that answered. */
export interface FoundDevice {
  /** Its endpoint (urn:uuid:…), or its address where it was found by asking. */
  id: string;
  /** Host that it answered from. */
  host: string;
  /** Device service addresses that it gives, the one on the answering host first. */
  urls: string[];
  name: string;
  hardware: string;
  location: string;
  /** Network interfaces (our own addresses) on which it was heard; empty where it was asked directly. */
  heardOn: string[];
}

const SCOPE = 'onvif://www.onvif.org/';

/** ProbeMatches of one datagram; an empty list for anything else. Never throws: anybody may send us datagrams. */
export async function readProbeMatches(
  datagram: string,
  from: string,
  heardOn: string,
): Promise<{ relatesTo: string | undefined; found: FoundDevice[] }> {
  try {
    const root = await readXml(datagram);
    const matches = children(child(root, 'Body', 'ProbeMatches'), 'ProbeMatch');
    const found = matches.flatMap((match): FoundDevice[] => {
      const urls = (text(match, 'XAddrs') ?? '')
        .split(/\s+/)
        .filter((one) => /^https?:/i.test(one) && URL.canParse(one));
      const id = text(match, 'EndpointReference', 'Address') ?? urls[0];
      if (id === undefined || urls.length === 0) return [];
      const scopes = (text(match, 'Scopes') ?? '').split(/\s+/);
      if (!isOnvif(text(match, 'Types') ?? '', scopes, urls)) return [];
      const scope = (kind: string) => {
        const raw = scopes.find((one) => one.toLowerCase().startsWith(`${SCOPE}${kind}/`));
        return raw === undefined ? '' : decode(raw.slice(SCOPE.length + kind.length + 1));
      };
      // IPv6 and other networks are listed too: where it answered from is the way that surely works
      const near = (one: string) => new URL(one).hostname === from;
      urls.sort((a, b) => Number(near(b)) - Number(near(a)));
      return [
        {
          id,
          host: from,
          urls,
          name: scope('name'),
          hardware: scope('hardware'),
          location: scope('location'),
          heardOn: [heardOn],
        },
      ];
    });
    return { relatesTo: text(root, 'Header', 'RelatesTo'), found };
  } catch {
    return { relatesTo: undefined, found: [] };
  }
}

/** Printers and computers answer an open question too. Any one sign will do: devices leave out the others. */
const isOnvif = (types: string, scopes: readonly string[], urls: readonly string[]) =>
  /\bNetworkVideo/.test(types) ||
  scopes.some((one) => one.toLowerCase().startsWith('onvif://')) ||
  urls.some((one) => /onvif/i.test(one));

/** What a question's id has in common with the echo of it: `uuid:` and `urn:uuid:`, in any case, are the same. */
export const questionOf = (id: string): string => id.toLowerCase().replace(/^(urn:)?uuid:/, '');

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll('_', ' '));
  } catch {
    return raw;
  }
}

/** The same device heard twice (two interfaces, two answers) is one. */
export function mergeFound(known: FoundDevice | undefined, next: FoundDevice): FoundDevice {
  if (!known) return next;
  return {
    ...known,
    name: known.name || next.name,
    hardware: known.hardware || next.hardware,
    location: known.location || next.location,
    urls: [...new Set([...known.urls, ...next.urls])],
    heardOn: [...new Set([...known.heardOn, ...next.heardOn])],
  };
}
