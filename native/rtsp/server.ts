import { createServer, type AddressInfo } from 'node:net';
import type { Clip } from './server-clip.ts';
import { Connection, type ConnectionContext, type RequestInfo } from './server-connection.ts';
import { systemClock, type Clock } from './server-feed.ts';
import type { LiveSource } from './server-live.ts';
import type { SoundLoop } from './server-sound.ts';
import { Mount, type ClipSource, type MountState } from './server-mount.ts';

export type { LiveSource } from './server-live.ts';
export type { ClipSource, MountState } from './server-mount.ts';

/**
 * A small RTSP 1.0 server (RFC 2326) that plays pre-encoded H.264 clips in a loop, in phase with the wall
 * clock: live cameras without cameras. TCP interleaved and UDP unicast, digest authentication, many clients
 * from the same buffers.
 */

export interface MountOptions {
  readonly clip: ClipSource | LiveSource;
  /** What is heard beside the picture. */
  readonly sound?: SoundLoop;
  /** With both set, every request for this mount must carry them (digest). */
  readonly username?: string;
  readonly password?: string;
}

export interface RtspServerOptions {
  /** Address to listen on; loopback unless there is a reason. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Keys are paths such as `/n-07`. */
  readonly mounts: Readonly<Record<string, MountOptions>>;
  readonly onRequest?: (info: RequestInfo) => void;
  readonly clock?: Clock;
  /** A session without a sign of life for this long ends. RFC 2326 12.37 has 60 s as the default. */
  readonly sessionTimeoutMs?: number;
}

export interface RtspServer {
  readonly port: number;
  /** @throws RangeError for a path that is not mounted */
  setMount(path: string, state: MountState): void;
  /** Shows another clip from its next key frame on; viewers stay connected. @throws RangeError for an unknown path or another frame rate */
  setClip(path: string, clip: Clip): void;
  /** Number of sessions that get pictures of this mount. */
  viewers(path: string): number;
  /** Cuts all connections and frees the port. Safe to call twice. */
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 256;
const DEFAULT_SESSION_TIMEOUT_MS = 60_000;

/** Starts the server; rejects with the system's error (EADDRINUSE, ...) when it cannot listen. */
export async function startRtspServer(options: RtspServerOptions): Promise<RtspServer> {
  const clock = options.clock ?? systemClock;
  const sessionTimeoutMs = options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  const mounts = new Map<string, Mount>();
  for (const [path, { clip, username, password, sound }] of Object.entries(options.mounts)) {
    const credentials = username !== undefined && password !== undefined ? { username, password } : undefined;
    mounts.set(path, new Mount(path, clip, credentials, clock, sound));
  }
  const context: ConnectionContext = {
    clock,
    sessionTimeoutMs,
    mount: (path) => mounts.get(path),
    onRequest: (info) => options.onRequest?.(info),
  };
  const connections = new Set<Connection>();
  const server = createServer((socket) => {
    const connection = new Connection(socket, context);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // A failing accept (out of descriptors) must not end the process; the client sees a closed connection.
  server.on('error', () => undefined);
  const sweep = setInterval(
    () => connections.forEach((connection) => connection.expire()),
    sessionTimeoutMs / 2,
  );
  const known = (path: string): Mount => {
    const mount = mounts.get(path);
    if (!mount) throw new RangeError(`no RTSP mount ${path}`);
    return mount;
  };
  let stopped: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    setMount(path, state) {
      const mount = known(path);
      mount.setState(state);
      if (mount.isOff) connections.forEach((connection) => connection.dropViewersOf(path));
    },
    setClip: (path, clip) => known(path).setClip(clip),
    viewers: (path) => known(path).viewerCount,
    stop() {
      stopped ??= new Promise((resolve) => {
        clearInterval(sweep);
        server.close(() => resolve());
        connections.forEach((connection) => connection.close());
        mounts.forEach((mount) => mount.stop());
      });
      return stopped;
    },
  };
}
