import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { pullArguments, type Probe } from './arguments.ts';
import { FfmpegError } from './failure.ts';
import { impatient } from './impatient.ts';
import type { MediaSink } from './media.ts';
import type { NutStream } from './nut.ts';
import { startRun, type RunOptions, type RunReader, type RunReport } from './run.ts';
import { videoCodec } from './video-codec.ts';
import { videoMuxer, type VideoMuxer } from './video-muxer.ts';

export interface PullOptions extends RunOptions {
  sink: MediaSink;
  probe: Probe;
  /** Frames without a key frame among them for this long end the pull with 'no_key_frame'. */
  keyFrameMs: number;
}

/**
 * One run of ffmpeg pulling one camera's pictures. Resolves with the first frame handed to the sink.
 * Rejects, or `ended` rejects later, with an FfmpegError whose code says why. Reports progress for each frame.
 */
export function startPull(options: PullOptions, context: WorkerContext): Promise<Worker> {
  const { source, probe, ffmpeg } = options;
  const about = { transport: source.transport, probe, formatMajor: ffmpeg.formatMajor };
  return startRun(
    options,
    (input) => pullArguments({ input, ...about }),
    (report) => reader(options, report),
    context,
  );
}

function reader(options: PullOptions, report: RunReport): RunReader {
  const sink = impatient(options.sink, options.keyFrameMs, report);
  let mux: VideoMuxer | undefined;
  return {
    stream(stream) {
      const codec = videoCodec(stream.fourcc);
      if (!codec) throw new FfmpegError('codec_not_playable', { codec: codecName(stream) });
      // What reading on has not found out about the order of frames nobody can tell.
      mux = videoMuxer(codec, stream, sink, options.probe === 'reordered');
    },
    frame(frame, receivedAtMs) {
      report.progress();
      mux?.(frame, receivedAtMs);
    },
  };
}

function codecName(stream: NutStream): string {
  return stream.fourcc
    .replace(/[^\w ]/g, '?')
    .trim()
    .toLowerCase();
}
