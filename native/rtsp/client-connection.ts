import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  acceptCertificate,
  CertificateRefused,
  openUnchecked,
  type CertificateCheck,
} from '#native/tls/pinned.ts';
import { isStale, takeChallenge, type Authorizer, type Login } from './client-auth.ts';
import { targetOf, type RtspTarget } from './client-address.ts';
import { RtspClientError, reasonOfSocketError, type RtspReason } from './client-errors.ts';
import { formatRequest, ServerStreamParser, type RtspResponse } from './client-message.ts';

export interface ConnectionOptions {
  /** rtsp(s)://host[:port]/path */
  url: string;
  login?: Login;
  /** Whether the password itself may be sent (basic); a digest always may. */
  isBasicAllowed: boolean;
  /** For rtsps: whether the camera's certificate is the known one. Absent: any will do. */
  trusts?: CertificateCheck | undefined;
  /** For the connection and for each answer. */
  timeoutMs: number;
  signal: AbortSignal;
  /** The camera has asked for the login and taken it; said once. */
  onLetIn?: (() => void) | undefined;
  /** A '$'-framed packet; `data` is a view, valid until the callback returns. */
  onPacket(channel: number, data: Buffer): void;
}

export interface ClientConnection {
  readonly target: RtspTarget;
  /** Rejects with an RtspClientError when the connection is over; never fulfils. */
  readonly ended: Promise<never>;
  /** Sends a request, logs in where asked to, and resolves with the answer. Rejects as `ended` does, or with timeout or wrong_password. */
  request(
    method: string,
    uri: string,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<RtspResponse>;
  /** Answers that are not waited for go nowhere. */
  send(method: string, uri: string, headers?: Readonly<Record<string, string | undefined>>): void;
  sendPacket(channel: number, data: Buffer): void;
  /** Media may come on these. */
  allowChannels(channels: readonly number[]): void;
  /** From now on only `close` ends it, not the signal: the camera is to hear a goodbye. */
  keep(): void;
  close(): void;
}

const AGENT = 'Guardroom';
/** What we write is a few requests and reports: more unsent than this and the camera reads nothing. */
const MAX_UNSENT_BYTES = 256 * 1024;

/**
 * All connections read into this one: a chunk is used up before the next read of any of them, and a buffer of its own
 * for each read costs more than all the rest (64 KB of garbage for 1.4 KB of picture).
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** Opens an RTSP connection. Rejects with RtspClientError: certificate_changed, bad_data, no_route, refused, timeout, unknown_host, ended. */
export async function openConnection(options: ConnectionOptions): Promise<ClientConnection> {
  const target = targetOf(options.url);
  if (options.signal.aborted) throw new RtspClientError('ended');
  let read: (chunk: Buffer) => void = () => undefined;
  const onread = {
    buffer: READ_BUFFER,
    callback: (bytes: number) => {
      read(READ_BUFFER.subarray(0, bytes));
      return true;
    },
  };
  const to = { host: target.host, port: target.port };
  const socket = target.secure ? openUnchecked(to) : connect({ ...to, noDelay: true, onread });
  // TLS brings buffers of its own
  if (target.secure) socket.on('data', (chunk: Buffer) => read(chunk));
  const connection = converse(socket, target, options, (reader) => (read = reader));
  const connected = new Promise<void>((resolve, reject) => {
    if (!target.secure) return socket.once('connect', resolve);
    return socket.once('secureConnect', () => {
      try {
        acceptCertificate(socket as TLSSocket, to, options.trusts);
        resolve();
      } catch (error) {
        const seen = error instanceof CertificateRefused ? error.seen : to;
        reject(new RtspClientError('certificate_changed', { ...seen }));
      }
    });
  });
  const patience = setTimeout(() => socket.destroy(errorWithCode('ETIMEDOUT')), options.timeoutMs);
  try {
    await Promise.race([connected, connection.ended]);
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    clearTimeout(patience);
  }
  return connection;
}

function converse(
  socket: Socket,
  target: RtspTarget,
  options: ConnectionOptions,
  onData: (reader: (chunk: Buffer) => void) => void,
): ClientConnection {
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const waiting = new Map<number, (response: RtspResponse) => void>();
  const channels = new Set<number>();
  let sequence = 0;
  let authorizer: Authorizer | undefined;
  let isOver = false;
  let isLetIn = false;

  function fail(reason: RtspReason, params: Record<string, string | number> = {}): void {
    close(new RtspClientError(reason, params));
  }

  function close(error = new RtspClientError('ended')): void {
    if (isOver) return;
    isOver = true;
    ended.reject(error);
    waiting.clear();
    options.signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }

  const onAbort = () => fail('ended');
  options.signal.addEventListener('abort', onAbort, { once: true });
  socket.on('error', (error) =>
    fail(reasonOfSocketError(error), { what: (error as { code?: string }).code ?? 'socket' }),
  );
  socket.on('close', () => fail('ended', { what: 'closed' }));

  const parser = new ServerStreamParser(
    {
      response(response) {
        const given = Number(response.headers.get('cseq')?.[0]);
        // A device that forgets the number, or has its own, answers in order. One of ours that is not waited for any more
        // was answered twice.
        const isOurs = Number.isInteger(given) && given >= 1 && given <= sequence;
        const number = isOurs ? given : waiting.keys().next().value;
        const take = number === undefined ? undefined : waiting.get(number);
        if (number !== undefined) waiting.delete(number);
        take?.(response);
      },
      request(method, cseq) {
        // The camera moves the session elsewhere or ends it: start over.
        if (method === 'REDIRECT' || method === 'TEARDOWN') return fail('ended', { what: method });
        const line = method === 'ANNOUNCE' ? '501 Not Implemented' : '200 OK';
        if (/^\d{1,10}$/.test(cseq)) write(`RTSP/1.0 ${line}\r\nCSeq: ${cseq}\r\n\r\n`);
      },
      packet: options.onPacket,
      // What is missing shows in the numbers of the packets.
      garbage: () => undefined,
    },
    (channel) => channels.has(channel),
  );
  onData((chunk) => {
    if (isOver) return;
    try {
      parser.push(chunk);
    } catch (error) {
      close(
        error instanceof RtspClientError ? error : new RtspClientError('bad_data', { what: String(error) }),
      );
    }
  });

  function write(data: string | Buffer): void {
    if (isOver || socket.destroyed) return;
    if (socket.writableLength > MAX_UNSENT_BYTES) return fail('ended', { what: 'takes nothing' });
    socket.write(data);
  }

  function send(
    method: string,
    uri: string,
    headers: Readonly<Record<string, string | undefined>> = {},
  ): number {
    sequence += 1;
    const authorization = authorizer?.header(method, uri);
    write(
      formatRequest(method, uri, {
        CSeq: String(sequence),
        'User-Agent': AGENT,
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...headers,
      }),
    );
    return sequence;
  }

  async function exchange(
    method: string,
    uri: string,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<RtspResponse> {
    const answer = Promise.withResolvers<RtspResponse>();
    const number = send(method, uri, headers);
    waiting.set(number, answer.resolve);
    const patience = setTimeout(() => fail('timeout', { what: method }), options.timeoutMs);
    try {
      return await Promise.race([answer.promise, ended.promise]);
    } finally {
      clearTimeout(patience);
    }
  }

  return {
    target,
    ended: ended.promise,
    send: (method, uri, headers) => void send(method, uri, headers),
    sendPacket(channel, data) {
      const head = Buffer.from([0x24, channel, data.length >> 8, data.length & 0xff]);
      write(Buffer.concat([head, data]));
    },
    allowChannels: (allowed) => allowed.forEach((channel) => channels.add(channel)),
    keep: () => options.signal.removeEventListener('abort', onAbort),
    close: () => close(),
    async request(method, uri, headers) {
      let response = await exchange(method, uri, headers);
      // The first refusal brings the challenge, also where the one of before has become old; a second one only counts
      // as that if the camera says so. More tries would lock the account.
      for (let tries = 0; response.status === 401 && tries < 2; tries += 1) {
        const challenges = response.headers.get('www-authenticate') ?? [];
        const isAnswered = tries > 0 && !isStale(challenges);
        const next =
          options.login && !isAnswered && takeChallenge(challenges, options.login, options.isBasicAllowed);
        if (!next) break;
        authorizer = next;
        response = await exchange(method, uri, headers);
      }
      if (response.status === 401 || response.status === 403) throw new RtspClientError('wrong_password');
      if (authorizer && !isLetIn) {
        isLetIn = true;
        options.onLetIn?.();
      }
      return response;
    },
  };
}

const errorWithCode = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });
