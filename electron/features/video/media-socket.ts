import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { mediaRequest, type MediaNotice, type MediaRequest, type StreamKind } from '#contract/media-wire.ts';
import type { Relay } from '#native/ffmpeg/relay.ts';
import type { MediaOutlet, ReplayRequest, ReplayTile } from '#station/ports.ts';
import { createCongestion } from './congestion.ts';
import { attachViewer } from './media-viewer.ts';
import type { TranscodedReplay } from './transcoded-replay.ts';

/** A wall of 36 tiles and some to change over. */
const MAX_SUBSCRIPTIONS = 64;
const MAX_REQUEST_BYTES = 4_096;
/** A console that does not answer two of these in a row is gone. */
const PING_MS = 10_000;

export interface MediaSocketOptions<Session> {
  /** Takes a one-time token; undefined if it is not (any more) valid. */
  authorize(token: string): Session | undefined;
  /** Whether the session may still look; asked at every `open`. */
  mayView(session: Session): boolean;
  /** The relay of a camera's stream (in H.264 if `isTranscoded`), or undefined if there is no such camera. */
  openStream(cameraId: string, stream: StreamKind, isTranscoded: boolean): Relay | undefined;
  /** A recording of a camera. Absent: this station has none. */
  openReplay?(
    session: Session,
    request: ReplayRequest,
    outlet: MediaOutlet,
  ): ReplayTile | 'forbidden' | 'unknown_camera';
  /** What makes H.264 of a recording on its way. Absent: this station does not. */
  transcodeReplay?(sub: number, outlet: MediaOutlet): TranscodedReplay;
}

interface OpenSubscription {
  leave(): void;
  listen(isOn: boolean): void;
  relay?: Relay;
  tile?: ReplayTile;
}

export interface MediaSocket<Session> {
  /** Takes an HTTP upgrade whose address holds `?token=`. Refuses it with 401 without saying why. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts the connections whose session is no longer right (signed out, account disabled). */
  cut(isOver: (session: Session) => boolean): void;
  close(): Promise<void>;
  readonly connections: number;
}

/** Serves the pictures of all tiles of a console over one WebSocket. */
export function createMediaSocket<Session>(options: MediaSocketOptions<Session>): MediaSocket<Session> {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REQUEST_BYTES,
    perMessageDeflate: false,
  });
  const consoles = new Map<WebSocket, { session: Session; end(): void }>();

  function serve(socket: WebSocket, session: Session): void {
    const open = new Map<number, OpenSubscription>();
    const congestion = createCongestion();
    const outlet: MediaOutlet = {
      get unsentBytes() {
        return socket.bufferedAmount;
      },
      sendNotice: (notice) => socket.send(JSON.stringify(notice)),
      sendBytes: (bytes) => socket.send(bytes, { binary: true }),
    };

    function refuse(sub: number, reason: Extract<MediaNotice, { type: 'refused' }>['reason']): void {
      outlet.sendNotice({ type: 'refused', sub, reason });
    }

    function openOne({
      sub,
      cameraId,
      stream,
      working,
      transcode,
    }: Extract<MediaRequest, { type: 'open' }>): void {
      if (!options.mayView(session)) return refuse(sub, 'forbidden');
      if (open.size >= MAX_SUBSCRIPTIONS) return refuse(sub, 'too_many');
      const relay = options.openStream(cameraId, stream, transcode === true);
      if (!relay) return refuse(sub, 'unknown_camera');
      const before = open.get(sub);
      open.set(sub, { relay, ...attachViewer(relay, sub, outlet, congestion, { isWorking: working }) });
      before?.leave();
    }

    function openReplay(request: ReplayRequest): void {
      const { sub } = request;
      if (open.size >= MAX_SUBSCRIPTIONS) return refuse(sub, 'too_many');
      // Not after it: both would send under the same number.
      open.get(sub)?.leave();
      open.delete(sub);
      const transcoded = request.transcode ? options.transcodeReplay?.(sub, outlet) : undefined;
      const tile = options.openReplay?.(session, request, transcoded ?? outlet) ?? 'unknown_camera';
      if (typeof tile === 'string') return refuse(sub, tile);
      const leave = () => {
        tile.close();
        transcoded?.close();
      };
      open.set(sub, { tile, leave, listen: (isOn) => tile.listen(isOn) });
    }

    function steer(request: Extract<MediaRequest, { subs: number[] }>): void {
      for (const sub of request.subs) {
        const tile = open.get(sub)?.tile;
        if (request.type === 'pace') tile?.pace(request.atMs, request.speed);
        if (request.type === 'seek') tile?.seek(request.jump, request.atMs, request.back, request.stream);
        if (request.type === 'step') tile?.step(request.jump, request.atMs, request.direction);
      }
    }

    function onMessage(data: RawData, isBinary: boolean): void {
      const request = isBinary ? undefined : parse(data.toString());
      // A console of ours never sends anything else.
      if (!request) return socket.close(1008, 'request');
      if (request.type === 'open') openOne(request);
      if (request.type === 'replay') openReplay(request);
      if ('subs' in request) steer(request);
      if (request.type === 'listen') open.get(request.sub)?.listen(request.on && options.mayView(session));
      if (request.type === 'retry') open.get(request.sub)?.relay?.retryNow();
      if (request.type === 'close') {
        open.get(request.sub)?.leave();
        open.delete(request.sub);
      }
    }

    let isAlive = true;
    const ping = setInterval(() => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    }, PING_MS);
    function end(): void {
      clearInterval(ping);
      consoles.delete(socket);
      for (const { leave } of open.values()) leave();
      open.clear();
    }
    consoles.set(socket, { session, end });
    socket.on('pong', () => (isAlive = true));
    socket.on('message', onMessage);
    socket.on('close', end);
    socket.on('error', () => socket.terminate());
  }

  return {
    upgrade(request, socket, head) {
      const token = new URL(request.url ?? '/', 'http://loopback').searchParams.get('token') ?? '';
      const session = options.authorize(token);
      if (session === undefined) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, session));
    },
    cut(isOver) {
      for (const [socket, { session, end }] of [...consoles]) {
        if (!isOver(session)) continue;
        // No picture more, also if the console does not answer the closing.
        end();
        socket.close(1008, 'session');
      }
    },
    async close() {
      for (const [socket, { end }] of [...consoles]) {
        end();
        socket.terminate();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    get connections() {
      return consoles.size;
    },
  };
}

function parse(text: string) {
  try {
    return mediaRequest.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
