import { FfmpegError } from '#native/ffmpeg/failure.ts';
import { parseH264Sps } from '#native/ffmpeg/h264-sps.ts';
import { splitH264 } from '#native/ffmpeg/h264-unit.ts';
import { h264Muxer } from '#native/ffmpeg/h264-muxer.ts';
import type { MediaSink } from '#native/ffmpeg/media.ts';
import { impatient } from '#native/ffmpeg/impatient.ts';
import type { DirectPullOptions } from '#native/ffmpeg/pull-choice.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { RtspClientError } from '#native/rtsp/client-errors.ts';
import { parameterSets, type SdpTrack } from '#native/rtsp/client-sdp.ts';
import { playRtsp, type RtspPlay } from '#native/rtsp/client.ts';
import type { AccessUnit } from '#native/rtsp/rtp-access-unit.ts';

/** For the connection, each answer, and the first picture (or a part of one that cannot be shown yet). */
const PATIENCE_MS = 8_000;
/** Names that ffmpeg gives to what cameras send besides H.264. */
const CODEC_NAMES: Readonly<Record<string, string>> = { H265: 'hevc', JPEG: 'mjpg', 'MP4V-ES': 'mpeg4' };

/**
 * One pull by the RTSP client of this process, into the same muxer as ffmpeg's. Resolves with the first frame handed to
 * the sink; rejects, or `ended` rejects later, with an FfmpegError: `unsupported` where only ffmpeg can.
 */
export async function startDirectPull(options: DirectPullOptions, context: WorkerContext): Promise<Worker> {
  const { source } = options;
  if (source.transport !== 'tcp') throw new FfmpegError('unsupported', { what: 'udp' });
  const first = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const report = {
    first: first.resolve,
    fail: (code: FfmpegError['code'], params = {}) => failed.reject(new FfmpegError(code, params)),
  };
  const sink = impatient(options.sink, options.keyFrameMs, report);
  const silence = setTimeout(() => report.fail('timeout', { what: 'no picture' }), PATIENCE_MS);
  /** Something comes: from here on the watchdog and the patience for key frames see to it. */
  const alive = () => {
    clearTimeout(silence);
    context.progress();
  };
  let read: (unit: AccessUnit, receivedAtMs: number) => void = () => undefined;
  let play: RtspPlay | undefined;
  try {
    play = await playRtsp({
      ...{ url: source.url, user: source.user, password: source.password, trusts: source.trusts },
      ...{ timeoutMs: PATIENCE_MS, signal: context.signal },
      onTrack: (video) => (read = reader(video, sink)),
      onUnit(unit, receivedAtMs) {
        alive();
        read(unit, receivedAtMs);
      },
      onSkipped() {
        alive();
        sink.skipped();
      },
    });
    play.ended.catch((error: unknown) => failed.reject(asPullError(error)));
    const onAbort = () => report.fail('ended');
    context.signal.addEventListener('abort', onAbort, { once: true });
    await Promise.race([first.promise, failed.promise]).finally(() =>
      context.signal.removeEventListener('abort', onAbort),
    );
    const { stop } = play;
    return { ended: failed.promise, stop };
  } catch (error) {
    await play?.stop();
    throw asPullError(error);
  } finally {
    clearTimeout(silence);
  }
}

/** What makes frames of pictures. @throws FfmpegError codec_not_playable for anything but H.264. */
function reader(video: SdpTrack, sink: MediaSink): (unit: AccessUnit, receivedAtMs: number) => void {
  if (video.codec !== 'H264') {
    const codec = CODEC_NAMES[video.codec] ?? video.codec.toLowerCase();
    throw new FfmpegError('codec_not_playable', { codec });
  }
  const codecData = parameterSets(video);
  let mux: ReturnType<typeof h264Muxer> | undefined;
  let decodeDelay = 0;
  let lastPts = -Infinity;

  return (unit, receivedAtMs) => {
    if (!mux) {
      const sps = splitH264(unit.data).sps ?? splitH264(codecData).sps;
      if (!sps) return sink.skipped();
      decodeDelay = parseH264Sps(sps).reorderFrames;
      mux = h264Muxer({ codecData, decodeDelay, timeBase: { num: 1, den: video.clockRate } }, sink);
    }
    // B-frames that the parameter sets keep quiet about: ffmpeg finds out by reading on. A step of seconds is a clock.
    const back = lastPts - unit.pts;
    if (decodeDelay === 0 && back > 0 && back < video.clockRate)
      throw new FfmpegError('unsupported', { what: 'reordered frames' });
    lastPts = unit.pts;
    mux(unit, receivedAtMs);
  };
}

function asPullError(error: unknown): FfmpegError {
  if (error instanceof FfmpegError) return error;
  if (error instanceof RtspClientError) return new FfmpegError(error.code, error.params);
  return new FfmpegError('failed', { what: String(error) });
}
