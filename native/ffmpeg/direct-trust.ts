import type { FfmpegErrorCode } from './failure.ts';

/** A camera that does not behave with our own client is left to ffmpeg for this long. */
export const DISTRUST_MS = 10 * 60_000;
/** Ends within this of the start are no accident if they repeat. */
const SHORT_RUN_MS = 60_000;
const MAX_SHORT_RUNS = 3;

/** The camera is not there or says no: ffmpeg would hear the same, and a second try with a wrong password locks accounts. */
const SAME_FOR_BOTH = new Set<string>([
  'no_route',
  'refused',
  'unknown_host',
  'wrong_password',
  'certificate_changed',
  'not_found',
]);
const NOT_THERE = new Set<string>(['no_ffmpeg', 'unusable_binary']);
/** Not the client's fault at once; if they repeat, perhaps. */
const STRIKES = new Set<string>(['ended', 'stalled', 'timeout']);

export interface DirectTrust {
  mayTry(nowMs: number): boolean;
  /**
   * The direct pull has failed. `ranMs`: how long it had pictures, 0 if it never had one. True if ffmpeg is to take over
   * at once; false if the failure is to be treated as one of any pull.
   */
  failed(code: FfmpegErrorCode, ranMs: number, nowMs: number): boolean;
  /** ffmpeg has failed too, after `ranMs`, or is not there: what our client was blamed for was not its fault. */
  otherFailed(code: FfmpegErrorCode, ranMs: number): void;
  /** Another camera: nothing is known of it. */
  forget(): void;
}

/** Decides whether a camera is pulled directly (again). Pure but for its memory; times are monotonic. */
export function directTrust(): DirectTrust {
  let distrustedUntilMs = 0;
  let shortRuns = 0;

  function distrust(untilMs: number): true {
    distrustedUntilMs = untilMs;
    shortRuns = 0;
    return true;
  }

  return {
    mayTry: (nowMs) => nowMs >= distrustedUntilMs,
    failed(code, ranMs, nowMs) {
      if (SAME_FOR_BOTH.has(code) || code === 'codec_not_playable') return false;
      // It will be the same tomorrow: datagrams, TLS.
      if (code === 'unsupported') return distrust(Infinity);
      if (!STRIKES.has(code)) return distrust(nowMs + DISTRUST_MS);
      shortRuns = ranMs < SHORT_RUN_MS ? shortRuns + 1 : 0;
      return shortRuns >= MAX_SHORT_RUNS && distrust(nowMs + DISTRUST_MS);
    },
    otherFailed(code, ranMs) {
      const isNoBetter = NOT_THERE.has(code) || (STRIKES.has(code) && ranMs < SHORT_RUN_MS);
      if (isNoBetter && distrustedUntilMs !== Infinity) distrustedUntilMs = 0;
    },
    forget() {
      distrustedUntilMs = 0;
      shortRuns = 0;
    },
  };
}
