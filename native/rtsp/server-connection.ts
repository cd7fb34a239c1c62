import type { Socket } from 'node:net';
import { authorised, challenge, makeNonce } from './server-auth.ts';
import type { Clock, Program } from './server-feed.ts';
import { formatResponse, RtspParser, type RtspRequest } from './server-message.ts';
import type { Mount } from './server-mount.ts';
import { describe } from './server-sdp.ts';
import { Session } from './server-session.ts';
import {
  chooseTransport,
  tcpTransport,
  udpTransport,
  type RtpTransport,
  type TransportRequest,
} from './server-transport.ts';

export interface RequestInfo {
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly client: string;
}

export interface ConnectionContext {
  readonly clock: Clock;
  readonly sessionTimeoutMs: number;
  mount(path: string): Mount | undefined;
  onRequest(info: RequestInfo): void;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const TRACK = 'trackID=0';
const SOUND_TRACK = 'trackID=1';
const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN';
const MAX_SESSIONS_PER_CONNECTION = 8;
const MAX_QUEUED_REQUESTS = 64;

/** One RTSP connection: answers requests in order and owns the sessions that were set up on it. */
export class Connection {
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #parser = new RtspParser();
  readonly #nonce = makeNonce();
  readonly #sessions = new Map<string, Session>();
  readonly #client: string;
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;
  #freeChannel = 0;
  #seenMs: number;

  constructor(socket: Socket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#client = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#seenMs = context.clock.monotonicMs();
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#endSessions());
  }

  /** Ends what got no sign of life for too long; called now and then by the server. */
  expire(): void {
    const limit = this.#context.clock.monotonicMs() - this.#context.sessionTimeoutMs;
    for (const session of this.#sessions.values()) {
      if (session.aliveMs < limit && this.#seenMs < limit) this.#end(session);
    }
    if (this.#sessions.size === 0 && this.#seenMs < limit) this.#socket.destroy();
  }

  /** Cuts the connection if it shows the mount at this path: what pulling a camera's cable does. */
  dropViewersOf(path: string): void {
    if ([...this.#sessions.values()].some((session) => session.path === path)) this.#socket.destroy();
  }

  close(): void {
    this.#socket.destroy();
    this.#endSessions();
  }

  #receive(chunk: Buffer): void {
    this.#seenMs = this.#context.clock.monotonicMs();
    try {
      for (const input of this.#parser.push(chunk)) {
        // interleaved data from a client are receiver reports: a sign of life, nothing else
        if (input.kind === 'request') this.#enqueue(input.request);
      }
    } catch {
      this.#refuse();
    }
  }

  #refuse(): void {
    this.#context.onRequest({ method: '', uri: '', status: 400, client: this.#client });
    this.#socket.removeAllListeners('data');
    this.#socket.end(formatResponse(400, {}), () => this.#socket.destroy());
  }

  #enqueue(request: RtspRequest): void {
    if (this.#queued >= MAX_QUEUED_REQUESTS) {
      this.#refuse();
      return;
    }
    this.#queued += 1;
    this.#queue = this.#queue
      .then(() => this.#answer(request))
      .catch(() => void this.#socket.destroy())
      .finally(() => (this.#queued -= 1));
  }

  async #answer(request: RtspRequest): Promise<void> {
    if (this.#socket.destroyed) return;
    const reply = await this.#handle(request);
    if (this.#socket.destroyed) return;
    const cseq = request.headers.get('cseq') ?? '';
    const headers = {
      ...(/^\d{1,10}$/.test(cseq) ? { CSeq: cseq } : {}),
      Server: 'Guardroom',
      ...reply.headers,
    };
    this.#socket.write(formatResponse(reply.status, headers, reply.body));
    this.#context.onRequest({
      method: request.method,
      uri: request.uri,
      status: reply.status,
      client: this.#client,
    });
    if (request.method === 'PLAY' && reply.status === 200) this.#sessions.get(sessionId(request))?.play();
  }

  async #handle(request: RtspRequest): Promise<Reply> {
    if (request.version !== 'RTSP/1.0') return { status: 505 };
    if (!/^\d{1,10}$/.test(request.headers.get('cseq') ?? '')) return { status: 400 };
    const required = request.headers.get('require');
    if (required !== undefined) return { status: 551, headers: { Unsupported: required } };
    if (request.method === 'OPTIONS') return { status: 200, headers: { Public: METHODS } };
    const target = targetOf(request.uri);
    if (!target) return { status: 400 };
    const mount = this.#context.mount(target.path);
    if (!mount || mount.isOff) return { status: 404 };
    if (
      mount.credentials &&
      !authorised(request.headers.get('authorization'), request, this.#nonce, mount.credentials)
    ) {
      return { status: 401, headers: { 'WWW-Authenticate': challenge(this.#nonce) } };
    }
    return this.#dispatch(request, mount, target.track);
  }

  async #dispatch(request: RtspRequest, mount: Mount, track: Track): Promise<Reply> {
    switch (request.method) {
      case 'DESCRIBE': {
        const feed = await opened(mount);
        if (!feed) return { status: 503 };
        return {
          status: 200,
          headers: {
            'Content-Base': `${request.uri.replace(/\/?$/, '/')}`,
            'Content-Type': 'application/sdp',
          },
          body: describe(feed.clip, TRACK, mount.sound && SOUND_TRACK),
        };
      }
      case 'SETUP':
        return this.#setUp(request, mount, track);
      case 'PLAY':
      case 'TEARDOWN':
        return this.#control(request, mount);
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        this.#sessions.get(sessionId(request))?.touch();
        return { status: 200 };
      case 'PAUSE':
      case 'RECORD':
      case 'ANNOUNCE':
      case 'REDIRECT':
        return { status: 405, headers: { Allow: METHODS } };
      default:
        return { status: 501, headers: { Public: METHODS } };
    }
  }

  async #setUp(request: RtspRequest, mount: Mount, track: Track): Promise<Reply> {
    if (!track) return { status: 459 };
    if (track === 'sound') return this.#setUpSound(request, mount);
    // one picture per session: adding it to an existing session has nothing to add
    if (request.headers.has('session')) return { status: 455 };
    if (this.#sessions.size >= MAX_SESSIONS_PER_CONNECTION) return { status: 503 };
    const choice = chooseTransport(request.headers.get('transport') ?? '', this.#freeChannel);
    if (!choice) return { status: 461 };
    const feed = await opened(mount);
    if (!feed) return { status: 503 };
    const transport = await this.#transportOf(choice);
    const session = new Session(mount.path, feed, transport, this.#context.clock);
    if (this.#socket.destroyed) {
      session.end();
      return { status: 503 };
    }
    transport.onAlive(() => session.touch());
    this.#sessions.set(session.id, session);
    const timeoutS = Math.round(this.#context.sessionTimeoutMs / 1000);
    return {
      status: 200,
      headers: { Transport: transport.description, Session: `${session.id};timeout=${timeoutS}` },
    };
  }

  /** The sound goes with a picture that was set up before it, as every client does it. */
  async #setUpSound(request: RtspRequest, mount: Mount): Promise<Reply> {
    const session = this.#sessions.get(sessionId(request));
    if (!mount.sound) return { status: 404 };
    if (session?.path !== mount.path) return { status: 454 };
    const choice = chooseTransport(request.headers.get('transport') ?? '', this.#freeChannel);
    if (!choice) return { status: 461 };
    const transport = await this.#transportOf(choice);
    if (this.#socket.destroyed || !session.addSound(mount.sound, transport)) {
      transport.close();
      return { status: 455 };
    }
    return { status: 200, headers: { Transport: transport.description, Session: session.id } };
  }

  async #transportOf(choice: TransportRequest): Promise<RtpTransport> {
    if (choice.kind === 'tcp') {
      this.#freeChannel = Math.min(Math.max(...choice.channels) + 1, 254);
      return tcpTransport(this.#socket, choice.channels);
    }
    const { localAddress = '', remoteAddress = '' } = this.#socket;
    return udpTransport(localAddress, remoteAddress, choice.ports);
  }

  #control(request: RtspRequest, mount: Mount): Reply {
    const session = this.#sessions.get(sessionId(request));
    if (!session || session.path !== mount.path) return { status: 454 };
    session.touch();
    if (request.method === 'TEARDOWN') {
      this.#end(session);
      return { status: 200, headers: { Session: session.id } };
    }
    const url = `${request.uri.replace(/\/$/, '').replace(new RegExp(`/${TRACK}$`), '')}/${TRACK}`;
    return {
      status: 200,
      headers: { Session: session.id, Range: 'npt=now-', 'RTP-Info': `url=${url};seq=${session.sequence}` },
    };
  }

  #end(session: Session): void {
    this.#sessions.delete(session.id);
    session.end();
  }

  #endSessions(): void {
    for (const session of this.#sessions.values()) this.#end(session);
  }
}

/** A clip that cannot be had is a camera that is there and cannot serve. */
const opened = (mount: Mount): Promise<Program | undefined> => mount.open().catch(() => undefined);

const sessionId = (request: RtspRequest): string =>
  request.headers.get('session')?.split(';')[0]?.trim() ?? '';

type Track = 'picture' | 'sound' | undefined;

/** Mount path and which track below it is meant, if one is; undefined for something that is no RTSP URL. */
function targetOf(uri: string): { path: string; track: Track } | undefined {
  const match = /^rtsps?:\/\/[^/]+(\/[^?]*)?/i.exec(uri);
  if (!match) return undefined;
  const full = (match[1] ?? '/').replace(/\/+$/, '');
  for (const [name, track] of [
    [TRACK, 'picture'],
    [SOUND_TRACK, 'sound'],
  ] as const)
    if (full.endsWith(`/${name}`)) return { path: full.slice(0, -name.length - 1), track };
  return { path: full, track: undefined };
}
