/**
 * Why a stream has no picture. The console words these codes.
 * - `no_route`, `refused`, `timed_out`, `unknown_host`: the network, before the camera spoke
 * - `wrong_password`, `not_found`, `refused_by_camera`: the camera's own answer
 * - `no_video`, `codec_not_playable`, `no_key_frame`, `bad_data`: what it sends
 * - `stalled`, `ended`: it sent, then no more
 * - `no_binary`, `unusable_binary`, `failed`: our side
 */
export type StreamReason =
  | 'no_route'
  | 'refused'
  | 'timed_out'
  | 'unknown_host'
  | 'wrong_password'
  | 'not_found'
  | 'refused_by_camera'
  | 'no_video'
  | 'codec_not_playable'
  | 'no_key_frame'
  | 'bad_data'
  | 'stalled'
  | 'ended'
  | 'no_binary'
  | 'unusable_binary'
  | 'start_timeout'
  | 'probe_failed'
  | 'failed';

/** `code` is for programs; the message holds no secret. */
export class FfmpegError extends Error {
  readonly code: StreamReason;
  readonly params: Record<string, string | number>;

  constructor(code: StreamReason, params: Record<string, string | number> = {}) {
    const details = Object.entries(params).map(([key, value]) => `${key}=${value}`);
    super([code, ...details].join(' '));
    this.name = 'FfmpegError';
    this.code = code;
    this.params = params;
  }
}

/** Words of ffmpeg 4 to 7 (libavformat's RTSP, the C library's errno texts, Windows' winsock ones). Order matters. */
const SIGNS: readonly (readonly [RegExp, StreamReason])[] = [
  [/\b401\b|\bUnauthorized\b|authorization failed|\b403\b|Forbidden/i, 'wrong_password'],
  [/\b404\b|Not Found/i, 'not_found'],
  [/method (?:DESCRIBE|SETUP|PLAY|OPTIONS) failed: \d{3}|Server returned [45]\w\w/i, 'refused_by_camera'],
  [/Connection refused|-10061\b/i, 'refused'],
  [/No route to host|Network is unreachable|Host is unreachable|-1006[45]\b|-10051\b/i, 'no_route'],
  [
    /Name or service not known|Temporary failure in name resolution|Failed to resolve hostname|-11001\b/i,
    'unknown_host',
  ],
  [/Connection timed out|Operation timed out|-10060\b/i, 'timed_out'],
  [/dimensions not set|Could not find codec parameters|unspecified size/i, 'probe_failed'],
  [/matches no streams|does not contain any stream/i, 'no_video'],
  [/Invalid data found when processing input/i, 'bad_data'],
];

/** The reason that one line of ffmpeg's stderr gives, if it names one. */
export function reasonOfLine(line: string): StreamReason | undefined {
  return SIGNS.find(([sign]) => sign.test(line))?.[1];
}

/**
 * Reasons after which ffmpeg does nothing useful any more. Its 4.x follows a redirect to an unreachable camera
 * for ever, several thousand times a second, so it is ended at the first such line.
 */
export function isFatalAtOnce(reason: StreamReason): boolean {
  return reason === 'refused' || reason === 'no_route' || reason === 'unknown_host' || reason === 'timed_out';
}

/** The reason of a whole stderr tail: the first line that names a precise one. */
export function reasonOfText(text: string): StreamReason | undefined {
  const found = text.split('\n').flatMap((line) => reasonOfLine(line) ?? []);
  return found.find((reason) => reason !== 'bad_data') ?? found[0];
}

/** The reason of any error that a pull ended with. */
export function errorReason(error: unknown): StreamReason {
  return error instanceof FfmpegError ? error.code : 'failed';
}
