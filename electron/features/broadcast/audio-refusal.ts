import { AudioError, type AudioErrorCode } from '#native/audio/errors.ts';
import { StationError } from '#station/errors.ts';

/** What the person can change; everything else is the machine's. */
const THEIRS: readonly AudioErrorCode[] = [
  'audio.not_audio',
  'audio.too_long',
  'audio.too_large',
  'audio.text_empty',
  'audio.text_too_long',
  'audio.no_voice',
];

/**
 * An audio failure as a refusal of the contract, with the driver's code and parameters; `replace` puts what the person
 * knows in the place of internal names. Other errors pass as they are.
 */
export function audioRefusal(error: unknown, replace: Record<string, string> = {}): unknown {
  if (!(error instanceof AudioError)) return error;
  const code = THEIRS.includes(error.code) ? 'INVALID' : 'UNAVAILABLE';
  return new StationError(code, error.code, { ...error.params, ...replace });
}

/** Failures that are the zone's own: they make a zone faulty, where a broken message does not. */
const OF_ZONE: readonly AudioErrorCode[] = [
  'audio.refused',
  'audio.unreachable',
  'audio.denied',
  'audio.bad_target',
  'audio.send_failed',
  'audio.no_player',
  'audio.no_device',
  'audio.play_failed',
];

export function isZoneFault(code: string): boolean {
  return (OF_ZONE as readonly string[]).includes(code);
}
