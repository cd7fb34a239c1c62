import {
  mediaNotice,
  MEDIA_HEADER_BYTES,
  readMediaHeader,
  type MediaHeader,
  type MediaNotice,
  type MediaRequest,
  type MediaState,
  type StreamKind,
} from '#contract/media-wire.ts';

/** What a tile hears of its stream. */
export interface MediaListener {
  state(state: MediaState): void;
  /** A new track: what came before does not continue. Its init segment is the next message. */
  track(track: { codec: string; width: number; height: number }): void;
  /** `data` is ftyp+moov if `header.init`, else moof+mdat of one frame. */
  media(header: MediaHeader, data: Uint8Array<ArrayBuffer>): void;
  /** The connection to the station was lost (and is being made again) or is there again. */
  link(isUp: boolean): void;
  refused(reason: string): void;
}

export interface MediaSubscription {
  /** Asks the station to try the camera now. */
  retry(): void;
  close(): void;
}

export interface MediaClient {
  open(stream: { cameraId: string; stream: StreamKind }, listener: MediaListener): MediaSubscription;
  close(): void;
}

export interface MediaClientOptions {
  /** Fetches a one-time ticket; called before each connection. */
  ticket(): Promise<{ url: string; token: string }>;
}

/** Milliseconds before reconnecting: a station that restarts is back within a few seconds. */
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000];
/** An unused connection is kept this long for the next screen. */
const IDLE_MS = 30_000;

interface Entry {
  stream: { cameraId: string; stream: StreamKind };
  listener: MediaListener;
}

/** One connection for the pictures of all tiles, made when the first tile needs it and again whenever it breaks. */
export function createMediaClient(options: MediaClientOptions): MediaClient {
  const entries = new Map<number, Entry>();
  let nextSub = 1;
  let socket: WebSocket | undefined;
  let isConnecting = false;
  let failures = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function send(request: MediaRequest): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request));
  }

  async function connect(): Promise<void> {
    if (isClosed || isConnecting || socket || entries.size === 0) return;
    isConnecting = true;
    try {
      const { url, token } = await options.ticket();
      const address = new URL(url, location.href);
      address.protocol = address.protocol.replace(/^http/, 'ws');
      address.searchParams.set('token', token);
      attach(new WebSocket(address));
    } catch {
      retryLater();
    } finally {
      isConnecting = false;
    }
  }

  function attach(next: WebSocket): void {
    next.binaryType = 'arraybuffer';
    socket = next;
    next.onopen = () => {
      failures = 0;
      for (const [sub, { stream, listener }] of entries) {
        listener.link(true);
        send({ type: 'open', sub, ...stream });
      }
    };
    next.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data === 'string') notice(mediaNotice.parse(JSON.parse(data)));
      else media(data);
    };
    next.onclose = () => {
      if (socket !== next) return;
      socket = undefined;
      for (const { listener } of entries.values()) listener.link(false);
      retryLater();
    };
  }

  function retryLater(): void {
    if (isClosed || retryTimer || entries.size === 0) return;
    const delay = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
    failures += 1;
    retryTimer = setTimeout(() => {
      retryTimer = undefined;
      void connect();
    }, delay);
  }

  function notice(message: MediaNotice): void {
    const listener = entries.get(message.sub)?.listener;
    if (message.type === 'state') listener?.state(message.state);
    if (message.type === 'track') listener?.track(message);
    if (message.type === 'refused') listener?.refused(message.reason);
  }

  function media(data: ArrayBuffer): void {
    const header = readMediaHeader(new DataView(data));
    entries.get(header.sub)?.listener.media(header, new Uint8Array(data, MEDIA_HEADER_BYTES));
  }

  function drop(): void {
    const old = socket;
    socket = undefined;
    old?.close();
  }

  return {
    open(stream, listener) {
      const sub = nextSub;
      nextSub += 1;
      entries.set(sub, { stream, listener });
      clearTimeout(idleTimer);
      if (socket) send({ type: 'open', sub, ...stream });
      else void connect();
      return {
        retry: () => send({ type: 'retry', sub }),
        close() {
          if (!entries.delete(sub)) return;
          send({ type: 'close', sub });
          if (entries.size === 0) idleTimer = setTimeout(drop, IDLE_MS);
        },
      };
    },
    close() {
      isClosed = true;
      entries.clear();
      clearTimeout(retryTimer);
      clearTimeout(idleTimer);
      drop();
    },
  };
}
