import { tieredBackoffMs } from '#native/process/backoff.ts';
import { systemClock, type Clock } from '#native/process/clock.ts';
import { supervise, type Supervised, type Worker, type WorkerContext } from '#native/process/supervise.ts';
import type { FfmpegBinary } from './binary.ts';
import type { EncoderChoice } from './encoder-choice.ts';
import { softwareEncoder, type Encoder } from './encoders.ts';
import { FfmpegError, streamReason } from './failure.ts';
import { compositionOffset } from './fmp4.ts';
import { gopCache } from './gop-cache.ts';
import type { AudioFrame, MediaFrame, MediaTrack } from './media.ts';
import type { JoinOptions, Relay, StreamState, Viewer } from './relay.ts';
import { startTranscoder, type Transcoder } from './transcoder.ts';

export interface TranscodeOptions {
  label: string;
  /** The stream as the camera sends it. It is pulled while somebody looks at what is made of it. */
  source: Relay;
  ffmpeg: () => Promise<FfmpegBinary>;
  encoders: EncoderChoice;
  /** 'software' uses no hardware, 'never' refuses with `transcoding_off`. Asked at every start. */
  mode: () => 'auto' | 'software' | 'never';
  maxWidth: number;
  /** How long it goes on after the last viewer has left. Default 10 s. */
  lingerMs?: number;
  /** Pictures go in and none come out for this long. Default 12 s: longer than the pull's own patience. */
  stallMs?: number;
  clock?: Clock;
  onState?: (state: StreamState) => void;
}

export interface Transcode extends Relay {
  /** What it was allowed to may have changed: ffmpeg starts again. */
  reconsider(): void;
}

/** What is remembered of a picture while ffmpeg has it. */
interface Mark {
  receivedAtMs: number;
  isCached: boolean;
  /** Its decoding time on the source's timeline. */
  ticks: number;
}

/** Profiles of H.264 that every browser plays: Baseline, Main, Extended, High (8 bits, 4:2:0). */
const PLAYED_EVERYWHERE = /^avc1\.(42|4d|58|64)/i;
/** A hardware encoder that fails this often on a stream is not asked again for it (some have few places). */
const MAX_HARDWARE_FAILURES = 2;

/**
 * A relay of what another relay carries, in H.264 whatever that is: one ffmpeg for all who need it, started with the first
 * of them and fed with the pull that is there already. H.264 passes through untouched. An encoder that does not follow
 * loses whole groups of pictures, never single ones.
 */
export function createTranscode(options: TranscodeOptions): Transcode {
  const { source } = options;
  const clock = options.clock ?? systemClock();
  const viewers = new Set<Viewer>();
  const working = new Set<Viewer>();
  const cache = gopCache();
  /** What ffmpeg gets when it starts: from the newest key frame on. */
  const input = gopCache();
  let from: { state: StreamState; track: MediaTrack | undefined } = {
    state: { kind: 'idle' },
    track: undefined,
  };
  let track: MediaTrack | undefined;
  let state: StreamState = { kind: 'idle' };
  let transcoder: Transcoder<Mark> | undefined;
  let encoder: Encoder | undefined;
  let hardwareFailures = 0;
  let isSkipping = false;
  /** From the source's timeline to the one that goes out. */
  let shift: number | undefined;
  let leaveSource: (() => void) | undefined;
  let leaveWorking: (() => void) | undefined;
  let cancelLinger: (() => void) | undefined;

  const supervised: Supervised = supervise({
    start,
    clock,
    stallMs: options.stallMs ?? 12_000,
    // A decision does not change by itself; when it does, `reconsider` is called.
    backoff: (attempt, reason) => (reason === 'transcoding_off' ? 60_000 : tieredBackoffMs(attempt)),
    onState(next) {
      if (next.kind === 'backing-off') forget();
      if (next.kind === 'backing-off' && encoder?.isHardware) hardwareFailures += 1;
      show();
    },
  });

  async function start(context: WorkerContext): Promise<Worker> {
    const mode = options.mode();
    if (mode === 'never') throw new FfmpegError('transcoding_off');
    const ffmpeg = await options.ffmpeg();
    const isSoftware = mode === 'software' || hardwareFailures >= MAX_HARDWARE_FAILURES;
    encoder = isSoftware ? softwareEncoder : await options.encoders.get(ffmpeg);
    const of = from.track;
    if (!of || context.signal.aborted) throw new FfmpegError('ended');
    const first = Promise.withResolvers<void>();
    const made = startTranscoder<Mark>(of, {
      ...{ label: `${options.label} transcode`, ffmpeg, encoder, maxWidth: options.maxWidth },
      track: (next) => context.signal.aborted || onTrack({ ...next, audio: of.audio }),
      frame(frame, mark) {
        if (context.signal.aborted) return;
        context.progress();
        first.resolve();
        shift = frame.ticks - mark.ticks;
        emit({ ...frame, receivedAtMs: mark.receivedAtMs }, mark.isCached);
      },
    });
    for (const frame of input.frames()) feed(made, frame, true);
    transcoder = made;
    const aborted = new Promise<never>((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(new FfmpegError('ended')), { once: true });
    });
    try {
      await Promise.race([first.promise, made.ended, aborted]);
    } catch (error) {
      await stopOne(made);
      throw error;
    }
    return { ended: made.ended, stop: () => stopOne(made) };
  }

  function stopOne(made: Transcoder<Mark>): Promise<void> {
    if (transcoder === made) transcoder = undefined;
    return made.stop();
  }

  function feed(to: Transcoder<Mark>, frame: MediaFrame, isCached: boolean): void {
    const { receivedAtMs, ticks } = frame;
    to.push(frame, { receivedAtMs, isCached, ticks: ticks + compositionOffset(frame.data) });
  }

  const isPassing = () => from.track !== undefined && PLAYED_EVERYWHERE.test(from.track.codec);

  const fromSource: Viewer = {
    state(next) {
      from.state = next;
      if (next.kind !== 'live') {
        from.track = undefined;
        input.clear();
        end();
      }
      show();
    },
    track(next) {
      from.track = next;
      hardwareFailures = 0;
      input.clear();
      // What runs was started for another track.
      end();
      if (isPassing()) onTrack(next);
      else supervised.start();
    },
    frame(frame, isCached) {
      if (isPassing()) return emit(frame, isCached);
      input.add(frame);
      if (!transcoder) return;
      if (transcoder.isFull) isSkipping = true;
      else if (frame.key) isSkipping = false;
      if (!isSkipping) feed(transcoder, frame, isCached);
    },
    audio(frame: AudioFrame) {
      const by = isPassing() ? 0 : shift;
      if (by === undefined || !track) return;
      for (const viewer of viewers) viewer.audio?.({ ...frame, ticks: frame.ticks + by });
    },
  };

  function onTrack(next: MediaTrack): void {
    track = next;
    cache.clear();
    for (const viewer of viewers) viewer.track(next);
    show();
  }

  function emit(frame: MediaFrame, isCached: boolean): void {
    cache.add(frame);
    for (const viewer of viewers) viewer.frame(frame, isCached);
  }

  /** Ends what runs; it may start again at once. */
  function end(): void {
    void supervised.stop();
    transcoder = undefined;
    isSkipping = false;
    forget();
  }

  function forget(): void {
    cache.clear();
    track = undefined;
    shift = undefined;
  }

  function visibleState(): StreamState {
    const run = supervised.state;
    if (from.state.kind !== 'live' || isPassing()) return from.state;
    if (run.kind === 'backing-off') {
      const { attempt, retryAtMs } = run;
      return { kind: 'waiting', reason: streamReason(run.reason), attempt, retryAtMs };
    }
    if (run.kind !== 'running' || !track || !encoder || !from.track)
      return { kind: 'connecting', attempt: run.kind === 'starting' ? run.attempt : 0 };
    const { codec, width, height } = from.track;
    const transcoded = { codec, width, height, encoder: encoder.name };
    const size = { codec: track.codec, width: track.width, height: track.height };
    return { ...from.state, ...size, sinceMs: run.sinceMs, transcoded };
  }

  function show(): void {
    const next = viewers.size === 0 && !leaveSource ? ({ kind: 'idle' } as const) : visibleState();
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    options.onState?.(next);
    for (const viewer of viewers) viewer.state(next);
  }

  function leave(viewer: Viewer): void {
    working.delete(viewer);
    if (working.size === 0) {
      leaveWorking?.();
      leaveWorking = undefined;
    }
    if (!viewers.delete(viewer) || viewers.size > 0) return;
    cancelLinger?.();
    cancelLinger = clock.after(options.lingerMs ?? 10_000, () => void stop());
  }

  async function stop(): Promise<void> {
    cancelLinger?.();
    leaveWorking?.();
    leaveSource?.();
    leaveSource = leaveWorking = undefined;
    from = { state: { kind: 'idle' }, track: undefined };
    input.clear();
    end();
    show();
    await supervised.stop();
  }

  return {
    get state() {
      return state;
    },
    get viewers() {
      return viewers.size;
    },
    join(viewer, how: JoinOptions = {}) {
      cancelLinger?.();
      if (how.isWorking) working.add(viewer);
      // One more who looks, of whom nothing is shown: that somebody works with the camera is for the pull to know.
      if (working.size > 0) leaveWorking ??= source.join(NOBODY, { isWorking: true });
      leaveSource ??= source.join(fromSource);
      viewers.add(viewer);
      viewer.state(state);
      if (track) viewer.track(track);
      for (const frame of cache.frames()) viewer.frame(frame, true);
      return () => leave(viewer);
    },
    listen: () => source.listen(),
    retryNow() {
      source.retryNow();
      supervised.retryNow();
    },
    // The source's own business.
    update: () => undefined,
    reconsider() {
      hardwareFailures = 0;
      if (!from.track || isPassing()) return;
      end();
      supervised.start();
      show();
    },
    stop,
  };
}

const NOBODY: Viewer = { state: () => undefined, track: () => undefined, frame: () => undefined };
