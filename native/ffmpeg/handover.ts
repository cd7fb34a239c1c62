import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { isOwnSocket } from './own-socket.ts';

/** How long an address waits for its ffmpeg. */
const VALID_MS = 15_000;
const MAX_REQUEST_BYTES = 4_096;

export interface Handover {
  /** A loopback address that, once and for the next 15 s, leads to `target`. */
  addressFor(target: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Hands a camera's address with its password to ffmpeg without the process list, the environment or a file.
 *
 * ffmpeg takes RTSP credentials in the address only, and other users can read its command line. So it gets the
 * address of this one-page RTSP server on loopback, with a random name in it, and is answered by a redirection (302,
 * RFC 2326 11.3) to the real address; the media then flow from the camera to ffmpeg directly. A name works once; on
 * Linux only for a process of our own user, so that whoever reads the command line comes too late or is refused.
 * ffmpeg does the digest itself. Tried with ffmpeg 4.1 and 5.1.
 */
export function createHandover(): Handover {
  const targets = new Map<string, { target: string; expire: NodeJS.Timeout }>();
  let listening: Promise<number> | undefined;
  let server: Server | undefined;
  const sockets = new Set<Socket>();

  function listen(): Promise<number> {
    const created = createServer({ noDelay: true }, (socket) => serve(socket));
    server = created;
    created.unref();
    return new Promise((resolve, reject) => {
      created.once('error', reject);
      created.listen(0, '127.0.0.1', () => resolve((created.address() as AddressInfo).port));
    });
  }

  function serve(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setTimeout(VALID_MS, () => socket.destroy());
    let request = '';
    socket.on('data', (chunk) => {
      request += chunk.toString('latin1');
      if (request.length > MAX_REQUEST_BYTES) socket.destroy();
      else if (request.includes('\r\n\r\n')) void answer(socket, request);
    });
  }

  async function answer(socket: Socket, request: string): Promise<void> {
    socket.removeAllListeners('data');
    const cseq = /^CSeq:\s*(\d+)/im.exec(request)?.[1] ?? '0';
    const name = /^[A-Z_]+ rtsp:\/\/[^/\s]+\/(\w+) RTSP\/1\.0/.exec(request)?.[1];
    const target = name !== undefined && (await isOwnSocket(socket)) ? take(name) : undefined;
    const reply = target
      ? ['302 Found', `CSeq: ${cseq}`, `Location: ${target}`]
      : ['404 Not Found', `CSeq: ${cseq}`];
    socket.end(`RTSP/1.0 ${reply.join('\r\n')}\r\n\r\n`);
  }

  function take(name: string): string | undefined {
    const entry = targets.get(name);
    if (!entry) return undefined;
    clearTimeout(entry.expire);
    targets.delete(name);
    return entry.target;
  }

  return {
    async addressFor(target) {
      const port = await (listening ??= listen());
      const name = randomBytes(16).toString('hex');
      const expire = setTimeout(() => targets.delete(name), VALID_MS);
      expire.unref();
      targets.set(name, { target, expire });
      return `rtsp://127.0.0.1:${port}/${name}`;
    },
    async close() {
      for (const name of [...targets.keys()]) take(name);
      for (const socket of sockets) socket.destroy();
      await listening?.catch(() => undefined);
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    },
  };
}
