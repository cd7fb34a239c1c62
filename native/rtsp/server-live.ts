/**
 * A picture that is made while it is watched, as a program of the server: it runs from the first viewer to the last.
 */
import type { ClipFrame } from './server-clip.ts';
import type { Clock, Program, ProgramShape, Viewer } from './server-feed.ts';
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

export class LiveFeed implements Program {
  readonly clip: ProgramShape;
  readonly #source: LiveSource;
  readonly #clock: Clock;
  readonly #viewers = new Map<Viewer, { waitingForKey: boolean }>();
  #running: { stop(): void } | undefined;
  #stalled = false;
  /** Number of the last picture. */
  #last = -1;

  constructor(shape: ProgramShape, source: LiveSource, clock: Clock) {
    this.clip = shape;
    this.#source = source;
    this.#clock = clock;
  }
  get viewerCount(): number {
    return this.#viewers.size;
  }
  add(viewer: Viewer): void {
    this.#viewers.set(viewer, { waitingForKey: true });
    this.#running ??= this.#source.start((frame, dueMs) => this.#show(frame, dueMs));
  }
  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) this.stop();
  }
  skipToKey(viewer: Viewer): void {
    const state = this.#viewers.get(viewer);
    if (state) state.waitingForKey = true;
  }
  setStalled(stalled: boolean): void {
    if (this.#stalled && !stalled) for (const state of this.#viewers.values()) state.waitingForKey = true;
    this.#stalled = stalled;
  }
  stop(): void {
    this.#running?.stop();
    this.#running = undefined;
  }
  #show(frame: ClipFrame, dueMs: number): void {
    if (this.#stalled) return;
    // counted from a clock that never jumps, in whole pictures; two that come at once are still two
    const number = Math.max(this.#last + 1, Math.round((this.#clock.monotonicMs() * this.clip.fps) / 1000));
    this.#last = number;
    const picture = { frame, rtpTime: number * (RTP_CLOCK_HZ / this.clip.fps), dueMs };
    for (const [viewer, state] of this.#viewers) {
      if (state.waitingForKey && !frame.key) continue;
      state.waitingForKey = false;
      viewer.show(picture);
    }
  }
}
