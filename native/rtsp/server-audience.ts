import type { FrameInAir, Program, ProgramShape, Viewer } from './server-feed.ts';

/** Who watches a program: each viewer gets pictures from a key frame on, and it runs from the first of them to the last. */
export abstract class Audience implements Program {
  readonly #viewers = new Map<Viewer, { waitingForKey: boolean }>();
  #stalled = false;
  abstract readonly clip: ProgramShape;

  get viewerCount(): number {
    return this.#viewers.size;
  }

  add(viewer: Viewer): void {
    this.#viewers.set(viewer, { waitingForKey: true });
    this.run();
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
    if (this.#stalled && !stalled) this.waitForKey();
    this.#stalled = stalled;
  }

  abstract stop(): void;

  /** There is somebody to show it to; it may run already. */
  protected abstract run(): void;

  protected get isStalled(): boolean {
    return this.#stalled;
  }

  protected waitForKey(): void {
    for (const state of this.#viewers.values()) state.waitingForKey = true;
  }

  protected show(picture: FrameInAir): void {
    for (const [viewer, state] of this.#viewers) {
      if (state.waitingForKey && !picture.frame.key) continue;
      state.waitingForKey = false;
      viewer.show(picture);
    }
  }
}
