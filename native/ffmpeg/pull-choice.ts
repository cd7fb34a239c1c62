import type { Clock } from '#native/process/clock.ts';
import { ProcessError } from '#native/process/errors.ts';
import type { LoginMemory } from '#native/process/login-memory.ts';
import { startThrough } from '#native/process/supervise-login.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import type { Probe } from './arguments.ts';
import type { FfmpegBinary } from './binary.ts';
import { directTrust } from './direct-trust.ts';
import { FfmpegError } from './failure.ts';
import { asFfmpegError, doorOf } from './login-door.ts';
import type { MediaSink } from './media.ts';
import { startPull, type PullOptions } from './pull.ts';
import type { PullKind } from './pull-switch.ts';
import type { RelayOptions } from './relay.ts';
import { soundBeside, type SoundBeside, type SoundBesideOptions } from './sound-beside.ts';
import { startSoundPull } from './sound-pull.ts';
import type { RtspSource } from './source.ts';

/** What our own client needs of `PullOptions`: no ffmpeg, nothing to probe. */
export type DirectPullOptions = Pick<PullOptions, 'label' | 'source' | 'sink' | 'keyFrameMs' | 'onLetIn'>;

/** A camera that takes longer to describe itself is asked for its pictures meanwhile. */
const FIRST_QUESTION_MS = 1_000;

/** Whom the direct pull serves: everybody, a camera that somebody works with, or nobody. */
export type DirectFor = 'everybody' | 'working' | 'nobody';

export interface DirectPull {
  start(options: DirectPullOptions, context: WorkerContext): Promise<Worker>;
  /** Asked at every start, when somebody joins, and at `update`. */
  serves(): DirectFor;
  /** It was given up for ffmpeg, for a while or for good. */
  onRefused?(reason: string): void;
}

/** What one stream has learned of its camera: how to pull it, and how not. */
export interface PullChoice {
  /** Which pull to begin with, or to turn to. */
  wanted(): PullKind;
  /** Whether to turn away from a pull that runs. */
  shouldTurn(from: PullKind): boolean;
  /** Starts one, with as many tries as ffmpeg needs to understand the stream. */
  start(kind: PullKind, sink: MediaSink, context: WorkerContext): Promise<Worker>;
  /** After a failure, having run for `ranMs`: the pull that may do better at once, if there is one. */
  after(kind: PullKind, error: unknown, ranMs: number): PullKind | undefined;
  /** Another camera: it may have another codec, another description, other manners. */
  forget(source: RtspSource): void;
  /** Whether somebody listens: the sound that ffmpeg leaves out is pulled beside it. */
  listen(isOn: boolean): void;
  /** Resolves when no sound is pulled any more. */
  silence(): Promise<void>;
}

export function pullChoice(
  options: RelayOptions,
  isWorking: () => boolean,
  clock: Clock,
  logins: LoginMemory,
): PullChoice {
  const pull = options.pull ?? startPull;
  const keyFrameMs = options.keyFrameMs ?? 15_000;
  const trust = directTrust();
  let { source } = options;
  let probe: Probe = 'fast';
  const beside = soundOf(options, clock, logins, () => source);

  function mayGoDirect(): boolean {
    // no datagrams: a try that cannot be would take a turn at the camera's login
    if (source.transport !== 'tcp' || !options.direct || options.direct.serves() === 'nobody') return false;
    return trust.mayTry(clock.monotonicMs());
  }

  function wanted(): PullKind {
    const isAsked = options.direct?.serves() === 'everybody' || isWorking();
    return isAsked && mayGoDirect() ? 'direct' : 'ffmpeg';
  }

  /** Not every refusal is the camera's fault: notes what the next try of ffmpeg has to do differently. */
  function canTryOtherwise(error: unknown): boolean {
    const code = error instanceof FfmpegError ? error.code : undefined;
    const before = probe;
    // The description lacks the parameter sets: the stream has to be read for them.
    if (code === 'probe_failed' && probe === 'fast') probe = 'slow';
    if (code === 'unsupported') probe = 'reordered';
    return probe !== before;
  }

  async function startOne(
    ffmpeg: FfmpegBinary | undefined,
    sink: MediaSink,
    context: WorkerContext,
    onLetIn: () => void,
  ): Promise<Worker> {
    const { label, handover } = options;
    if (!ffmpeg) return options.direct!.start({ label, source, sink, keyFrameMs, onLetIn }, context);
    const audible = beside?.around(sink, context.signal) ?? sink;
    const asking = beside?.ask(onLetIn) ?? Promise.resolve();
    // While nobody knows whether the login is right, the cheap question goes first: one refusal instead of two.
    if (doorOf(logins, source).isTaken()) asking.catch(() => undefined);
    else await answeredWithin(asking, FIRST_QUESTION_MS, clock);
    if (context.signal.aborted) throw new ProcessError('aborted', {});
    for (;;) {
      try {
        const how = { label, source, ffmpeg, handover, keyFrameMs, sink: audible, probe, onLetIn };
        return await pull(how, context);
      } catch (error) {
        if (context.signal.aborted || !canTryOtherwise(error)) throw error;
      }
    }
  }

  return {
    wanted,
    // Nobody works with it any more: what runs well goes on.
    shouldTurn: (from) => (from === 'direct' ? !mayGoDirect() : wanted() === 'direct'),
    async start(kind, sink, context) {
      // before the door: what we lack says nothing of the login
      const ffmpeg = kind === 'direct' && options.direct ? undefined : await options.ffmpeg();
      try {
        return await startThrough(doorOf(logins, source), context, (letIn) =>
          startOne(ffmpeg, sink, context, letIn),
        );
      } catch (error) {
        throw asFfmpegError(error);
      }
    },
    after(kind, error, ranMs) {
      const code = error instanceof FfmpegError ? error.code : 'failed';
      if (kind === 'ffmpeg') {
        if (canTryOtherwise(error)) return 'ffmpeg';
        trust.otherFailed(code, ranMs);
        return (code === 'no_ffmpeg' || code === 'unusable_binary') && mayGoDirect() ? 'direct' : undefined;
      }
      if (!trust.failed(code, ranMs, clock.monotonicMs())) return undefined;
      options.direct?.onRefused?.(code);
      return 'ffmpeg';
    },
    forget(next) {
      source = next;
      probe = 'fast';
      trust.forget();
      beside?.forget(next);
    },
    listen: (isOn) => beside?.wanted(isOn),
    silence: async () => beside?.stop(),
  };
}

function soundOf(
  { label, ffmpeg, handover, soundOffer, source }: RelayOptions,
  clock: Clock,
  logins: LoginMemory,
  sourceNow: () => RtspSource,
): SoundBeside | undefined {
  if (!soundOffer) return undefined;
  const start: SoundBesideOptions['start'] = async (offer, onUnit, context) => {
    const how = { label: `${label} sound`, source: sourceNow(), ffmpeg: await ffmpeg(), handover };
    return startSoundPull({ ...how, offer, onUnit }, context);
  };
  const door = () => doorOf(logins, sourceNow(), 'sound');
  return soundBeside({ clock, offerOf: soundOffer, start, door }, source);
}

/** Rejects as `asking` does, unless that takes longer: then nobody hears of it any more. */
async function answeredWithin(asking: Promise<void>, limitMs: number, clock: Clock): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(limitMs, resolve);
  try {
    await Promise.race([asking, late]);
  } finally {
    cancel();
    asking.catch(() => undefined);
  }
}
