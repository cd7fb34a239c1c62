import type { Credentials } from './server-auth.ts';
import type { Clip } from './server-clip.ts';
import { Feed, type Clock } from './server-feed.ts';

/** A clip, or how to get it when the first client asks: unpacking a park's worth of clips takes a while. */
export type ClipSource = Clip | (() => Promise<Clip>);

/** `off`: the camera is gone (running viewers are cut, new ones get 404). `stalled`: connected, but no pictures. */
export type MountState = 'on' | 'off' | 'stalled';

/** One path of the server. */
export class Mount {
  readonly path: string;
  readonly credentials: Credentials | undefined;
  readonly #clock: Clock;
  #source: ClipSource;
  #feed: Feed | undefined;
  #opening: Promise<Feed> | undefined;
  #state: MountState = 'on';

  constructor(path: string, source: ClipSource, credentials: Credentials | undefined, clock: Clock) {
    this.path = path;
    this.credentials = credentials;
    this.#source = source;
    this.#clock = clock;
  }

  get isOff(): boolean {
    return this.#state === 'off';
  }

  get viewerCount(): number {
    return this.#feed?.viewerCount ?? 0;
  }

  /** The feed, its clip loaded. Rejects with the loader's error; the next call tries again. */
  open(): Promise<Feed> {
    if (this.#feed) return Promise.resolve(this.#feed);
    this.#opening ??= this.#load().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #load(): Promise<Feed> {
    let source: ClipSource;
    let clip: Clip;
    // the clip may have been changed while the former one was loading
    do {
      source = this.#source;
      clip = typeof source === 'function' ? await source() : source;
    } while (source !== this.#source);
    const feed = new Feed(clip, this.#clock);
    feed.setStalled(this.#state === 'stalled');
    this.#feed = feed;
    return feed;
  }

  setState(state: MountState): void {
    this.#state = state;
    this.#feed?.setStalled(state === 'stalled');
  }

  setClip(clip: Clip): void {
    this.#source = clip;
    this.#feed?.setClip(clip);
  }

  stop(): void {
    this.#feed?.stop();
  }
}
