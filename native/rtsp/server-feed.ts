import { Audience } from './server-audience.ts';
import type { Clip, ClipFrame } from './server-clip.ts';
import { RTP_CLOCK_HZ } from './server-rtp.ts';

/**
 * Plays one clip in real time to its viewers, in phase with the wall clock: the picture in the air at Unix
 * time t is floor(t * fps) mod N. Everyone who knows the rule can tell how old a picture is from its number.
 */

export interface Clock {
  /** Unix time in milliseconds; may jump. */
  nowMs(): number;
  /** Milliseconds since some start; never jumps. */
  monotonicMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export interface FrameInAir {
  readonly frame: ClipFrame;
  /** RTP time (90 kHz, not yet wrapped) without the viewer's random offset; grows across loops and clock jumps. */
  readonly rtpTime: number;
  /** Unix time at which this picture was due. */
  readonly dueMs: number;
}

export interface Viewer {
  show(picture: FrameInAir): void;
}

/** What a client is told of a program before its first picture. */
export type ProgramShape = Pick<Clip, 'fps' | 'sps' | 'pps'>;
/** What a mount shows. */
export interface Program {
  readonly clip: ProgramShape;
  readonly viewerCount: number;
  /** A viewer gets pictures from the next key frame on. */
  add(viewer: Viewer): void;
  remove(viewer: Viewer): void;
  /** A viewer that lost pictures gets none until the next key frame. */
  skipToKey(viewer: Viewer): void;
  /** Stalled: connections stay, pictures stop. Going on starts at a key frame. */
  setStalled(stalled: boolean): void;
  stop(): void;
}

/** A pause (or wall-clock jump) longer than this is not caught up: the feed goes on with the present at the next key frame. */
const RESYNC_MS = 2000;

export class Feed extends Audience {
  readonly #clock: Clock;
  #clip: Clip;
  #nextClip: Clip | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Wall-clock number of the last picture, undefined before the first one. */
  #last: number | undefined;
  #lastMonotonicMs = 0;
  #rtpFrame = 0;

  constructor(clip: Clip, clock: Clock) {
    super();
    this.#clip = clip;
    this.#clock = clock;
  }

  get clip(): Clip {
    return this.#nextClip ?? this.#clip;
  }

  get #ticksPerFrame(): number {
    return RTP_CLOCK_HZ / this.#clip.fps;
  }

  protected run(): void {
    if (this.#timer !== undefined) return;
    this.#resync(this.#clock.nowMs());
    this.#schedule();
  }

  /** Changes the clip at its next key frame; at once where nobody watches. The frame rate must stay. */
  setClip(clip: Clip): void {
    if (clip.fps !== this.#clip.fps)
      throw new RangeError(`clip has ${clip.fps} fps, the mount ${this.#clip.fps}`);
    if (this.#timer === undefined) this.#clip = clip;
    else this.#nextClip = clip;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#nextClip) this.#clip = this.#nextClip;
    this.#nextClip = undefined;
  }

  #schedule(): void {
    const now = this.#clock.nowMs();
    const next = Math.floor((now * this.#clip.fps) / 1000) + 1;
    const delayMs = Math.max(1, Math.ceil((next * 1000) / this.#clip.fps - now));
    this.#timer = setTimeout(() => {
      this.advance();
      if (this.viewerCount > 0) this.#schedule();
    }, delayMs);
  }

  /** Sends all pictures that are due. Public for tests with a clock of their own. */
  advance(): void {
    const nowMs = this.#clock.nowMs();
    const due = Math.floor((nowMs * this.#clip.fps) / 1000);
    const longest = (RESYNC_MS * this.#clip.fps) / 1000;
    if (this.#last === undefined || due < this.#last || due - this.#last > longest) this.#resync(nowMs);
    while (this.#last! < due) this.#emit(this.#last! + 1);
    this.#lastMonotonicMs = this.#clock.monotonicMs();
  }

  /** Starts again from the present; RTP time goes on by what really passed. */
  #resync(nowMs: number): void {
    const monotonicMs = this.#clock.monotonicMs();
    if (this.#last !== undefined) {
      this.#rtpFrame += Math.max(
        0,
        Math.round(((monotonicMs - this.#lastMonotonicMs) * this.#clip.fps) / 1000) - 1,
      );
      this.waitForKey();
    }
    this.#lastMonotonicMs = monotonicMs;
    this.#last = Math.floor((nowMs * this.#clip.fps) / 1000) - 1;
  }

  #emit(number: number): void {
    const upcoming = this.#nextClip?.frames[number % this.#nextClip.frames.length];
    if (this.#nextClip && upcoming?.key) {
      this.#clip = this.#nextClip;
      this.#nextClip = undefined;
    }
    this.#last = number;
    this.#rtpFrame += 1;
    if (this.isStalled) return;
    const frame = this.#clip.frames[number % this.#clip.frames.length]!;
    this.show({
      frame,
      rtpTime: this.#rtpFrame * this.#ticksPerFrame,
      dueMs: (number * 1000) / this.#clip.fps,
    });
  }
}
