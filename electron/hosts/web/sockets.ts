import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Station } from '#station/boot.ts';
import { isFrame } from './frames.ts';

/** `site.importFile` takes 20 million characters; everything else is small. */
export const MESSAGE_LIMIT_BYTES = 24 * 1024 * 1024;
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
    void handler.upgrade(framesOf(socket), { context: station.context(station.connect('websocket')) });
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

/** A socket as oRPC sees it: a message that is none of the protocol's ends it instead of reaching oRPC. */
function framesOf(socket: WebSocket): Pick<WebSocket, 'addEventListener' | 'send'> {
  const frames = new EventEmitter();
  socket.on('message', (data, isBinary) => {
    const text = isBinary ? null : (data as Buffer).toString('utf8');
    if (isFrame(text)) frames.emit('message', { data: text });
    else socket.close(1007);
  });
  socket.on('close', () => frames.emit('close', {}));
  return {
    send: socket.send.bind(socket),
    addEventListener: ((event: string, listener: () => void) =>
      frames.on(event, listener)) as WebSocket['addEventListener'],
  };
}

/** Answers an upgrade that is not wanted. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
