import type { StreamKind } from '#contract/media-wire.ts';
import type { RecordingState } from '#contract/recording.contract.ts';
import type { RecordingCause } from '#domain/recording-types.ts';
import type { Wanted } from '#domain/recording-rule.ts';
import type { Relay, StreamState } from '#native/ffmpeg/relay.ts';
import { preRoll } from '#native/recording/pre-roll.ts';
import type { RecordedSound } from '#native/recording/sound-types.ts';
import type { RecordedFrame, RecordedTrack } from '#native/recording/types.ts';
import type { Clock } from '#station/clock.ts';
import type { Log } from '#station/log.ts';
import { createTape, type Tape, type TapeDeps } from './tape.ts';
import type { Library } from './library.ts';

/** Frames come and no part was safe for this long: the recorder, and only it, begins again. */
const STUCK_MS = 15_000;
/** A frame within this is "frames come". */
const FLOWING_MS = 3_000;

export interface RecorderOrder extends Wanted {
  preMs: number;
  /** Whether what is heard is kept too. */
  sound: boolean;
}
export interface RecorderDeps extends Omit<TapeDeps, 'onProblem' | 'onClockForward' | 'library'> {
  library: Library;
  clock: Clock;
  log: Log;
  openStream(cameraId: string, stream: StreamKind): Relay | undefined;
  onClockForward(cameraId: string, fromMs: number, toMs: number): void;
}
export type RecorderStatus = Pick<RecordingState, 'state' | 'reason' | 'cause'>;
export type Recorder = ReturnType<typeof createRecorder>;

/** It is not to be recorded. */
export const NO_ORDER: RecorderOrder = {
  pull: false,
  cause: null,
  reason: 'off',
  preMs: 0,
  sound: false,
};

/** Records one stream of a camera as it is told to: one more viewer of the relay that the wall uses. */
export function createRecorder(cameraId: string, stream: StreamKind, deps: RecorderDeps) {
  const { clock, library, log } = deps;
  const ring = preRoll();
  let order = NO_ORDER;
  let relay: Relay | undefined;
  let leave: (() => void) | undefined;
  let mute: (() => void) | undefined;
  let track: RecordedTrack | undefined;
  /** The track as the camera sends it, sound and all. */
  let source: RecordedTrack | undefined;
  /** What was decided about sound anew: from the next key frame on, since a file begins with one. */
  let nextTrack: RecordedTrack | undefined;
  let tape: Tape | undefined;
  let taped: { cause: RecordingCause; sinceMs: number } | undefined;
  /** The last frame that was given to a tape: what a new visit to the relay brings again is not recorded twice. */
  let last: { track: RecordedTrack; ticks: number } | undefined;
  let needsKey = true;
  /** Recording is to end with the group of pictures that runs. */
  let isEnding = false;
  let lastFrameAtMs = -Infinity;
  let flowingSinceMs = -Infinity;
  let bytes = 0;
  let streamReason: RecordingState['reason'] = null;
  let restarted = false;
  const endings = new Set<Promise<void>>();

  function onState(state: StreamState): void {
    if (state.kind === 'live') streamReason = null;
    if (state.kind !== 'waiting') return;
    streamReason = state.reason;
    // What is there is closed and safe, however long the camera is away.
    if (tape) finishing(tape);
  }

  function finishing(ended: Tape): void {
    const done = ended.finish();
    endings.add(done);
    void done.finally(() => endings.delete(done));
  }

  function onFrame(frame: RecordedFrame): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - lastFrameAtMs > FLOWING_MS) flowingSinceMs = nowMs;
    lastFrameAtMs = nowMs;
    bytes += frame.data.length;
    if (isEnding && frame.key) endTape();
    if (frame.key && nextTrack) {
      track = nextTrack;
      nextTrack = undefined;
    }
    if (taped) feed(frame);
    else ring.add(frame, order.preMs);
  }

  function feed(frame: RecordedFrame): void {
    if (!track || !tape || !taped) return;
    const isKnown = last?.track === track && frame.ticks <= last.ticks;
    if (isKnown) needsKey = true;
    if (isKnown || (needsKey && !frame.key)) return;
    needsKey = false;
    last = { track, ticks: frame.ticks };
    tape.push(frame, track, taped.cause);
  }

  function onSound(sound: RecordedSound): void {
    if (!track?.audio) return;
    if (!taped) ring.addSound(sound);
    else if (!needsKey) tape?.pushSound(sound, track);
  }

  /** The track with its sound, or without. */
  const kept = (of: RecordedTrack): RecordedTrack => (order.sound ? of : { ...of, audio: undefined });

  function beginTape(cause: RecordingCause): void {
    isEnding = false;
    if (taped) {
      taped.cause = cause;
      return;
    }
    const row = library.streamFor(cameraId, stream, clock.nowMs());
    tape = createTape(row, {
      ...deps,
      onClockForward: (fromMs, toMs) => deps.onClockForward(cameraId, fromMs, toMs),
      onProblem: (reason, detail) =>
        log.warn('recording failed', { camera: cameraId, stream, reason, detail }),
    });
    taped = { cause, sinceMs: clock.monotonicMs() };
    needsKey = true;
    for (const one of ring.take())
      if ('key' in one) feed(one);
      else onSound(one);
  }

  function endTape(): void {
    isEnding = false;
    if (tape) finishing(tape);
    tape = undefined;
    taped = undefined;
  }

  function visit(): void {
    const wanted = order.pull ? deps.openStream(cameraId, stream) : undefined;
    if (wanted === relay) return;
    leave?.();
    leave = undefined;
    mute?.();
    mute = undefined;
    ring.take();
    relay = wanted;
    streamReason = null;
    leave = wanted?.join({
      state: onState,
      track(next) {
        ring.take();
        source = next;
        track = kept(next);
        nextTrack = undefined;
        needsKey = true;
      },
      frame: onFrame,
      audio: onSound,
    });
  }

  /** What is to be kept has to be pulled, also where nobody listens. */
  function listen(): void {
    if (order.sound && relay) {
      mute ??= relay.listen();
      return;
    }
    mute?.();
    mute = undefined;
  }

  /** Restarts the recorder alone: neither the camera's stream nor those who look at it notice. */
  function restart(): void {
    const reason = tape?.problem ?? 'no part was written';
    log.error('recorder restarted', { camera: cameraId, stream, reason });
    tape?.abandon();
    tape = undefined;
    taped = undefined;
    restarted = true;
  }

  function isStuck(nowMs: number): boolean {
    if (!tape || !taped || tape.problem === 'disk_full' || tape.problem === 'disk_missing') return false;
    const sinceMs = Math.max(tape.lastPartAtMs ?? -Infinity, taped.sinceMs, flowingSinceMs);
    return nowMs - lastFrameAtMs < FLOWING_MS && nowMs - sinceMs > STUCK_MS;
  }

  return {
    stream,
    /** Called whenever what is wanted may have changed, and each second. */
    follow(next: RecorderOrder): void {
      const nowMs = clock.monotonicMs();
      const isSoundDecided = next.sound !== order.sound;
      order = next;
      if (isSoundDecided && source?.audio) nextTrack = kept(source);
      if (!next.pull) endTape();
      visit();
      listen();
      if (next.cause) beginTape(next.cause);
      else if (taped) isEnding = true;
      tape?.tick();
      if (isStuck(nowMs)) restart();
    },
    status(): RecorderStatus {
      const { cause } = order;
      if (!order.pull) return { state: 'off', reason: order.reason, cause };
      if (!cause) {
        const state = streamReason === null ? 'armed' : 'waiting';
        return { state, reason: streamReason ?? order.reason, cause };
      }
      if (tape?.problem) return { state: 'stopped', reason: tape.problem, cause };
      const isFlowing = clock.monotonicMs() - lastFrameAtMs < STUCK_MS;
      const isWritten = tape?.lastPartAtMs != null && clock.monotonicMs() - tape.lastPartAtMs < STUCK_MS;
      if (isWritten) restarted = false;
      if (streamReason === null && isFlowing && isWritten) return { state: 'recording', reason: null, cause };
      const reason = streamReason ?? (restarted ? 'recorder_restarted' : 'starting');
      return { state: 'waiting', reason, cause };
    },
    /** Bytes received since the last call. */
    takeBytes(): number {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    /** Of a time in memory, for tests of its bounds. */
    get ringBytes() {
      return ring.bytes;
    },
    async written(): Promise<void> {
      await Promise.all([tape?.written(), ...endings]);
    },
    async stop(): Promise<void> {
      order = NO_ORDER;
      leave?.();
      leave = undefined;
      relay = undefined;
      listen();
      endTape();
      await Promise.all(endings);
    },
  };
}
