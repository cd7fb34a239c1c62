import { systemClock, type Clock } from '#native/process/clock.ts';
import {
  supervise,
  type Supervised,
  type SuperviseState,
  type Worker,
  type WorkerContext,
} from '#native/process/supervise.ts';
import { tieredBackoffMs } from '#native/process/backoff.ts';
import type { FfmpegBinary } from './binary.ts';
import { FfmpegError, streamReason, type StreamReason } from './failure.ts';
import { gopCache } from './gop-cache.ts';
import type { MediaFrame, MediaSink, MediaTrack } from './h264-muxer.ts';
import type { Handover } from './handover.ts';
import { startPull, type PullOptions } from './pull.ts';
import type { RtspSource } from './source.ts';

/** What a stream is doing, for those who look at it. */
export type StreamState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'live'; codec: string; width: number; height: number; sinceMs: number; transcoded: boolean }
  | { kind: 'waiting'; reason: StreamReason; attempt: number; retryAtMs: number };

/** One who looks. Calls come in the order state, track, frames; none of them may throw or wait. */
export interface Viewer {
  state(state: StreamState): void;
  /** The stream begins (again): what came before does not continue. */
  track(track: MediaTrack): void;
  /** `isCached`: older than now, sent so that there is a picture at once. */
  frame(frame: MediaFrame, isCached: boolean): void;
}

export interface RelayOptions {
  label: string;
  source: RtspSource;
  transcode?: boolean;
  ffmpeg: FfmpegBinary;
  handover: Handover;
  /** How long the pull goes on after the last viewer has left (a guard who switches back and forth). Default 10 s. */
  lingerMs?: number;
  /** No frame for this long is a stall. Default 8 s. */
  stallMs?: number;
  /** See PullOptions; default 15 s: "smart codec" cameras send key frames up to 10 s apart. */
  keyFrameMs?: number;
  clock?: Clock;
  onState?: (state: StreamState) => void;
  /** For tests. */
  pull?: (options: PullOptions, context: WorkerContext) => Promise<Worker>;
}

export interface Relay {
  readonly state: StreamState;
  readonly viewers: number;
  /** Begins to look; the returned function ends it. The pull starts with the first viewer. */
  join(viewer: Viewer): () => void;
  retryNow(): void;
  /** Ends the pull; viewers stay joined and hear 'idle'. Resolves when ffmpeg is gone. */
  stop(): Promise<void>;
}

/** A camera locks an account after a few wrong passwords: the second try is a minute later, not a second. */
function backoff(attempt: number, reason: string): number {
  return reason === 'wrong_password' || reason === 'codec_not_playable' ? 60_000 : tieredBackoffMs(attempt);
}

/** One pull for one stream however many look at it, supervised, with the current group of pictures kept for newcomers. */
export function createRelay(options: RelayOptions): Relay {
  const clock = options.clock ?? systemClock();
  const pull = options.pull ?? startPull;
  const transcode = options.transcode ?? false;
  const viewers = new Set<Viewer>();
  const cache = gopCache();
  let track: MediaTrack | undefined;
  let state: StreamState = { kind: 'idle' };
  let probe: 'fast' | 'slow' = 'fast';
  let cancelLinger: (() => void) | undefined;

  const supervised: Supervised = supervise({
    start,
    clock,
    backoff,
    startTimeoutMs: (options.keyFrameMs ?? 15_000) + 10_000,
    stallMs: options.stallMs ?? 8_000,
    onState(next) {
      // A newcomer must not be shown what a broken pull has left.
      if (next.kind === 'backing-off') forget();
      setState(visibleState(next));
    },
  });

  async function start(context: WorkerContext): Promise<Worker> {
    const run = () => pull({ ...common(), sink: sinkFor(context), probe }, context);
    try {
      return await run();
    } catch (error) {
      // Not a failure of the camera: its description lacks the parameter sets, so the stream has to be read for them.
      const isProbe = error instanceof FfmpegError && error.code === 'probe_failed';
      if (!isProbe || probe === 'slow' || context.signal.aborted) throw error;
      probe = 'slow';
      return await run();
    }
  }

  function forget(): void {
    cache.clear();
    track = undefined;
  }

  function common() {
    const { label, source, ffmpeg, handover } = options;
    return { label, source, ffmpeg, handover, transcode, keyFrameMs: options.keyFrameMs ?? 15_000 };
  }

  /** What a discarded run still sends goes nowhere. */
  function sinkFor(context: WorkerContext): MediaSink {
    return {
      track(next) {
        if (context.signal.aborted) return;
        track = next;
        cache.clear();
        for (const viewer of viewers) viewer.track(next);
        if (state.kind === 'live') setState(visibleState(supervised.state));
      },
      frame(frame) {
        if (context.signal.aborted) return;
        cache.add(frame);
        for (const viewer of viewers) viewer.frame(frame, false);
      },
      skipped: () => undefined,
    };
  }

  function visibleState(from: SuperviseState): StreamState {
    if (from.kind === 'starting') return { kind: 'connecting', attempt: from.attempt };
    if (from.kind === 'running' && track) {
      const { codec, width, height } = track;
      return { kind: 'live', codec, width, height, sinceMs: from.sinceMs, transcoded: transcode };
    }
    if (from.kind === 'backing-off') {
      return {
        kind: 'waiting',
        reason: streamReason(from.reason),
        attempt: from.attempt,
        retryAtMs: from.retryAtMs,
      };
    }
    return { kind: 'idle' };
  }

  function setState(next: StreamState): void {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    options.onState?.(next);
    for (const viewer of viewers) viewer.state(next);
  }

  function leave(viewer: Viewer): void {
    if (!viewers.delete(viewer) || viewers.size > 0) return;
    cancelLinger?.();
    cancelLinger = clock.after(options.lingerMs ?? 10_000, () => void stop());
  }

  function stop(): Promise<void> {
    cancelLinger?.();
    const stopped = supervised.stop();
    forget();
    return stopped;
  }

  return {
    get state() {
      return state;
    },
    get viewers() {
      return viewers.size;
    },
    join(viewer) {
      cancelLinger?.();
      supervised.start();
      viewers.add(viewer);
      viewer.state(state);
      if (track) viewer.track(track);
      for (const frame of cache.frames()) viewer.frame(frame, true);
      return () => leave(viewer);
    },
    retryNow: () => supervised.retryNow(),
    stop,
  };
}
