import { systemClock, type Clock } from '#native/process/clock.ts';
import { tieredBackoffMs } from '#native/process/backoff.ts';
import { createLoginMemory, type LoginMemory } from '#native/process/login-memory.ts';
import type { Supervised, SuperviseState, Worker, WorkerContext } from '#native/process/supervise.ts';
import { superviseLogin } from '#native/process/supervise-login.ts';
import type { FfmpegBinary } from './binary.ts';
import { moreTelling, streamReason, type StreamReason } from './failure.ts';
import { gopCache } from './gop-cache.ts';
import type { AudioFrame, MediaFrame, MediaSink, MediaTrack } from './media.ts';
import type { Handover } from './handover.ts';
import type { PullOptions } from './pull.ts';
import { pullChoice, type DirectPull } from './pull-choice.ts';
import { startSwitched, type PullKind, type PullSwitch } from './pull-switch.ts';
import type { SoundOffer } from './sound-pull.ts';
import type { RtspSource } from './source.ts';
import { doorOf } from './login-door.ts';
import { limitStart } from './start-limit.ts';

/** What a stream is doing, for those who look at it. */
export type StreamState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | ({ kind: 'live'; codec: string; width: number; height: number; sinceMs: number } & LiveManner)
  | { kind: 'waiting'; reason: StreamReason; attempt: number; retryAtMs: number };

/** What was made H.264 of, and by what. */
export interface Transcoding {
  codec: string;
  width: number;
  height: number;
  /** As ffmpeg names it, e.g. libx264, h264_vaapi. */
  encoder: string;
}

interface LiveManner {
  /** How it was re-encoded; null: as the camera sends it. */
  transcoded: Transcoding | null;
  /** Which pull the pictures come from. Absent where there is only ffmpeg. */
  pull?: PullKind;
}

/** One who looks. Calls come in the order state, track, frames; none of them may throw or wait. */
export interface Viewer {
  state(state: StreamState): void;
  /** The stream begins (again): what came before does not continue. */
  track(track: MediaTrack): void;
  /** `isCached`: older than now, sent so that there is a picture at once. */
  frame(frame: MediaFrame, isCached: boolean): void;
  /** Sound of the track announced last, for those who listen. */
  audio?(frame: AudioFrame): void;
}

export interface JoinOptions {
  /** A tile that a guard works with: least delay. */
  isWorking?: boolean;
}

export interface RelayOptions {
  label: string;
  source: RtspSource;
  /** Asked at every start: it may be installed, or its setting changed, meanwhile. Rejects with FfmpegError no_ffmpeg. */
  ffmpeg: () => Promise<FfmpegBinary>;
  handover: Handover;
  /** The pull in this process; without it ffmpeg pulls everything. ffmpeg is its fallback, and it is ffmpeg's where there is none. */
  direct?: DirectPull;
  /**
   * What a camera offers to be heard, for pictures that ffmpeg pulls; null: nothing. Without it they are silent. Rejects
   * where that cannot be found out now.
   */
  soundOffer?: (source: RtspSource, onLetIn: () => void) => Promise<SoundOffer | null>;
  /** Which logins the devices of the whole station have refused; without it the stream remembers its own. */
  logins?: LoginMemory;
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
  join(viewer: Viewer, how?: JoinOptions): () => void;
  /**
   * Somebody listens, until the returned function is called. Sound may come without it too (it costs the direct pull
   * nothing); with it, it does wherever the track has any.
   */
  listen(): () => void;
  retryNow(): void;
  /** The camera's settings may have changed: with another address or login a running pull starts again. */
  update(source: RtspSource): void;
  /** Ends the pull; viewers stay joined and hear 'idle'. Resolves when ffmpeg is gone. */
  stop(): Promise<void>;
}

/** What a certificate or a codec is wrong by does not change in a second. */
const relayBackoff = (attempt: number, reason: string): number =>
  reason === 'certificate_changed' || reason === 'codec_not_playable' ? 60_000 : tieredBackoffMs(attempt);

/** One pull for one stream however many look at it, supervised, with the current group of pictures kept for newcomers. */
export function createRelay(options: RelayOptions): Relay {
  const clock = options.clock ?? systemClock();
  let { source } = options;
  const viewers = new Set<Viewer>();
  const working = new Set<Viewer>();
  const listeners = new Set<symbol>();
  const logins = options.logins ?? createLoginMemory(clock);
  const door = () => doorOf(logins, source);
  const choice = pullChoice(options, () => working.size > 0, clock, logins);
  let running: PullSwitch | undefined;
  const cache = gopCache();
  let track: MediaTrack | undefined;
  let state: StreamState = { kind: 'idle' };
  let cancelLinger: (() => void) | undefined;

  const { keyFrameMs = 15_000, stallMs = 8_000 } = options;
  // ffmpeg may read for as long as a key frame takes before it says anything
  const quietMs = keyFrameMs + 10_000;

  const supervised: Supervised = superviseLogin(
    {
      start,
      clock,
      backoff: relayBackoff,
      // a net under the limits of the tries, of which there are two at most
      startTimeoutMs: 3 * (quietMs + keyFrameMs),
      stallMs,
      onState(next) {
        // A newcomer must not be shown what a broken pull has left.
        if (next.kind === 'backing-off') forget();
        setState(visibleState(next));
      },
    },
    door,
  );

  async function start(context: WorkerContext): Promise<Worker> {
    running = undefined;
    let kind = choice.wanted();
    const tried = new Set<PullKind>();
    let told: unknown;
    for (;;) {
      tried.add(kind);
      const limit = limitStart(context, clock, quietMs);
      try {
        running = await startSwitched({
          ...{ kind, context: limit.context, sink: sinkFor(context), start: choice.start },
          fallBack: (failed, error) => choice.after(failed, error, clock.nowMs() - liveSinceMs()),
          onRefused: (failed, error) => void choice.after(failed, error, 0),
          onSwitched: () => setState(visibleState(supervised.state)),
        });
        // Somebody may have begun to work with it meanwhile.
        reconsider();
        return running;
      } catch (failure) {
        const error = limit.reason(failure);
        told = moreTelling(told, error);
        const next = context.signal.aborted ? undefined : choice.after(kind, error, 0);
        // Each once: where neither can, the usual wait is due.
        if (next === undefined || tried.has(next)) throw told;
        kind = next;
      } finally {
        limit.done();
      }
    }
  }

  const liveSinceMs = () => (supervised.state.kind === 'running' ? supervised.state.sinceMs : clock.nowMs());

  function reconsider(): void {
    if (running && choice.shouldTurn(running.kind)) running.turnTo(choice.wanted());
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
      audio(frame) {
        if (context.signal.aborted) return;
        for (const viewer of viewers) viewer.audio?.(frame);
      },
      skipped: () => undefined,
    };
  }

  function visibleState(from: SuperviseState): StreamState {
    if (from.kind === 'starting') return { kind: 'connecting', attempt: from.attempt };
    if (from.kind === 'running' && track) {
      const { codec, width, height } = track;
      const how = {
        transcoded: null,
        ...(options.direct && running ? { pull: running.kind } : {}),
      };
      return { kind: 'live', codec, width, height, sinceMs: from.sinceMs, ...how };
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
    working.delete(viewer);
    if (!viewers.delete(viewer) || viewers.size > 0) return;
    cancelLinger?.();
    cancelLinger = clock.after(options.lingerMs ?? 10_000, () => void stop());
  }

  function stop(): Promise<void> {
    cancelLinger?.();
    const stopped = Promise.all([supervised.stop(), choice.silence()]);
    forget();
    return stopped.then(() => undefined);
  }

  return {
    get state() {
      return state;
    },
    get viewers() {
      return viewers.size;
    },
    join(viewer, how = {}) {
      cancelLinger?.();
      if (how.isWorking) working.add(viewer);
      supervised.start();
      reconsider();
      viewers.add(viewer);
      viewer.state(state);
      if (track) viewer.track(track);
      for (const frame of cache.frames()) viewer.frame(frame, true);
      return () => leave(viewer);
    },
    listen() {
      const listener = Symbol();
      listeners.add(listener);
      choice.listen(true);
      return () => {
        if (listeners.delete(listener)) choice.listen(listeners.size > 0);
      };
    },
    retryNow: () => supervised.retryNow(),
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(source)) return reconsider();
      source = next;
      choice.forget(next);
      // who has changed it may try at once
      door().allow();
      supervised.restart('ended');
      supervised.retryNow();
    },
    stop,
  };
}
