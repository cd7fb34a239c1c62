/**
 * A picture that is made while it is watched, as a program of the server: it runs from the first viewer to the last.
 */
import { Audience } from './server-audience.ts';
import type { ClipFrame } from './server-clip.ts';
import type { Clock, ProgramShape } from './server-feed.ts';
import { RTP_CLOCK_HZ } from './server-rtp.ts';

/** Who makes the pictures. */
export interface LiveSource {
  /** Frame rate and parameter sets; found out before the first picture. Rejects when there can be no picture. */
  shape(): Promise<ProgramShape>;
  /**
   * Makes pictures until `stop`; each starts a key frame at the latest every few seconds.
   * @param show hears each picture with the Unix time it is of
   */
  start(show: (frame: ClipFrame, dueMs: number) => void): { stop(): void };
}

export class LiveFeed extends Audience {
  readonly clip: ProgramShape;
  readonly #source: LiveSource;
  readonly #clock: Clock;
  #running: { stop(): void } | undefined;
  /** Number of the last picture. */
  #last = -1;

  constructor(shape: ProgramShape, source: LiveSource, clock: Clock) {
    super();
    this.clip = shape;
    this.#source = source;
    this.#clock = clock;
  }

  protected run(): void {
    this.#running ??= this.#source.start((frame, dueMs) => this.#emit(frame, dueMs));
  }

  stop(): void {
    this.#running?.stop();
    this.#running = undefined;
  }

  #emit(frame: ClipFrame, dueMs: number): void {
    if (this.isStalled) return;
    // counted from a clock that never jumps, in whole pictures; two that come at once are still two
    const number = Math.max(this.#last + 1, Math.round((this.#clock.monotonicMs() * this.clip.fps) / 1000));
    this.#last = number;
    this.show({ frame, rtpTime: number * (RTP_CLOCK_HZ / this.clip.fps), dueMs });
  }
}
