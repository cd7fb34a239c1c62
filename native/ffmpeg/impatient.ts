import type { FfmpegErrorCode } from './failure.ts';
import type { MediaSink } from './media.ts';

/**
 * A sink that tells of its first frame, and fails with 'no_key_frame' when frames came for `keyFrameMs` of which none
 * could be shown. For both kinds of pull.
 */
export function impatient(
  sink: MediaSink,
  keyFrameMs: number,
  report: { first(): void; fail(reason: FfmpegErrorCode, params: Record<string, number>): void },
): MediaSink {
  let waitingSinceMs: number | undefined;
  return {
    track: (track) => sink.track(track),
    frame(frame) {
      waitingSinceMs = undefined;
      sink.frame(frame);
      report.first();
    },
    audio: (frame) => sink.audio?.(frame),
    skipped() {
      sink.skipped();
      waitingSinceMs ??= performance.now();
      if (performance.now() - waitingSinceMs > keyFrameMs)
        report.fail('no_key_frame', { waitedMs: keyFrameMs });
    },
  };
}
