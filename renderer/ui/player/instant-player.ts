import type { MediaHeader } from '#contract/media-wire.ts';
import type { FrameRing, RingFrame, RingTrack } from './frame-ring.ts';
import { playbackClock } from './playback-clock.ts';
import { createPlaybackPlayer } from './playback-player.ts';

export const INSTANT_SPEEDS = [1 / 4, 1 / 2, 1, 2, 4] as const;
/** Handed to the decoder this far ahead of the clock, times the speed. */
const AHEAD_MS = 600;
/** So near to the newest frame there is nothing to look back at. */
const CAUGHT_UP_MS = 250;

export interface InstantPlayer {
  /** Wall time that is shown. */
  atMs(): number;
  readonly playing: boolean;
  readonly speed: number;
  shownMs(): number | undefined;
  seek(atMs: number): void;
  play(isPlaying: boolean): void;
  setSpeed(speed: number): void;
  step(direction: 1 | -1): void;
  close(): void;
}

/**
 * Plays a camera's ring into a canvas by a clock of its own; the ring keeps what it has for so long.
 * @param on.caughtUp the newest frame was reached while playing faster than life
 */
export function createInstantPlayer(
  canvas: HTMLCanvasElement,
  ring: FrameRing,
  startMs: number,
  on: { picture(wallMs: number): void; failure(): void; caughtUp(): void },
): InstantPlayer {
  const release = ring.hold();
  const newestMs = () => ring.span()?.toMs ?? startMs;
  const clock = playbackClock(startMs, () => performance.now(), newestMs);
  const player = createPlaybackPlayer(canvas, { picture: on.picture, failure: on.failure });
  let track: RingTrack | undefined;
  let fedMs = -Infinity;
  let frame = 0;

  function feed(item: RingFrame, isLeading: boolean): void {
    const about: MediaHeader = {
      ...{ sub: 0, init: false, discontinuity: false, sequence: 0, ticks: 0 },
      ...{ key: item.key, cached: isLeading, receivedAtMs: item.wallMs },
    };
    if (item.key && item.track !== track) {
      track = item.track;
      player.track({ codec: item.track.codec });
      player.media({ ...about, init: true }, item.track.init);
    }
    player.media(about, item.data);
    fedMs = item.wallMs;
  }
  /** From the key frame on, so that the picture of that moment can be decoded. */
  function seek(atMs: number): void {
    const span = ring.span();
    if (!span) return;
    const target = Math.min(Math.max(atMs, span.fromMs), span.toMs);
    clock.set(target);
    player.reset(0);
    track = undefined;
    const keyMs = ring.keyBefore(target) ?? target;
    const until = ring.between(keyMs - 0.01, target);
    until.forEach((item, at) => feed(item, at < until.length - 1));
  }
  function loop(): void {
    frame = requestAnimationFrame(loop);
    const at = clock.atMs();
    for (const item of ring.between(fedMs, at + AHEAD_MS * Math.max(1, clock.speed))) feed(item, false);
    player.draw(at, false);
    if (clock.playing && clock.speed > 1 && at >= newestMs() - CAUGHT_UP_MS) on.caughtUp();
  }
  seek(startMs);
  clock.play(true);
  loop();

  return {
    atMs: clock.atMs,
    get playing() {
      return clock.playing;
    },
    get speed() {
      return clock.speed;
    },
    shownMs: player.shownMs,
    seek,
    play: clock.play,
    setSpeed: clock.setSpeed,
    step(direction) {
      clock.play(false);
      const shown = player.shownMs() ?? clock.atMs();
      if (direction === -1) {
        const before = ring.before(shown);
        if (before !== undefined) seek(before);
        return;
      }
      const next = player.nextMs() ?? ring.between(shown + 0.01, Infinity)[0]?.wallMs;
      if (next !== undefined) clock.set(next);
    },
    close() {
      cancelAnimationFrame(frame);
      player.close();
      release();
    },
  };
}
