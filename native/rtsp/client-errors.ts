/**
 * Why a camera could not be pulled. The words are those of `describe.ts` and of the ffmpeg pull, so that the console
 * words them once; `unsupported` is ours: this client cannot, another may (datagrams, a codec of its own).
 */
export type RtspReason =
  | 'no_route'
  | 'refused'
  | 'timeout'
  | 'unknown_host'
  | 'wrong_password'
  | 'certificate_changed'
  | 'not_found'
  | 'refused_by_camera'
  | 'no_video'
  | 'bad_data'
  | 'ended'
  | 'unsupported';

/** `code` is for programs; the message names what, and holds no secret. */
export class RtspClientError extends Error {
  readonly code: RtspReason;
  readonly params: Record<string, string | number>;

  constructor(code: RtspReason, params: Record<string, string | number> = {}) {
    super([code, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)].join(' '));
    this.name = 'RtspClientError';
    this.code = code;
    this.params = params;
  }
}

const NETWORK: Readonly<Record<string, RtspReason>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'no_route',
  ENETUNREACH: 'no_route',
  EHOSTDOWN: 'no_route',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
};

/** What an error of a socket means; whatever is not known is a connection that ended. */
export function reasonOfSocketError(error: NodeJS.ErrnoException): RtspReason {
  return NETWORK[error.code ?? ''] ?? 'ended';
}
