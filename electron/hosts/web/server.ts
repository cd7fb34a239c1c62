import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Station } from '#station/boot.ts';
import { loopbackCallers, refusedCaller, type Callers } from './origin.ts';
import { API, restApi } from './rest.ts';
import { consoleSockets, refuseUpgrade } from './sockets.ts';
import { refuse, serveFile } from './static.ts';

export interface WebServerOptions {
  station: Station;
  /** Folder of the built console. */
  consoleDir: string;
  /** Port on 127.0.0.1; 0: any free one. */
  port: number;
  version: string;
}
export interface WebServer {
  port: number;
  url: string;
  /** Takes no new connections; those that are open go on. */
  stopListening(): void;
  /** Ends what is still open. */
  close(): Promise<void>;
}

/** Where the media WebSocket is, below the console's own address. */
export const MEDIA_PATH = '/media';
const CONSOLE_PATH = '/rpc';

/**
 * The console over HTTP on loopback: its files, its line (`/rpc`), media (`/media`), REST (`/api/v1`), `/healthz`.
 * @throws what `listen` throws: EADDRINUSE, EACCES
 */
export async function serveConsole(options: WebServerOptions): Promise<WebServer> {
  const { station } = options;
  const rest = restApi(station, options.version);
  const consoles = consoleSockets(station);
  let callers: Callers = loopbackCallers(options.port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const refused = refusedCaller(request.headers, callers);
    // A link on another page may lead to the console; it may not read or do anything.
    if (refused === 'host' || (refused && path.startsWith(API)))
      return refuse(response, refused === 'host' ? 421 : 403, `refused: ${refused}`);
    if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify({ status: 'ok', version: options.version }));
    } else if (path.startsWith(`${API}/`)) {
      if (!(await rest(request, response, path))) refuse(response, 404, 'not found');
    } else await serveFile(options.consoleDir, path, request, response);
  }

  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'failed');
    });
  });
  server.maxRequestsPerSocket = 0;
  server.on('upgrade', (request, socket, head) => {
    const path = pathOf(request);
    if (refusedCaller(request.headers, callers)) refuseUpgrade(socket, '403 Forbidden');
    else if (path === CONSOLE_PATH) consoles.upgrade(request, socket, head);
    else if (path === MEDIA_PATH) station.mediaUpgrade(request, socket, head);
    else refuseUpgrade(socket, '404 Not Found');
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  callers = loopbackCallers(port);
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    stopListening: () => void server.close(),
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      consoles.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The path of a request as it was sent, without the query: normalising it would hide a way up. */
const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
