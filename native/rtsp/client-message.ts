import { RtspClientError } from './client-errors.ts';

/**
 * What a camera sends on an RTSP connection: responses, now and then a request of its own, and '$'-framed media
 * (RFC 2326 10.12), in any chunking. Bounded in every direction.
 */

export interface RtspResponse {
  readonly status: number;
  /** Names in lower case; several of one name in order (a camera may offer two kinds of login). */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

export interface ServerInput {
  response(response: RtspResponse): void;
  /** A request of the camera's. */
  request(method: string, cseq: string): void;
  /** A packet of media or reports. `data` is a view, valid until the callback returns. */
  packet(channel: number, data: Buffer): void;
  /** Bytes that are nothing were left out: what follows may lack packets. */
  garbage(bytes: number): void;
}

const MARK = 0x24;
const MAX_HEAD_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 64 * 1024;
/** Some cameras spill a few bytes between packets. More than this in all is no RTSP. */
const MAX_GARBAGE_BYTES = 64 * 1024;
/** "RTSP/1.0 200" and the requests that a server may send (RFC 2326 table 2). */
const HEAD_START = /^(?:RTSP\/\d|OPTIONS |GET_PARAMETER |SET_PARAMETER |ANNOUNCE |REDIRECT |TEARDOWN )/;
const LONGEST_START = 'GET_PARAMETER '.length;
/** The largest packet is 64 KB and four bytes, the largest message a little more. */
const LEAST_ROOM_BYTES = 4 * 1024;

/**
 * Takes the camera's bytes apart without keeping any of those it is given: the reader may use one buffer for ever.
 * Throws RtspClientError bad_data, after which it is of no more use.
 */
export class ServerStreamParser {
  readonly #on: ServerInput;
  /** Channels that media may come on; a '$' with another one after garbage is not a packet. */
  readonly #isKnownChannel: (channel: number) => boolean;
  /** What is not yet whole lies at its beginning. */
  #room: Buffer = Buffer.alloc(0);
  #restBytes = 0;
  #garbage = 0;
  #isLost = false;
  /** Nothing but an answer comes first: what begins otherwise speaks something else (HTTP, a greeting). */
  #hasSpoken = false;

  constructor(on: ServerInput, isKnownChannel: (channel: number) => boolean) {
    this.#on = on;
    this.#isKnownChannel = isKnownChannel;
  }

  push(chunk: Buffer): void {
    const data = this.#restBytes === 0 ? chunk : this.#append(chunk);
    let at = 0;
    for (let next = this.#item(data, at); next > at; next = this.#item(data, at)) at = next;
    this.#restBytes = 0;
    if (at < data.length) this.#append(data.subarray(at));
  }

  /** Everything that waits, with these bytes behind it. */
  #append(chunk: Buffer): Buffer {
    const length = this.#restBytes + chunk.length;
    if (length > this.#room.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(LEAST_ROOM_BYTES, length * 2));
      this.#room.copy(room, 0, 0, this.#restBytes);
      this.#room = room;
    }
    // May overlap where the rest moves to the front: copy does that.
    chunk.copy(this.#room, this.#restBytes);
    this.#restBytes = length;
    return this.#room.subarray(0, length);
  }

  /** Handles what begins at `at`; gives where the next thing begins, or `at` if more bytes are needed. */
  #item(data: Buffer, at: number): number {
    const first = data[at];
    if (first === undefined) return at;
    if (first === MARK && (!this.#isLost || this.#isPlausible(data, at))) return this.#packet(data, at);
    // Line ends between messages are no garbage.
    if (first === 0x0d || first === 0x0a) return at + 1;
    const start = data.toString('latin1', at, at + LONGEST_START);
    if (HEAD_START.test(start)) return this.#message(data, at);
    if (data.length - at < LONGEST_START && mayBecomeHead(start)) return at;
    return this.#skip(data, at);
  }

  #packet(data: Buffer, at: number): number {
    if (data.length < at + 4) return at;
    const end = at + 4 + data.readUInt16BE(at + 2);
    if (data.length < end) return at;
    this.#isLost = false;
    this.#on.packet(data[at + 1] as number, data.subarray(at + 4, end));
    return end;
  }

  /** After garbage a '$' may be any byte: its channel has to be one of ours. */
  #isPlausible(data: Buffer, at: number): boolean {
    const channel = data[at + 1];
    return channel === undefined || this.#isKnownChannel(channel);
  }

  #message(data: Buffer, at: number): number {
    const text = data.subarray(at, at + MAX_HEAD_BYTES);
    const found = endOfHead(text);
    if (!found) {
      if (text.length >= MAX_HEAD_BYTES) throw new RtspClientError('bad_data', { what: 'header too long' });
      return at;
    }
    const [startLine = '', ...lines] = text.toString('latin1', 0, found.head).split(/\r?\n/);
    const headers = parseHeaders(lines);
    const length = bodyBytes(headers.get('content-length')?.at(-1));
    const end = at + found.body + length;
    if (data.length < end) return at;
    this.#isLost = false;
    this.#hasSpoken = true;
    const status = /^RTSP\/\d\.\d +(\d{3})\b/.exec(startLine)?.[1];
    if (status !== undefined) {
      const body = data.toString('utf8', at + found.body, end);
      this.#on.response({ status: Number(status), headers, body });
    } else if (startLine.startsWith('RTSP/')) {
      throw new RtspClientError('bad_data', { what: 'status line' });
    } else {
      this.#on.request(startLine.split(' ', 1)[0] as string, headers.get('cseq')?.at(-1) ?? '');
    }
    return end;
  }

  /** Goes on at the next byte that could begin something. */
  #skip(data: Buffer, at: number): number {
    if (!this.#hasSpoken) throw new RtspClientError('bad_data', { what: 'not RTSP' });
    let next = at + 1;
    while (next < data.length && !isStart(data[next] as number)) next += 1;
    this.#isLost = true;
    this.#garbage += next - at;
    if (this.#garbage > MAX_GARBAGE_BYTES) throw new RtspClientError('bad_data', { what: 'not RTSP' });
    this.#on.garbage(next - at);
    return next;
  }
}

const STARTS = new Set([...'$ROGSAT'].map((letter) => letter.charCodeAt(0)));
const isStart = (byte: number) => STARTS.has(byte);
const WORDS = [
  'RTSP/',
  'OPTIONS ',
  'GET_PARAMETER ',
  'SET_PARAMETER ',
  'ANNOUNCE ',
  'REDIRECT ',
  'TEARDOWN ',
];
const mayBecomeHead = (start: string) => WORDS.some((word) => word.startsWith(start));

/** Where the head ends and the body begins. Some devices end their lines with LF alone. */
function endOfHead(text: Buffer): { head: number; body: number } | undefined {
  const strict = text.indexOf('\r\n\r\n');
  const loose = text.indexOf('\n\n');
  if (strict !== -1 && (loose === -1 || strict < loose)) return { head: strict, body: strict + 4 };
  return loose === -1 ? undefined : { head: loose, body: loose + 2 };
}

/** Lines that are no header are left out rather than refused: cameras fold and break theirs. */
function parseHeaders(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const known = headers.get(name);
    if (known) known.push(value);
    else headers.set(name, [value]);
  }
  return headers;
}

function bodyBytes(value: string | undefined): number {
  if (value === undefined) return 0;
  if (!/^\d{1,6}$/.test(value) || Number(value) > MAX_BODY_BYTES)
    throw new RtspClientError('bad_data', { what: 'content length' });
  return Number(value);
}

/** Text of a request. Values come from us or were checked to hold no line end. */
export function formatRequest(
  method: string,
  uri: string,
  headers: Readonly<Record<string, string | undefined>>,
): string {
  const lines = [`${method} ${uri} RTSP/1.0`];
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
