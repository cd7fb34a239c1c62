import { startChild, type Child } from '#native/process/child.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import type { FfmpegBinary } from './binary.ts';
import { FfmpegError, isFatalAtOnce, reasonOfLine, reasonOfText, type FfmpegErrorCode } from './failure.ts';
import type { Handover } from './handover.ts';
import { nutParser, type NutFrame, type NutStream } from './nut.ts';
import {
  addressWithLogin,
  checkCertificate,
  secretsOf,
  withResolvedHost,
  type RtspSource,
} from './source.ts';

/** What one run of ffmpeg needs to get at a camera. */
export interface RunOptions {
  /** For errors, for instance the camera's id. */
  label: string;
  source: RtspSource;
  ffmpeg: FfmpegBinary;
  handover: Handover;
  /** The camera has taken the login: it plays. */
  onLetIn?: () => void;
}

/** How a run tells what becomes of it. */
export interface RunReport {
  /** It works: what it is there for has come. */
  first(): void;
  fail(reason: FfmpegErrorCode, params?: Record<string, string | number>): void;
  progress(): void;
}

/** Takes what ffmpeg sends. An FfmpegError thrown ends the run with its code, anything else with 'bad_data'. */
export interface RunReader {
  stream(stream: NutStream): void;
  /** @param receivedAtMs wall clock, UTC milliseconds */
  frame(frame: NutFrame, receivedAtMs: number): void;
}

/**
 * One run of ffmpeg on a camera: RTSP in, NUT out. Resolves with the reader's `first`; rejects, or `ended` rejects later,
 * with an FfmpegError whose code says why.
 * @param args ffmpeg's arguments, for the address that it is to open: our handover, never the camera's own with its password
 */
export async function startRun(
  options: RunOptions,
  args: (input: string) => string[],
  reader: (report: RunReport) => RunReader,
  context: WorkerContext,
): Promise<Worker> {
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
    args: args(input),
    stdout: 'pipe',
    secrets: secretsOf(options.source),
    onStderrLine: (line) => {
      const reason = reasonOfLine(line);
      if (reason && isFatalAtOnce(reason)) fail(reason);
    },
  });
  const report = { first: first.resolve, fail, progress: context.progress };
  const taker = reader(report);
  read(child, onStream(taker, options.onLetIn), report);
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

/** ffmpeg describes the stream once the camera has agreed to play. */
function onStream(taker: RunReader, onLetIn: (() => void) | undefined): RunReader {
  return {
    stream(stream) {
      onLetIn?.();
      taker.stream(stream);
    },
    frame: taker.frame,
  };
}

/** Takes ffmpeg's output apart as it comes, and fails the run for whatever is wrong with it. */
function read(child: Child, reader: RunReader, report: RunReport): void {
  let receivedAtMs = 0;
  let isDone = false;
  const parser = nutParser({
    stream: (stream) => reader.stream(stream),
    frame: (frame) => reader.frame(frame, receivedAtMs),
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
