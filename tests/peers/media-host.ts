import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createMediaSocket,
  type MediaSocket,
  type MediaSocketOptions,
} from '#features/video/media-socket.ts';
import type { Relay } from '#native/ffmpeg/relay.ts';

export interface MediaHost {
  port: number;
  sockets: MediaSocket<string>;
  /** A new one-time token. */
  token(): string;
  stop(): Promise<void>;
}

export interface MediaHostOptions {
  mayView?: (session: string) => boolean;
  openReplay?: MediaSocketOptions<string>['openReplay'];
  page?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The media WebSocket on a bare HTTP server: the station's part without the station. Sessions are names. */
export async function startMediaHost(
  openStream: (cameraId: string, stream: 'main' | 'sub', isTranscoded: boolean) => Relay | undefined,
  options: MediaHostOptions = {},
): Promise<MediaHost> {
  const tokens = new Map<string, string>();
  const sockets = createMediaSocket<string>({
    authorize(token) {
      const session = tokens.get(token);
      tokens.delete(token);
      return session;
    },
    mayView: options.mayView ?? (() => true),
    openStream,
    openReplay: options.openReplay,
  });
  const server = createServer((request, response) =>
    options.page ? options.page(request, response) : response.end(),
  );
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let count = 0;
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    token() {
      count += 1;
      tokens.set(`token-${count}`, `session-${count}`);
      return `token-${count}`;
    },
    async stop() {
      await sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
