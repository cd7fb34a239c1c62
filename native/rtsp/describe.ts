import type { CertificateCheck } from '#native/tls/pinned.ts';
import { openConnection, type ClientConnection } from './client-connection.ts';
import { RtspClientError, type RtspReason } from './client-errors.ts';

/** What a camera answers when it is asked for its description only. */
export type Described =
  | { ok: true; sdp: string }
  | {
      ok: false;
      reason: Exclude<RtspReason, 'unsupported' | 'no_video'>;
      params: Record<string, string | number>;
    };

export interface DescribeOptions {
  /** rtsp(s)://host[:port]/path without a login. */
  url: string;
  user?: string;
  password?: string;
  timeoutMs: number;
  /** The camera has asked for the login and taken it. */
  onLetIn?: () => void;
  /** For rtsps, see ConnectionOptions. */
  trusts?: CertificateCheck | undefined;
}

/**
 * Asks a camera for its description (RTSP DESCRIBE, RFC 2326 10.2) and closes again: whether it is there, lets us in and
 * has the stream, without pulling a picture. Logs in as `client.ts` does. Never rejects.
 */
export async function describe(options: DescribeOptions): Promise<Described> {
  const { url, user, password = '', timeoutMs, trusts, onLetIn } = options;
  let connection: ClientConnection | undefined;
  try {
    connection = await openConnection({
      ...{ url, timeoutMs, trusts, onLetIn, isBasicAllowed: true, signal: new AbortController().signal },
      ...(user ? { login: { user, password } } : {}),
      onPacket: () => undefined,
    });
    const { status, body } = await connection.request('DESCRIBE', url, { Accept: 'application/sdp' });
    if (status === 200) return { ok: true, sdp: body };
    return {
      ok: false,
      reason: status === 404 || status === 454 ? 'not_found' : 'refused_by_camera',
      params: { status },
    };
  } catch (error) {
    const reason = error instanceof RtspClientError ? error.code : 'ended';
    const params = error instanceof RtspClientError ? error.params : {};
    return {
      ok: false,
      reason: reason === 'unsupported' || reason === 'no_video' ? 'bad_data' : reason,
      params,
    };
  } finally {
    connection?.close();
  }
}
