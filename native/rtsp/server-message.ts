/**
 * Incremental parser of what a client sends on an RTSP connection: requests (RFC 2326) and '$'-framed
 * interleaved data, in any chunking. Bounded in every direction, because the peer is not trusted.
 */

export interface RtspRequest {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  /** Header names in lower case; the last of several equal ones wins. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export type RtspInput =
  | { readonly kind: 'request'; readonly request: RtspRequest }
  | { readonly kind: 'interleaved'; readonly channel: number };

/** A peer that does not speak RTSP, or sends more than anyone needs. The connection cannot be resynchronised. */
export class RtspSyntaxError extends Error {
  constructor(what: string) {
    super(`not an RTSP request: ${what}`);
    this.name = 'RtspSyntaxError';
  }
}

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_HEADERS = 64;
const MAX_BODY_BYTES = 64 * 1024;
const INTERLEAVED_MARK = 0x24;

export class RtspParser {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * Takes the next bytes and returns what is complete.
   * @throws RtspSyntaxError; the parser must not be used afterwards
   */
  push(chunk: Buffer): RtspInput[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const inputs: RtspInput[] = [];
    for (let next = this.#take(); next !== undefined; next = this.#take()) inputs.push(next);
    return inputs;
  }

  #take(): RtspInput | undefined {
    this.#skipLineEnds();
    if (this.#rest.length === 0) return undefined;
    return this.#rest[0] === INTERLEAVED_MARK ? this.#takeInterleaved() : this.#takeRequest();
  }

  /** Robust servers ignore empty lines before a request (RFC 2326 4.1 refers to HTTP's rule). */
  #skipLineEnds(): void {
    let at = 0;
    while (this.#rest[at] === 0x0d || this.#rest[at] === 0x0a) at += 1;
    if (at > 0) this.#rest = this.#rest.subarray(at);
  }

  #takeInterleaved(): RtspInput | undefined {
    if (this.#rest.length < 4) return undefined;
    const end = 4 + this.#rest.readUInt16BE(2);
    if (this.#rest.length < end) return undefined;
    const channel = this.#rest[1]!;
    this.#rest = this.#rest.subarray(end);
    return { kind: 'interleaved', channel };
  }

  #takeRequest(): RtspInput | undefined {
    const headEnd = this.#rest.indexOf('\r\n\r\n');
    if (headEnd === -1 || headEnd > MAX_HEAD_BYTES) {
      if (this.#rest.length > MAX_HEAD_BYTES) throw new RtspSyntaxError('header too long');
      return undefined;
    }
    const head = parseHead(this.#rest.toString('utf8', 0, headEnd));
    const bodyBytes = contentLength(head.headers);
    const bodyStart = headEnd + 4;
    if (this.#rest.length < bodyStart + bodyBytes) return undefined;
    const body = Buffer.from(this.#rest.subarray(bodyStart, bodyStart + bodyBytes));
    this.#rest = this.#rest.subarray(bodyStart + bodyBytes);
    return { kind: 'request', request: { ...head, body } };
  }
}

function parseHead(text: string): Omit<RtspRequest, 'body'> {
  const [requestLine = '', ...lines] = text.split('\r\n');
  const match = /^([A-Z_]{1,32}) (\S{1,2048}) (RTSP\/\d\.\d)$/.exec(requestLine);
  if (!match) throw new RtspSyntaxError('request line');
  if (lines.length > MAX_HEADERS) throw new RtspSyntaxError('too many headers');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new RtspSyntaxError('header line');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method: match[1]!, uri: match[2]!, version: match[3]!, headers };
}

function contentLength(headers: ReadonlyMap<string, string>): number {
  const value = headers.get('content-length');
  if (value === undefined) return 0;
  if (!/^\d{1,6}$/.test(value) || Number(value) > MAX_BODY_BYTES) throw new RtspSyntaxError('content length');
  return Number(value);
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  459: 'Aggregate Operation Not Allowed',
  461: 'Unsupported Transport',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'RTSP Version Not Supported',
  551: 'Option not supported',
};

/** Text of a response; header values must not contain line ends (callers pass only values made here or checked). */
export function formatResponse(status: number, headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = [`RTSP/1.0 ${status} ${REASONS[status] ?? 'Error'}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
