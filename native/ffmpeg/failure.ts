/**
 * Why a stream has no picture. The console words these codes.
 * - `no_route`, `refused`, `timeout`, `unknown_host`: the network, before the camera spoke
 * - `wrong_password`, `certificate_changed`, `not_found`, `refused_by_camera`: the camera's own answer
 * - `no_video`, `codec_not_playable`, `no_key_frame`, `bad_data`: what it sends
 * - `stalled`, `ended`: it sent, then no more
 * - `no_ffmpeg`, `transcoder` (re-encoding fails), `transcoding_off` (it is not allowed to), `failed`: our side
 */
export const STREAM_REASONS = [
  ...([
    'no_route',
    'refused',
    'timeout',
    'unknown_host',
    'wrong_password',
    'certificate_changed',
    'not_found',
    'refused_by_camera',
  ] as const),
  ...(['no_video', 'codec_not_playable', 'no_key_frame', 'bad_data'] as const),
  ...(['stalled', 'ended', 'no_ffmpeg', 'transcoder', 'transcoding_off', 'failed'] as const),
] as const;
export type StreamReason = (typeof STREAM_REASONS)[number];

/**
 * `unusable_binary`: an ffmpeg that does not run. `probe_failed`: the camera's description lacks the picture's size.
 * `unsupported`: not with this way of pulling, perhaps with the other.
 */
export type FfmpegErrorCode = StreamReason | 'unusable_binary' | 'probe_failed' | 'unsupported';

/** `code` is for programs; the message holds no secret. */
export class FfmpegError extends Error {
  readonly code: FfmpegErrorCode;
  readonly params: Record<string, string | number>;

  constructor(code: FfmpegErrorCode, params: Record<string, string | number> = {}) {
    const details = Object.entries(params).map(([key, value]) => `${key}=${value}`);
    super([code, ...details].join(' '));
    this.name = 'FfmpegError';
    this.code = code;
    this.params = params;
  }
}

/** Words of ffmpeg 4 to 7 (libavformat's RTSP, the C library's errno texts, Windows' winsock ones). Order matters. */
const SIGNS: readonly (readonly [RegExp, FfmpegErrorCode])[] = [
  [/\b401\b|\bUnauthorized\b|authorization failed|\b403\b|Forbidden/i, 'wrong_password'],
  [/\b404\b|Not Found/i, 'not_found'],
  [/method (?:DESCRIBE|SETUP|PLAY|OPTIONS) failed: \d{3}|Server returned [45]\w\w/i, 'refused_by_camera'],
  [/Connection refused|-10061\b/i, 'refused'],
  [/No route to host|Network is unreachable|Host is unreachable|-1006[45]\b|-10051\b/i, 'no_route'],
  [
    /Name or service not known|Temporary failure in name resolution|Failed to resolve hostname|-11001\b/i,
    'unknown_host',
  ],
  [/Connection timed out|Operation timed out|-10060\b/i, 'timeout'],
  [/dimensions not set|Could not find codec parameters|unspecified size/i, 'probe_failed'],
  [/matches no streams|does not contain any stream/i, 'no_video'],
  // NUT takes no frame without a time, and ffmpeg finds none for the first one where there are B-frames.
  [/Negative pts not supported/, 'unsupported'],
  [/Invalid data found when processing input/i, 'bad_data'],
];

/** The reason that one line of ffmpeg's stderr gives, if it names one. */
export function reasonOfLine(line: string): FfmpegErrorCode | undefined {
  return SIGNS.find(([sign]) => sign.test(line))?.[1];
}

/**
 * Reasons after which ffmpeg does nothing useful any more. Its 4.x follows a redirect to an unreachable camera
 * for ever, several thousand times a second, so it is ended at the first such line.
 */
export function isFatalAtOnce(reason: FfmpegErrorCode): boolean {
  return reason === 'refused' || reason === 'no_route' || reason === 'unknown_host' || reason === 'timeout';
}

/** The reason of a whole stderr tail: the first line that names a precise one. */
export function reasonOfText(text: string): FfmpegErrorCode | undefined {
  const found = text.split('\n').flatMap((line) => reasonOfLine(line) ?? []);
  return found.find((reason) => reason !== 'bad_data') ?? found[0];
}

const OWN_WORDS: Readonly<Record<string, StreamReason>> = {
  start_timeout: 'timeout',
  probe_failed: 'bad_data',
  unusable_binary: 'no_ffmpeg',
  command_not_found: 'no_ffmpeg',
  not_executable: 'no_ffmpeg',
  spawn_failed: 'no_ffmpeg',
};

/** What a supervisor's or a child process's reason means for a stream. */
export function streamReason(reason: string): StreamReason {
  return STREAM_REASONS.find((known) => known === reason) ?? OWN_WORDS[reason] ?? 'failed';
}

const SAYS_LITTLE = new Set<unknown>(['timeout', 'stalled', 'ended', 'failed', undefined]);
/** About the way of pulling, not about the camera. */
const SAYS_NOTHING = new Set<unknown>([...SAYS_LITTLE, 'unsupported', 'no_ffmpeg', 'unusable_binary']);

/**
 * Of two tries of one start the error that says more: a camera that was seen to send no key frame is not one that does
 * not answer because the second try of it heard nothing. `first`: undefined if there was one try only.
 */
export function moreTelling(first: unknown, second: unknown): unknown {
  const code = (error: unknown) => (error instanceof FfmpegError ? error.code : undefined);
  return SAYS_LITTLE.has(code(second)) && !SAYS_NOTHING.has(code(first)) ? first : second;
}
