/** What a tile shows of its stream. */
export interface PlayerFigures {
  framesPerSecond: number;
  /** From the station's receipt of a frame to its being on screen. */
  delayMs: number | undefined;
  /** Frames shown since the player was made. */
  presented: number;
}

export interface FrameMeter {
  /** A frame goes to the decoder: its time on the player's timeline (s) and when the station received it. */
  received(mediaSeconds: number, receivedAtMs: number): void;
  /**
   * A frame is on screen. Not every one has to be told: `presented` says how many have been so far.
   * @param nowMs in the station's wall clock
   */
  shown(mediaSeconds: number, nowMs: number, presented: number): void;
  figures(nowMs: number): PlayerFigures;
  /** When the station received the frame at a place on the player's timeline; undefined for one out of its cache. */
  receivedAt(mediaSeconds: number): number | undefined;
}

const REMEMBERED = 400;
const RATE_WINDOW_MS = 2_000;
/** Without a frame for so long it stands still. */
const STILL_MS = 1_500;
/** Times in a buffer are rounded to microseconds. */
const SAME_SECONDS = 0.002;

/** Counts the frames shown and matches them with when they were received. */
export function frameMeter(): FrameMeter {
  const received: { at: number; receivedAtMs: number }[] = [];
  let samples: { atMs: number; presented: number }[] = [];
  let delayMs: number | undefined;

  return {
    received(at, receivedAtMs) {
      received.push({ at, receivedAtMs });
      if (received.length > REMEMBERED) received.shift();
    },
    shown(at, nowMs, presented) {
      samples.push({ atMs: nowMs, presented });
      // One from before the window stays: the rate is measured from it.
      while (samples.length > 2 && nowMs - samples[1]!.atMs >= RATE_WINDOW_MS) samples.shift();
      const match = received.findLast((entry) => Math.abs(entry.at - at) < SAME_SECONDS);
      if (!match) return;
      const delay = Math.max(0, nowMs - match.receivedAtMs);
      delayMs = delayMs === undefined ? delay : delayMs + (delay - delayMs) * 0.3;
    },
    figures(nowMs) {
      const [first] = samples;
      const last = samples.at(-1);
      if (last && nowMs - last.atMs > STILL_MS) samples = [];
      const spanMs = last && first ? last.atMs - first.atMs : 0;
      const isMoving = samples.length > 1 && spanMs > 0;
      return {
        framesPerSecond: isMoving ? Math.round(((last!.presented - first!.presented) * 1000) / spanMs) : 0,
        delayMs: delayMs === undefined ? undefined : Math.round(delayMs),
        presented: last?.presented ?? 0,
      };
    },
    // The frame on screen is the last one that begins before the position.
    receivedAt: (at) => received.findLast((entry) => entry.at <= at + SAME_SECONDS)?.receivedAtMs,
  };
}
