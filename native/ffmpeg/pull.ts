import { startChild, type Child } from '#native/process/child.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { pullArguments, type Probe } from './arguments.ts';
import type { FfmpegBinary } from './binary.ts';
import { FfmpegError, isFatalAtOnce, reasonOfLine, reasonOfText, type FfmpegErrorCode } from './failure.ts';
import type { Handover } from './handover.ts';
import { impatient } from './impatient.ts';
import type { MediaSink } from './media.ts';
import { nutParser, type NutStream } from './nut.ts';
import {
  addressWithLogin,
  checkCertificate,
  secretsOf,
  withResolvedHost,
  type RtspSource,
} from './source.ts';
import { videoCodec } from './video-codec.ts';
import { videoMuxer, type VideoMuxer } from './video-muxer.ts';

export interface PullOptions {
  /** For errors, for instance the camera's id. */
  label: string;
  source: RtspSource;
  ffmpeg: FfmpegBinary;
  handover: Handover;
  sink: MediaSink;
  probe: Probe;
  /** Frames without a key frame among them for this long end the pull with 'no_key_frame'. */
  keyFrameMs: number;
}

/**
 * One run of ffmpeg pulling one camera. Resolves with the first frame handed to the sink.
 * Rejects, or `ended` rejects later, with an FfmpegError whose code says why. Reports progress for each frame.
 */
export async function startPull(options: PullOptions, context: WorkerContext): Promise<Worker> {
  await checkCertificate(options.source);
  const input = await options.handover.addressFor(addressWithLogin(await withResolvedHost(options.source)));
  if (context.signal.aborted) throw new FfmpegError('ended');
  const first = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const fail = (reason: FfmpegErrorCode, params = {}) =>
    failed.reject(new FfmpegError(reason, { label: options.label, ...params }));

  const child = startChild({
    label: options.label,
    command: options.ffmpeg.path,
    args: pullArguments({
      input,
      transport: options.source.transport,
      probe: options.probe,
      formatMajor: options.ffmpeg.formatMajor,
    }),
    stdout: 'pipe',
    secrets: secretsOf(options.source),
    onStderrLine: (line) => {
      const reason = reasonOfLine(line);
      if (reason && isFatalAtOnce(reason)) fail(reason);
    },
  });
  read(child, options, { first: first.resolve, fail, progress: context.progress });
  void child.exited.then((exit) =>
    fail(reasonOfText(child.stderrTail()) ?? 'ended', { exit: exit.code ?? `${exit.signal}` }),
  );
  const onAbort = () => fail('ended');
  context.signal.addEventListener('abort', onAbort, { once: true });
  // An ffmpeg that copies has nothing to finish: the shorter grace makes a restart quicker.
  const stop = () => child.stop(300);
  try {
    await Promise.race([first.promise, failed.promise]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    context.signal.removeEventListener('abort', onAbort);
  }
  return { ended: failed.promise, stop };
}

interface Report {
  first(): void;
  fail(reason: FfmpegErrorCode, params?: Record<string, string | number>): void;
  progress(): void;
}

/** Takes ffmpeg's output apart as it comes, and fails the pull for whatever is wrong with it. */
function read(child: Child, options: PullOptions, report: Report): void {
  let mux: VideoMuxer | undefined;
  let receivedAtMs = 0;
  let isDone = false;

  const sink = impatient(options.sink, options.keyFrameMs, report);
  const parser = nutParser({
    stream(stream) {
      const codec = videoCodec(stream.fourcc);
      if (!codec) throw new FfmpegError('codec_not_playable', { codec: codecName(stream) });
      // What reading on has not found out about the order of frames nobody can tell.
      mux = videoMuxer(codec, stream, sink, options.probe === 'reordered');
    },
    frame(frame) {
      report.progress();
      mux?.(frame, receivedAtMs);
    },
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    if (isDone) return;
    receivedAtMs = Date.now();
    try {
      parser.push(chunk);
    } catch (error) {
      isDone = true;
      if (error instanceof FfmpegError) report.fail(error.code, error.params);
      else report.fail('bad_data', { what: String(error) });
    }
  });
}

function codecName(stream: NutStream): string {
  return stream.fourcc
    .replace(/[^\w ]/g, '?')
    .trim()
    .toLowerCase();
}
