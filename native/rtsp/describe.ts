import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { parseDigest } from './server-auth.ts';

/** What a camera answers when it is asked for its description only. */
export type Described =
  | { ok: true; sdp: string }
  | {
      ok: false;
      reason:
        | 'no_route'
        | 'refused'
        | 'timeout'
        | 'unknown_host'
        | 'wrong_password'
        | 'not_found'
        | 'refused_by_camera'
        | 'bad_data'
        | 'ended';
    };

export interface DescribeOptions {
  /** rtsp://host[:port]/path without a login. */
  url: string;
  user?: string;
  password?: string;
  timeoutMs: number;
}

type Reason = Extract<Described, { ok: false }>['reason'];
const MAX_REPLY_BYTES = 64 * 1024;
const NETWORK: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'no_route',
  ENETUNREACH: 'no_route',
  EHOSTDOWN: 'no_route',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
};

/**
 * Asks a camera for its description (RTSP DESCRIBE, RFC 2326 10.2) and closes again: whether it is there, lets us in and
 * has the stream, without pulling a picture. Digest (RFC 2069 and 2617, MD5) and basic logins. Never rejects.
 */
export async function describe(options: DescribeOptions): Promise<Described> {
  const parts = /^rtsp:\/\/(\[[^\]]+\]|[^/?#:@\s]+)(?::(\d+))?(?:[/?]\S*)?$/i.exec(options.url);
  if (!parts) return { ok: false, reason: 'bad_data' };
  const host = (parts[1] as string).replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(parts[2] ?? 554) });
  try {
    return await converse(socket, options);
  } finally {
    socket.destroy();
  }
}

function converse(socket: Socket, options: DescribeOptions): Promise<Described> {
  return new Promise((resolve) => {
    let reply = '';
    let tries = 0;
    const fail = (reason: Reason) => resolve({ ok: false, reason });
    const ask = (authorization?: string) => {
      tries += 1;
      reply = '';
      const lines = [
        `DESCRIBE ${options.url} RTSP/1.0`,
        `CSeq: ${tries}`,
        'Accept: application/sdp',
        'User-Agent: Guardroom',
      ];
      if (authorization) lines.push(`Authorization: ${authorization}`);
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    };
    socket.setTimeout(options.timeoutMs, () => fail('timeout'));
    socket.on('connect', () => ask());
    socket.on('error', (error: NodeJS.ErrnoException) => fail(NETWORK[error.code ?? ''] ?? 'ended'));
    socket.on('close', () => fail('ended'));
    socket.on('data', (chunk) => {
      reply += chunk.toString('latin1');
      if (reply.length > MAX_REPLY_BYTES) return fail('bad_data');
      const answer = parseReply(reply);
      if (answer === 'more') return;
      if (answer === undefined) return fail('bad_data');
      if (answer.status === 200) return resolve({ ok: true, sdp: answer.body });
      if (answer.status === 404 || answer.status === 454) return fail('not_found');
      if (answer.status !== 401 && answer.status !== 403) return fail('refused_by_camera');
      const authorization = tries === 1 ? authorize(answer.challenges, options) : undefined;
      if (!authorization) return fail('wrong_password');
      ask(authorization);
    });
  });
}

interface Reply {
  status: number;
  challenges: string[];
  body: string;
}

/** 'more' while the reply is not whole; undefined if it is no RTSP reply. */
function parseReply(text: string): Reply | 'more' | undefined {
  if (!'RTSP/1.'.startsWith(text.slice(0, 7))) return undefined;
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return 'more';
  const head = text.slice(0, end);
  const status = /^RTSP\/1\.\d (\d{3})/.exec(head)?.[1];
  if (!status) return undefined;
  const length = Number(/^Content-Length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
  const body = text.slice(end + 4);
  if (body.length < length) return 'more';
  const challenges = [...head.matchAll(/^WWW-Authenticate:\s*(.+)$/gim)].map((match) =>
    (match[1] as string).trim(),
  );
  return { status: Number(status), challenges, body };
}

/** The answer to the best challenge that we understand: digest before basic. */
function authorize(challenges: readonly string[], options: DescribeOptions): string | undefined {
  if (options.user === undefined || options.user === '') return undefined;
  const { user, password = '' } = options;
  for (const challenge of challenges) {
    const fields = parseDigest(challenge);
    const algorithm = fields?.get('algorithm') ?? 'MD5';
    if (fields && algorithm.toUpperCase() === 'MD5') return digest(fields, user, password, options.url);
  }
  if (!challenges.some((challenge) => /^Basic\b/i.test(challenge))) return undefined;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function digest(fields: ReadonlyMap<string, string>, user: string, password: string, uri: string): string {
  const realm = fields.get('realm') ?? '';
  const nonce = fields.get('nonce') ?? '';
  const secret = md5(`${user}:${realm}:${password}`);
  const request = md5(`DESCRIBE:${uri}`);
  const parts = [`username="${user}"`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`];
  const opaque = fields.get('opaque');
  if (opaque !== undefined) parts.push(`opaque="${opaque}"`);
  const offersQop = (fields.get('qop') ?? '').split(',').some((qop) => qop.trim() === 'auth');
  if (offersQop) {
    const cnonce = randomBytes(8).toString('hex');
    const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${request}`);
    return `Digest ${[...parts, 'qop=auth', 'nc=00000001', `cnonce="${cnonce}"`, `response="${response}"`].join(', ')}`;
  }
  return `Digest ${[...parts, `response="${md5(`${secret}:${nonce}:${request}`)}"`].join(', ')}`;
}
