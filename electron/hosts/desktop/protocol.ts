import { readFile } from 'node:fs/promises';
import { assetOf } from '#hosts/assets/files.ts';
import { securityHeaders } from '#hosts/assets/headers.ts';

/** The console's address in the desktop host. A scheme of its own instead of file://, which may read the whole disk. */
export const SCHEME = 'guardroom';
export const CONSOLE_ORIGIN = `${SCHEME}://console`;

/** For `protocol.registerSchemesAsPrivileged`, before the app is ready. */
export const consoleScheme = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
};

/**
 * Answers requests for the console's files, and for nothing else.
 * @param root folder of the built console
 */
export function consoleFiles(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'console') return refuse(404);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    const asset = assetOf(root, url.pathname);
    if (!asset) return refuse(404);
    try {
      const body = await readFile(asset.file);
      const headers = { ...securityHeaders(), 'content-type': asset.type };
      return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), { headers });
    } catch {
      return refuse(404); // missing, or a folder
    }
  };
}

const refuse = (status: number): Response => new Response(null, { status, headers: securityHeaders() });
