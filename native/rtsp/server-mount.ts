import type { Credentials } from './server-auth.ts';
import type { Clip } from './server-clip.ts';
import { Feed, type Clock, type Program } from './server-feed.ts';
import type { SoundLoop } from './server-sound.ts';
import { LiveFeed, type LiveSource } from './server-live.ts';

/** A clip, or how to get it when the first client asks: unpacking a park's worth of clips takes a while. */
export type ClipSource = Clip | (() => Promise<Clip>);

/** `off`: the camera is gone (running viewers are cut, new ones get 404). `stalled`: connected, but no pictures. */
export type MountState = 'on' | 'off' | 'stalled';

const isLive = (source: ClipSource | LiveSource): source is LiveSource => 'shape' in source;

/** One path of the server. */
export class Mount {
  readonly path: string;
  readonly credentials: Credentials | undefined;
  /** What is heard beside the picture. */
  readonly sound: SoundLoop | undefined;
  readonly #clock: Clock;
  #source: ClipSource | LiveSource;
  #feed: Program | undefined;
  #opening: Promise<Program> | undefined;
  #state: MountState = 'on';

  constructor(
    path: string,
    source: ClipSource | LiveSource,
    credentials: Credentials | undefined,
    clock: Clock,
    sound?: SoundLoop,
  ) {
    this.sound = sound;
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
  open(): Promise<Program> {
    if (this.#feed) return Promise.resolve(this.#feed);
    this.#opening ??= this.#load().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #load(): Promise<Program> {
    const source = this.#source;
    const feed = isLive(source)
      ? new LiveFeed(await source.shape(), source, this.#clock)
      : await this.#loadClip();
    feed.setStalled(this.#state === 'stalled');
    this.#feed = feed;
    return feed;
  }
  async #loadClip(): Promise<Feed> {
    let source: ClipSource;
    let clip: Clip;
    // the clip may have been changed while the former one was loading
    do {
      source = this.#source as ClipSource;
      clip = typeof source === 'function' ? await source() : source;
    } while (source !== this.#source);
    return new Feed(clip, this.#clock);
  }

  setState(state: MountState): void {
    this.#state = state;
    this.#feed?.setStalled(state === 'stalled');
  }

  /** Nothing happens on a mount whose picture is made while it is watched. */
  setClip(clip: Clip): void {
    if (isLive(this.#source)) return;
    this.#source = clip;
    if (this.#feed instanceof Feed) this.#feed.setClip(clip);
  }

  stop(): void {
    this.#feed?.stop();
  }
}
