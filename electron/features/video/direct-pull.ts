import { audibleSink, type AudibleSink } from '#native/ffmpeg/audible.ts';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import { impatient } from '#native/ffmpeg/impatient.ts';
import type { AudioTrack, MediaSink } from '#native/ffmpeg/media.ts';
import type { DirectPullOptions } from '#native/ffmpeg/pull-choice.ts';
import { videoCodec } from '#native/ffmpeg/video-codec.ts';
import { videoMuxer, type VideoMuxer } from '#native/ffmpeg/video-muxer.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { RtspClientError } from '#native/rtsp/client-errors.ts';
import { parameterSets, type SdpTrack } from '#native/rtsp/client-sdp.ts';
import { playRtsp, type RtspPlay, type SoundSink } from '#native/rtsp/client.ts';
import { audioTrackOf } from './sound-offer.ts';

/**
 * For the connection, for each answer, and from the answer to PLAY on for the first picture, also one that cannot be shown
 * yet: each for itself, since a slow camera answers four times before it sends.
 */
const PATIENCE_MS = 8_000;
/** Names that ffmpeg gives to what cameras send besides H.264 and H.265. */
const CODEC_NAMES: Readonly<Record<string, string>> = { JPEG: 'mjpg', 'MP4V-ES': 'mpeg4' };

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
  const audible = audibleSink(impatient(options.sink, options.keyFrameMs, report));
  const { sink } = audible;
  let hasCome = false;
  let silence: NodeJS.Timeout | undefined;
  /** Something comes: from here on the watchdog and the patience for key frames see to it. */
  const alive = () => {
    hasCome = true;
    clearTimeout(silence);
    context.progress();
  };
  // what has come while the process stood still is read first
  const giveUp = () =>
    setImmediate(() => {
      if (!hasCome) report.fail('timeout', { what: 'no picture' });
    });
  let read: VideoMuxer = () => undefined;
  let play: RtspPlay | undefined;
  try {
    play = await playRtsp({
      ...{ url: source.url, user: source.user, password: source.password, trusts: source.trusts },
      ...{ timeoutMs: PATIENCE_MS, signal: context.signal, onLetIn: options.onLetIn },
      onTrack: (video) => (read = reader(video, sink)),
      sound: source.sound ? soundInto(audible) : undefined,
      onUnit(unit, receivedAtMs, cameraMs) {
        alive();
        audible.pictureAt(cameraMs);
        read(unit, receivedAtMs);
      },
      onSkipped() {
        alive();
        sink.skipped();
      },
    });
    play.ended.catch((error: unknown) => failed.reject(asPullError(error)));
    if (!hasCome) silence = setTimeout(giveUp, PATIENCE_MS);
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

/**
 * What makes frames of pictures. B-frames that the parameter sets keep quiet about are left to ffmpeg, which finds out by
 * reading on. @throws FfmpegError codec_not_playable
 */
function reader(video: SdpTrack, sink: MediaSink): VideoMuxer {
  const codec = videoCodec(video.codec);
  if (!codec)
    throw new FfmpegError('codec_not_playable', {
      codec: CODEC_NAMES[video.codec] ?? video.codec.toLowerCase(),
    });
  const timeBase = { num: 1, den: video.clockRate };
  return videoMuxer(codec, { codecData: parameterSets(video), timeBase }, sink);
}

/** Sound beside the pictures; a track that cannot be decoded stays unheard. */
function soundInto(audible: AudibleSink): SoundSink {
  let track: AudioTrack | undefined;
  let clockRate = 8_000;
  /** Ticks of the RTP clock that one access unit lasts. */
  let unitTicks = 0;
  return {
    track(described) {
      track = audioTrackOf(described);
      clockRate = described.clockRate;
      unitTicks = track ? (track.frameSamples * clockRate) / track.sampleRate : 0;
      audible.announce(track);
    },
    unit({ data, pts, index, cameraMs }, receivedAtMs) {
      const laterMs = (index * unitTicks * 1_000) / clockRate;
      const mediaMs = (pts * 1_000) / clockRate + laterMs;
      audible.sound(data, mediaMs, receivedAtMs, cameraMs === undefined ? undefined : cameraMs + laterMs);
    },
  };
}

function asPullError(error: unknown): FfmpegError {
  if (error instanceof FfmpegError) return error;
  if (error instanceof RtspClientError) return new FfmpegError(error.code, error.params);
  return new FfmpegError('failed', { what: String(error) });
}
