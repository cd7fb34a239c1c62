import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Station } from '#station/boot.ts';

const MESSAGE_LIMIT_BYTES = 4 * 1024 * 1024;
/** Consoles at the same time; one more is refused. */
const CONSOLE_LIMIT = 64;
/** A console that answers no ping within this time is gone. */
const PING_MS = 15_000;

export interface Consoles {
  /** Takes over the upgrade of a console's WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every console's line. */
  close(): void;
}

/** The console's line over WebSocket: one connection of the station for each. */
export function consoleSockets(station: Station): Consoles {
  const handler = new RPCHandler(station.router);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_LIMIT_BYTES,
    clientTracking: true,
  });
  const answered = new WeakSet<WebSocket>();
  const pinging = setInterval(() => {
    for (const socket of server.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_MS);
  pinging.unref();

  server.on('connection', (socket) => {
    answered.add(socket);
    socket.on('pong', () => answered.add(socket));
    socket.on('error', () => socket.terminate()); // too large, or not a WebSocket's bytes
    void handler.upgrade(socket, { context: station.context(station.connect('websocket')) });
  });

  return {
    upgrade(request, socket, head) {
      if (server.clients.size >= CONSOLE_LIMIT) return refuseUpgrade(socket, '503 Service Unavailable');
      server.handleUpgrade(request, socket, head, (upgraded) => server.emit('connection', upgraded, request));
    },
    close() {
      clearInterval(pinging);
      for (const socket of server.clients) socket.close(1001);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

/** Answers an upgrade that is not wanted. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
