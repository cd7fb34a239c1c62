import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { connectPinned, type CertificateCheck } from '#native/tls/pinned.ts';
import { networkError, OnvifError } from './errors.ts';

export interface HttpAnswer {
  status: number;
  challenges: string[];
  /** The server's `Date` header, UTC milliseconds, where it has one. */
  dateMs: number | undefined;
  contentType: string;
  body: Buffer;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** For the whole answer. */
  timeoutMs: number;
  maxBytes?: number;
  signal?: AbortSignal;
  agent?: http.Agent;
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

const KEPT = { keepAlive: true, maxSockets: 4 };

/** Requests go out on a connection whose certificate has passed; a session taken up again would show none. */
class PinnedAgent extends https.Agent {
  readonly #check: CertificateCheck | undefined;
  constructor(check: CertificateCheck | undefined) {
    super({ ...KEPT, maxCachedSessions: 0 });
    this.#check = check;
  }
  override createConnection(
    options: ConnectionOptions & { host: string; port: number },
    callback: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    connectPinned(options, this.#check, callback as (error: Error | null, socket?: Duplex) => void);
  }
}

/** Sockets of one device. A camera's certificate is its own work: `check` says whether it is the known one. */
export const deviceAgent = (secure: boolean, check?: CertificateCheck): http.Agent =>
  secure ? new PinnedAgent(check) : new http.Agent(KEPT);

/**
 * One HTTP request with a bound on time and size. A kept connection that the device had closed meanwhile is tried once
 * more on a new one.
 * @throws OnvifError of the network, timeout, aborted, not_onvif (too large, no HTTP)
 */
export async function request(options: HttpRequest): Promise<HttpAnswer> {
  try {
    return await once(options);
  } catch (error) {
    if (!(error instanceof OnvifError) || error.code !== 'ended' || !error.params['reused']) throw error;
    return once(options);
  }
}

function once(options: HttpRequest): Promise<HttpAnswer> {
  const { url, method, body, signal, agent } = options;
  const maxBytes = options.maxBytes ?? MAX_ANSWER_BYTES;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new OnvifError('aborted'));
    const sent = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      agent,
      headers: {
        ...options.headers,
        ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      },
    });
    const finish = (end: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      end();
    };
    const fail = (error: OnvifError) => {
      finish(() => reject(error));
      sent.destroy();
    };
    const onAbort = () => fail(new OnvifError('aborted'));
    const timer = setTimeout(() => fail(new OnvifError('timeout')), options.timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    sent.on('error', (error) => {
      const known = networkError(error);
      fail(known.code === 'ended' && sent.reusedSocket ? new OnvifError('ended', { reused: 1 }) : known);
    });
    sent.on('response', (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > maxBytes) fail(new OnvifError('not_onvif', { bytes: size }));
        else parts.push(part);
      });
      answer.on('error', (error) => fail(networkError(error)));
      answer.on('end', () => {
        const dateMs = Date.parse(answer.headers.date ?? '');
        finish(() =>
          resolve({
            status: answer.statusCode ?? 0,
            challenges: answer.headersDistinct['www-authenticate'] ?? [],
            dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
            contentType: answer.headers['content-type'] ?? '',
            body: Buffer.concat(parts),
          }),
        );
      });
    });
    sent.end(body);
  });
}
