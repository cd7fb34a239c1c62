import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { assetOf } from '#hosts/assets/files.ts';
import { securityHeaders } from '#hosts/assets/headers.ts';

const YEAR_S = 31_536_000;

/** Answers without a body but a word for people at a terminal. */
export function refuse(response: ServerResponse, status: number, word: string): void {
  response.writeHead(status, {
    ...securityHeaders(),
    'content-type': 'text/plain',
    'cache-control': 'no-store',
  });
  response.end(`${word}\n`);
}

/**
 * Serves the built console. Files with a digest in their name are kept by the browser for a year, all others are asked
 * for each time and answered with 304 when they have not changed.
 * @param root folder of the built console
 * @param path the URL's path, percent-encoded
 */
export async function serveFile(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'method not allowed');
  const asset = assetOf(root, path);
  const found = asset && (await stat(asset.file).catch(() => null));
  if (!asset || !found?.isFile()) return refuse(response, 404, 'not found');
  const tag = `"${found.size.toString(36)}-${Math.trunc(found.mtimeMs).toString(36)}"`;
  const headers = {
    ...securityHeaders(),
    'cache-control': asset.immutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
    etag: tag,
  };
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': asset.type, 'content-length': found.size });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(asset.file), response).catch(() => response.destroy());
}
