import { pullArguments } from '#native/ffmpeg/arguments.ts';
import type { FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { FfmpegError, reasonOfText, streamReason } from '#native/ffmpeg/failure.ts';
import type { Handover } from '#native/ffmpeg/handover.ts';
import { nutParser } from '#native/ffmpeg/nut.ts';
import {
  addressWithLogin,
  checkCertificate,
  secretsOf,
  withResolvedHost,
  type RtspSource,
} from '#native/ffmpeg/source.ts';
import { startChild } from '#native/process/child.ts';
import { runChild } from '#native/process/run-child.ts';
import { measure, type SeenFrame, type WatchedStream } from './measure.ts';

/** Long enough to see frame rate and bit rate settle; with two key frames seen it is enough. */
const ENOUGH_MS = 3_000;
/** Without a second key frame for so long, "more than 4 s apart" is certain. */
const LONGEST_MS = 9_000;
const FIRST_FRAME_MS = 15_000;
/** Of the stream for the picture: a 4K key frame stays under 2 MB. */
const KEPT_BYTES = 12 * 1024 * 1024;
const PICTURE_BYTES = 2 * 1024 * 1024;

export interface Watched {
  stream: WatchedStream;
  /** JPEG of at most 960 pixels in width; null when it could not be decoded. */
  picture: Buffer | null;
}

/**
 * Pulls a stream once, for 3 to 9 s, measures it, and decodes one picture of what came.
 * @throws FfmpegError with the reason why nothing came
 */
export async function watchStream(
  source: RtspSource,
  with_: { ffmpeg: FfmpegBinary; handover: Handover; signal?: AbortSignal },
): Promise<Watched> {
  const { ffmpeg, handover } = with_;
  await checkCertificate(source);
  const input = await handover.addressFor(addressWithLogin(await withResolvedHost(source)));
  const child = startChild({
    label: 'camera test',
    command: ffmpeg.path,
    args: pullArguments({
      input,
      transport: source.transport,
      probe: 'slow',
      formatMajor: ffmpeg.formatMajor,
    }),
    stdout: 'pipe',
    secrets: secretsOf(source),
  });
  const frames: SeenFrame[] = [];
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let header: { fourcc: string; width: number; height: number } | undefined;
  const { promise: enough, resolve: stopWatching, reject } = Promise.withResolvers<void>();
  const fail = (error: unknown) => reject(error);
  let timer = setTimeout(() => fail(new FfmpegError('timeout')), FIRST_FRAME_MS);
  let firstAtMs: number | undefined;
  const parser = nutParser({
    stream: ({ fourcc, width, height }) => (header = { fourcc, width, height }),
    frame({ stream, pts, key, data }) {
      const { num, den } = stream.timeBase;
      frames.push({ atMs: (pts * num * 1000) / den, key, bytes: data.length });
      if (firstAtMs === undefined) {
        firstAtMs = performance.now();
        clearTimeout(timer);
        timer = setTimeout(stopWatching, LONGEST_MS);
      }
      const keys = frames.filter((one) => one.key).length;
      if (keys >= 2 && performance.now() - firstAtMs >= ENOUGH_MS) stopWatching();
    },
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    if (keptBytes < KEPT_BYTES) {
      kept.push(chunk);
      keptBytes += chunk.length;
    }
    try {
      parser.push(chunk);
    } catch (error) {
      fail(error);
    }
  });
  const onAbort = () => fail(new FfmpegError('ended'));
  with_.signal?.addEventListener('abort', onAbort, { once: true });
  // a stream that ends by itself after some frames was seen all the same
  void child.exited.then(() =>
    frames.length > 1
      ? stopWatching()
      : fail(new FfmpegError(streamReason(reasonOfText(child.stderrTail()) ?? 'ended'))),
  );
  try {
    await enough;
  } finally {
    clearTimeout(timer);
    with_.signal?.removeEventListener('abort', onAbort);
    await child.stop(300);
  }
  if (!header || frames.length < 2) throw new FfmpegError('no_video');
  if (!frames.some(({ key }) => key)) throw new FfmpegError('no_key_frame');
  return { stream: measure(header, frames), picture: await decode(ffmpeg, Buffer.concat(kept)) };
}

/** One picture of what was pulled: any codec that ffmpeg knows, no second connection to the camera. */
async function decode(ffmpeg: FfmpegBinary, nut: Buffer): Promise<Buffer | null> {
  const result = await runChild({
    label: 'camera picture',
    command: ffmpeg.path,
    args: [
      ...['-hide_banner', '-nostats', '-loglevel', 'error', '-f', 'nut', '-i', 'pipe:0', '-map', '0:v:0'],
      ...[
        '-frames:v',
        '1',
        '-vf',
        "scale='min(960,iw)':-2",
        '-q:v',
        '4',
        '-f',
        'image2pipe',
        '-c:v',
        'mjpeg',
        'pipe:1',
      ],
    ],
    input: nut,
    timeoutMs: 10_000,
    maxOutputBytes: PICTURE_BYTES,
  }).catch(() => null);
  return result && result.code === 0 && result.stdout.length > 0 ? result.stdout : null;
}
