import type { Clock } from '#native/process/clock.ts';
import { errorCode } from '#native/process/errors.ts';
import type { LoginDoor } from '#native/process/login-memory.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { startThrough, superviseLogin } from '#native/process/supervise-login.ts';
import { audibleSink, type AudibleSink } from './audible.ts';
import type { MediaSink, MediaTrack } from './media.ts';
import type { RtspSource } from './source.ts';
import type { SoundOffer } from './sound-pull.ts';

/** A packet less often than this is a stall, not a pause for breath. */
const STALL_MS = 15_000;

export interface SoundBesideOptions {
  clock: Clock;
  /** The way into the camera that is pulled now. */
  door(): LoginDoor;
  /**
   * What a camera offers to be heard; null: nothing. Rejects where that cannot be found out now.
   * @param onLetIn the camera has taken the login
   */
  offerOf(source: RtspSource, onLetIn: () => void): Promise<SoundOffer | null>;
  /** Starts one pull of the sound alone. */
  start(
    offer: SoundOffer,
    onUnit: (data: Buffer, mediaMs: number, receivedAtMs: number) => void,
    context: WorkerContext,
  ): Promise<Worker>;
}

/** The sound of pictures that come without it. */
export interface SoundBeside {
  /** A sink for one run of the pictures' pull, for as long as it lasts: adds the sound to what goes on to `sink`. */
  around(sink: MediaSink, run: AbortSignal): MediaSink;
  /**
   * Asks the camera what it offers, unless that is known or not wanted: for a run that has passed its door.
   * @throws where the camera refuses the login; any other answer is none
   */
  ask(onLetIn: () => void): Promise<void>;
  /** Whether somebody listens. */
  wanted(isWanted: boolean): void;
  /** Another camera, or another address of it. */
  forget(source: RtspSource): void;
  /** Resolves when nothing of it runs. What is wanted stays so. */
  stop(): Promise<void>;
}

interface Run {
  audible: AudibleSink;
  track: MediaTrack | undefined;
  /** Its track was announced before it was known what can be heard; put right with the next key frame. */
  isBehind: boolean;
}

/**
 * Sound for an ffmpeg that pulls pictures only: a second one for the sound alone, while somebody listens. What the camera
 * offers is asked once, when its pictures begin, so that a console knows what it may listen to. Nothing that happens
 * to the sound reaches the pictures' pull.
 */
export function soundBeside(options: SoundBesideOptions, source: RtspSource): SoundBeside {
  let of = source;
  /** undefined: not known. */
  let offer: SoundOffer | null | undefined;
  /** Whose question is under way. */
  let asking: RtspSource | undefined;
  let isWanted = false;
  let current: Run | undefined;

  const supervised = superviseLogin(
    {
      clock: options.clock,
      stallMs: STALL_MS,
      async start(context) {
        const offered = offer;
        if (!offered) throw new Error('nothing is offered');
        const onUnit = (data: Buffer, mediaMs: number, receivedAtMs: number) => {
          if (!context.signal.aborted) current?.audible.sound(data, mediaMs, receivedAtMs, undefined);
        };
        return startThrough(options.door(), context, () => options.start(offered, onUnit, context));
      },
      onState(state) {
        if (state.kind !== 'backing-off') return;
        // It has no such track (any more), or another one than it said: asked anew with the next pictures.
        if (state.reason === 'no_video') offer = null;
        if (state.reason === 'codec_not_playable') offer = undefined;
        follow();
      },
    },
    options.door,
  );

  function follow(): void {
    // After the first picture: nothing takes its start from it, and there is nothing to put sound beside before.
    if (isWanted && current?.track && offer) supervised.start();
    else void supervised.stop();
  }

  async function ask(onLetIn: () => void): Promise<void> {
    if (offer !== undefined || asking === of || of.sound !== true) return;
    const asked = of;
    asking = asked;
    let refusal: unknown;
    const found = await options.offerOf(asked, onLetIn).catch((error: unknown) => {
      if (errorCode(error, '') === 'wrong_password') refusal = error;
      return undefined;
    });
    if (asking === asked) asking = undefined;
    // of the camera that was there before it tells nothing but whether its login was refused
    if (asked === of) offer = found;
    if (refusal) throw refusal as Error;
    if (asked !== of || !found || !current) return;
    current.audible.announce(found.track);
    current.isBehind = current.track !== undefined;
    follow();
  }

  return {
    around(sink, signal) {
      const audible = audibleSink(sink);
      const run: Run = { audible, track: undefined, isBehind: false };
      current = run;
      if (offer) audible.announce(offer.track);
      signal.addEventListener('abort', () => {
        if (current === run) current = undefined;
        follow();
      });
      return {
        ...audible.sink,
        track(track) {
          run.track = track;
          run.isBehind = false;
          audible.sink.track(track);
          follow();
        },
        frame(frame) {
          if (run.isBehind && frame.key && run.track) {
            run.isBehind = false;
            audible.sink.track(run.track);
          }
          audible.sink.frame(frame);
        },
      };
    },
    ask,
    wanted(next) {
      if (next === isWanted) return;
      isWanted = next;
      follow();
    },
    forget(next) {
      of = next;
      offer = undefined;
      follow();
    },
    stop: () => supervised.stop(),
  };
}
