import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loopbackCallers, refusedCaller, type Callers } from '#hosts/web/origin.ts';
import { refuseUpgrade } from '#hosts/web/sockets.ts';
import type { Station } from '#station/boot.ts';
import { CONSOLE_ORIGIN } from './protocol.ts';

export interface MediaServer {
  /** Absolute address of the media WebSocket. */
  url: string;
  close(): Promise<void>;
}

/**
 * The desktop's media WebSocket: video does not travel over the console's line. It listens on loopback, on any free
 * port, and answers nothing but the console's upgrade, which needs a one-time token besides.
 * @param upgrade the station's; called once it has started
 */
export async function serveMedia(upgrade: Station['mediaUpgrade']): Promise<MediaServer> {
  let callers: Callers = loopbackCallers(0, [CONSOLE_ORIGIN]);
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', (request, socket, head) => {
    if (refusedCaller(request.headers, callers)) refuseUpgrade(socket, '403 Forbidden');
    else upgrade(request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  callers = loopbackCallers(port, [CONSOLE_ORIGIN]);
  return {
    url: `ws://127.0.0.1:${port}/media`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
