/** Codes of everything that can go wrong with sound; the console words them as `error.<code>`. */
export type AudioErrorCode =
  /** Not a sound file, or one that holds no sound. */
  | 'audio.not_audio'
  | 'audio.too_long'
  | 'audio.too_large'
  | 'audio.file_missing'
  | 'audio.convert_failed'
  | 'audio.text_empty'
  | 'audio.text_too_long'
  /** No program on this machine can speak. */
  | 'audio.no_speech_engine'
  /** There is an engine, but none with a voice for the language in `language`. */
  | 'audio.no_voice'
  | 'audio.speech_failed'
  /** No program on this machine can play a sound. */
  | 'audio.no_player'
  /** The player found no sound card, or the card is taken. */
  | 'audio.no_device'
  | 'audio.play_failed'
  | 'audio.encode_failed'
  | 'audio.encoder_stalled'
  /** The receiver's host answered that nobody listens on the port. */
  | 'audio.refused'
  /** No route to the receiver. */
  | 'audio.unreachable'
  | 'audio.denied'
  | 'audio.bad_target'
  | 'audio.send_failed';

/** An audio failure. `params` complete the sentence (`file`, `language`, `detail`, ...); nothing in them is secret. */
export class AudioError extends Error {
  readonly code: AudioErrorCode;
  readonly params: Record<string, string | number>;

  constructor(code: AudioErrorCode, params: Record<string, string | number> = {}) {
    super([code, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)].join(' '));
    this.name = 'AudioError';
    this.code = code;
    this.params = params;
  }
}

/** The last line that a program printed, short enough for a record. */
export function lastLine(stderr: string): string {
  return (stderr.trim().split('\n').at(-1) ?? '').trim().slice(0, 300);
}
