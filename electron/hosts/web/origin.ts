import type { IncomingHttpHeaders } from 'node:http';

/** Names under which a server on loopback may be called, and pages that may call it. */
export interface Callers {
  hosts: ReadonlySet<string>;
  origins: ReadonlySet<string>;
}

/**
 * Callers of a server on 127.0.0.1.
 * @param port its port
 * @param pages origins of consoles that it does not serve itself (the desktop's)
 */
export function loopbackCallers(port: number, pages: readonly string[] = []): Callers {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return { hosts: new Set(hosts), origins: new Set([...hosts.map((host) => `http://${host}`), ...pages]) };
}

/**
 * Why a request is refused, null when it is not. A page of the internet whose name was re-bound to 127.0.0.1 is known by
 * its Host header, one that calls across by its Origin, also one that another program serves on another port here.
 * Programs that are not browsers send no Origin and are let through to sign in.
 */
export function refusedCaller(headers: IncomingHttpHeaders, callers: Callers): 'host' | 'origin' | null {
  if (!callers.hosts.has((headers.host ?? '').toLowerCase())) return 'host';
  if (headers.origin !== undefined && !callers.origins.has(headers.origin.toLowerCase())) return 'origin';
  // Browsers leave Origin out of plain GETs, but say where they come from.
  const site = headers['sec-fetch-site'];
  const ownPage =
    headers.origin !== undefined || site === undefined || site === 'same-origin' || site === 'none';
  return ownPage ? null : 'origin';
}
