import { startChild } from '#native/process/child.ts';
import type { FfmpegBinary } from './binary.ts';
import { transcodeArguments, type Encoder } from './encoders.ts';
import { FfmpegError, type FfmpegErrorCode } from './failure.ts';
import { compositionOffset } from './fmp4.ts';
import type { MediaFrame, MediaTrack } from './media.ts';
import { nutParser } from './nut.ts';
import { h264 } from './h264-codec.ts';
import { TICKS_PER_SECOND } from './timeline.ts';
import { videoMuxer, type VideoMuxer } from './video-muxer.ts';

/** Not yet taken by ffmpeg: more than this is an encoder that does not follow. A 4K key frame stays under 2 MB. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
/** Pictures on their way through ffmpeg whose marks are kept; those that it gives up are forgotten in their order. */
const MAX_ON_THE_WAY = 600;
/** What is left of a tick after two conversions. */
const SAME_TICKS = 3;

export interface TranscoderOptions<Mark> {
  label: string;
  ffmpeg: FfmpegBinary;
  encoder: Encoder;
  maxWidth: number;
  /** See TranscodeArguments. */
  eachAlone?: boolean;
  track(track: MediaTrack): void;
  /** A picture, with what was said of it when it went in. */
  frame(frame: MediaFrame, mark: Mark): void;
}

export interface Transcoder<Mark> {
  /** A fragment of the track that it was started with, in the order of decoding. */
  push(fragment: Pick<MediaFrame, 'data' | 'ticks'>, mark: Mark): void;
  /** Nothing more should go in before some has come out. */
  readonly isFull: boolean;
  /** Rejects when ffmpeg is gone or sends nonsense. */
  readonly ended: Promise<never>;
  /** Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** One ffmpeg that makes H.264 of one track. @throws ProcessError if there is no ffmpeg to start */
export function startTranscoder<Mark>(
  source: Pick<MediaTrack, 'init'>,
  options: TranscoderOptions<Mark>,
): Transcoder<Mark> {
  const { label, ffmpeg, encoder, maxWidth, eachAlone } = options;
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const fail = (code: FfmpegErrorCode, params: Record<string, string | number>) =>
    ended.reject(new FfmpegError(code, { label, encoder: encoder.name, ...params }));
  const child = startChild({
    label,
    command: ffmpeg.path,
    args: transcodeArguments({ encoder, maxWidth, eachAlone, formatMajor: ffmpeg.formatMajor }),
    stdin: 'pipe',
    stdout: 'pipe',
  });
  const stdin = child.stdin!;
  /** By the time at which they are shown, in the order in which they went in. */
  const onTheWay = new Map<number, Mark>();
  let lastMark: Mark | undefined;

  function take(pts: number): Mark | undefined {
    for (let off = 0; off <= SAME_TICKS; off += 1)
      for (const ticks of [pts - off, pts + off]) {
        const mark = onTheWay.get(ticks);
        if (mark === undefined) continue;
        onTheWay.delete(ticks);
        return mark;
      }
    return undefined;
  }

  let mux: VideoMuxer | undefined;
  const parser = nutParser({
    stream(stream) {
      mux = videoMuxer(h264, stream, {
        track: options.track,
        // A picture that nobody can name goes with the one before it.
        frame: (frame) => lastMark !== undefined && options.frame(frame, lastMark),
        skipped: () => undefined,
      });
    },
    frame(frame) {
      const { num, den } = frame.stream.timeBase;
      lastMark = take(Math.round((frame.pts * num * TICKS_PER_SECOND) / den)) ?? lastMark;
      mux?.(frame, 0);
    },
  });
  let isBroken = false;
  child.stdout?.on('data', (chunk: Buffer) => {
    if (isBroken) return;
    try {
      parser.push(chunk);
    } catch (error) {
      isBroken = true;
      fail('bad_data', { what: error instanceof Error ? error.message : String(error) });
    }
  });
  void child.exited.then(({ code, signal }) =>
    fail('transcoder', { exit: code ?? `${signal}`, said: child.stderrTail().trim().slice(-300) }),
  );
  stdin.write(source.init);

  return {
    push({ data, ticks }, mark) {
      if (!stdin.writable) return;
      onTheWay.set(ticks + compositionOffset(data), mark);
      const [oldest] = onTheWay.keys();
      if (onTheWay.size > MAX_ON_THE_WAY && oldest !== undefined) onTheWay.delete(oldest);
      stdin.write(data);
    },
    get isFull() {
      return stdin.writableLength > MAX_UNSENT_BYTES;
    },
    ended: ended.promise,
    // Nothing that it still has is wanted.
    stop: () => child.stop(300),
  };
}
