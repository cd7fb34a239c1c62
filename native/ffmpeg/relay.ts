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
  /** 'if_needed' re-encodes what the console cannot play (H.265), which costs a good part of a core each. Default 'never'. */
  transcode?: 'never' | 'if_needed';
  /** Asked at every start: it may be installed, or its setting changed, meanwhile. Rejects with FfmpegError no_ffmpeg. */
  ffmpeg: () => Promise<FfmpegBinary>;
  handover: Handover;
  /** How long the pull goes on after the last viewer has left (a guard who switches back and forth). Default 10 s. */
  lingerMs?: number;
  /** No frame for this long is a stall. Default 8 s. */
  stallMs?: number;
  /** See PullOptions; default 15 s: "smart codec" cameras send key frames up to 10 s apart. */
  keyFrameMs?: number;
  clock?: Clock;
  onState?: (state: StreamState) => void;
  /** Every frame once, whoever looks. */
  onFrame?: (frame: MediaFrame) => void;
  /** For tests. */
  pull?: (options: PullOptions, context: WorkerContext) => Promise<Worker>;
}

export interface Relay {
  readonly state: StreamState;
  readonly viewers: number;
  /** Begins to look; the returned function ends it. The pull starts with the first viewer. */
  join(viewer: Viewer): () => void;
  retryNow(): void;
  /** The camera's address or login has changed: a running pull starts again with the new one. */
  update(source: RtspSource): void;
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
  let { source } = options;
  let isTranscoding = false;
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
    const { label, handover } = options;
    const ffmpeg = await options.ffmpeg();
    for (;;) {
      const choice = { probe, transcode: isTranscoding };
      const keyFrameMs = options.keyFrameMs ?? 15_000;
      try {
        return await pull(
          { label, source, ffmpeg, handover, keyFrameMs, sink: sinkFor(context), ...choice },
          context,
        );
      } catch (error) {
        if (context.signal.aborted || !canTryOtherwise(error)) throw error;
      }
    }
  }

  /** Not every refusal is the camera's fault: notes what the next try has to do differently. */
  function canTryOtherwise(error: unknown): boolean {
    const code = error instanceof FfmpegError ? error.code : undefined;
    // The description lacks the parameter sets: the stream has to be read for them.
    if (code === 'probe_failed' && probe === 'fast') {
      probe = 'slow';
      return true;
    }
    if (code === 'codec_not_playable' && options.transcode === 'if_needed' && !isTranscoding) {
      isTranscoding = true;
      return true;
    }
    return false;
  }

  function forget(): void {
    cache.clear();
    track = undefined;
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
        options.onFrame?.(frame);
        for (const viewer of viewers) viewer.frame(frame, false);
      },
      skipped: () => undefined,
    };
  }

  function visibleState(from: SuperviseState): StreamState {
    if (from.kind === 'starting') return { kind: 'connecting', attempt: from.attempt };
    if (from.kind === 'running' && track) {
      const { codec, width, height } = track;
      return { kind: 'live', codec, width, height, sinceMs: from.sinceMs, transcoded: isTranscoding };
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
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(source)) return;
      source = next;
      // Another camera may have another codec and another description.
      probe = 'fast';
      isTranscoding = false;
      supervised.restart('ended');
      supervised.retryNow();
    },
    stop,
  };
}
