import {
  mediaNotice,
  MEDIA_HEADER_BYTES,
  readMediaHeader,
  type MediaHeader,
  type MediaNotice,
  type MediaRequest,
  type MediaSound,
  type MediaState,
  type StreamKind,
} from '#contract/media-wire.ts';

/** What a tile hears of its stream. */
export interface MediaListener {
  state(state: MediaState): void;
  /** A new track: what came before does not continue. Its init segment is the next message. */
  track(track: {
    codec: string;
    width: number;
    height: number;
    sound: MediaSound | null;
    /** Of a replay: which of the camera's streams it is. */
    stream?: StreamKind | undefined;
  }): void;
  /** `data` is ftyp+moov if `header.init`, else moof+mdat of one frame. */
  media(header: MediaHeader, data: Uint8Array<ArrayBuffer>): void;
  /** A packet of sound, after `listen`. */
  sound?(header: MediaHeader, data: Uint8Array<ArrayBuffer>): void;
  /** The connection to the station was lost (and is being made again) or is there again. */
  link(isUp: boolean): void;
  refused(reason: string): void;
  /** Of a replay: a jump arrived, a gap or a blocked interval comes, nothing more is recorded. */
  replay?(notice: ReplayNotice): void;
}
export type ReplayNotice = Extract<MediaNotice, { type: 'replay' }>;
/** Where a replay begins; asked again for each connection. */
export type ReplayStart = Omit<Extract<MediaRequest, { type: 'replay' }>, 'type' | 'sub'>;
export interface ReplaySubscription {
  readonly sub: number;
  /** Whether its sound is sent too; asked for again by itself on each new connection. */
  listen(isOn: boolean): void;
  close(): void;
}

/** What a tile asks for; `working`: it is the one that a guard works with, least delay. */
export interface MediaStream {
  cameraId: string;
  stream: StreamKind;
  working?: boolean;
  /** In H.264 whatever the camera sends. */
  transcode?: boolean;
}

export interface MediaSubscription {
  /** Asks the station to try the camera now. */
  retry(): void;
  /** Whether its sound is sent too; asked for again by itself on each new connection. */
  listen(isOn: boolean): void;
  close(): void;
}

export interface MediaClient {
  open(stream: MediaStream, listener: MediaListener): MediaSubscription;
  /** A recording instead of the live stream. */
  replay(start: () => ReplayStart, listener: MediaListener): ReplaySubscription;
  /** Steers replays; lost while there is no connection, since `start` is asked again for the next one. */
  steer(request: Extract<MediaRequest, { type: 'pace' | 'seek' | 'step' }>): void;
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
  /** What opens it, asked for each connection. */
  request: () => MediaRequest;
  listener: MediaListener;
  isHeard: boolean;
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
      for (const [sub, { request, listener, isHeard }] of entries) {
        listener.link(true);
        send(request());
        if (isHeard) send({ type: 'listen', sub, on: true });
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
    if (message.type === 'replay') listener?.replay?.(message);
    if (message.type === 'refused') listener?.refused(message.reason);
  }

  function media(data: ArrayBuffer): void {
    const header = readMediaHeader(new DataView(data));
    const listener = entries.get(header.sub)?.listener;
    const content = new Uint8Array(data, MEDIA_HEADER_BYTES);
    if (header.sound) listener?.sound?.(header, content);
    else listener?.media(header, content);
  }

  function drop(): void {
    const old = socket;
    socket = undefined;
    old?.close();
  }

  function add(listener: MediaListener, request: (sub: number) => MediaRequest) {
    const sub = nextSub;
    nextSub += 1;
    const entry: Entry = { request: () => request(sub), listener, isHeard: false };
    entries.set(sub, entry);
    clearTimeout(idleTimer);
    if (socket) send(entry.request());
    else void connect();
    const close = () => {
      if (!entries.delete(sub)) return;
      send({ type: 'close', sub });
      if (entries.size === 0) idleTimer = setTimeout(drop, IDLE_MS);
    };
    const listen = (on: boolean) => {
      if (entry.isHeard !== on) send({ type: 'listen', sub, on });
      entry.isHeard = on;
    };
    return { sub, listen, close };
  }

  return {
    open(stream, listener) {
      const { sub, listen, close } = add(listener, (id) => ({ type: 'open', sub: id, ...stream }));
      return { retry: () => send({ type: 'retry', sub }), listen, close };
    },
    replay: (start, listener) => add(listener, (sub) => ({ type: 'replay', sub, ...start() })),
    steer: send,
    close() {
      isClosed = true;
      entries.clear();
      clearTimeout(retryTimer);
      clearTimeout(idleTimer);
      drop();
    },
  };
}
