import http from 'node:http';
import https from 'node:https';
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

/** Sockets of one device. A camera's certificate is its own work, so that it is not checked; the digest protects the login. */
export const deviceAgent = (secure: boolean): http.Agent =>
  secure
    ? new https.Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false })
    : new http.Agent({ keepAlive: true, maxSockets: 4 });

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
