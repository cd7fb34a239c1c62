/** What a tile shows of its stream. Nothing rather than a figure that may be wrong. */
export interface PlayerFigures {
  /** 0: it stands still; undefined: not watched for long enough yet. Never more than the stream has: see `rate`. */
  framesPerSecond: number | undefined;
  /** From the station's receipt of a frame to its being on screen; undefined: no frame lately of which both are known. */
  delayMs: number | undefined;
}

export interface FrameMeter {
  /**
   * A frame goes to the decoder.
   * @param mediaSeconds when it is shown, on the player's timeline
   * @param receivedAtMs when the station received it; undefined for one out of its cache, whose delay tells nothing
   */
  received(mediaSeconds: number, receivedAtMs: number | undefined): void;
  /**
   * A frame is on screen. Not every one has to be told: `presented` says how many have been so far.
   * @param atMs when it came there, in the station's wall clock
   */
  shown(mediaSeconds: number, atMs: number, presented: number): void;
  figures(nowMs: number): PlayerFigures;
  /** When the station received the frame at a place on the player's timeline; undefined for one out of its cache. */
  receivedAt(mediaSeconds: number): number | undefined;
}

const REMEMBERED = 400;
/** A rate over less depends on when within a frame's time one looks: 8 frames within 0.43 s are no 18 a second. */
const RATE_WINDOW_MS = 2_000;
/** Without a frame for so long it stands still. */
const STILL_MS = 1_500;
/** Times in a buffer are rounded to microseconds. */
const SAME_SECONDS = 0.002;
/** The middle one of so many: one frame after a jump or a stall does not speak for the others. */
const DELAYS = 5;
/** One alone may be the first of a stream, or the one that a jump went to. */
const LEAST_DELAYS = 2;
const DELAY_WINDOW_MS = 4_000;

/** Counts the frames shown and matches them with when they were received. Pure: all times are given. */
export function frameMeter(): FrameMeter {
  const received: { at: number; receivedAtMs: number | undefined }[] = [];
  let samples: { atMs: number; mediaSeconds: number; presented: number }[] = [];
  let delays: { atMs: number; delayMs: number }[] = [];

  function noteDelay(at: number, atMs: number): void {
    const receivedAtMs = received.findLast((entry) => Math.abs(entry.at - at) < SAME_SECONDS)?.receivedAtMs;
    // Shown before it came: the clocks do not agree (yet).
    if (receivedAtMs === undefined || atMs < receivedAtMs) return;
    delays.push({ atMs, delayMs: atMs - receivedAtMs });
    if (delays.length > DELAYS) delays.shift();
  }

  function middleDelay(nowMs: number): number | undefined {
    delays = delays.filter(({ atMs }) => nowMs - atMs <= DELAY_WINDOW_MS);
    if (delays.length < LEAST_DELAYS) return undefined;
    const sorted = delays.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b);
    return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] as number);
  }

  /**
   * Over what was watched, in our time or the stream's, whichever is longer: a player that catches up shows 15 frames of
   * the stream in less than a second, and the stream has 15 a second all the same.
   */
  function rate(nowMs: number): number | undefined {
    const [first] = samples;
    const last = samples.at(-1);
    if (!first || !last) return 0;
    if (nowMs - last.atMs > STILL_MS) {
      samples = [];
      return 0;
    }
    const spanMs = last.atMs - first.atMs;
    if (spanMs < RATE_WINDOW_MS) return undefined;
    const streamMs = (last.mediaSeconds - first.mediaSeconds) * 1000;
    return Math.round(((last.presented - first.presented) * 1000) / Math.max(spanMs, streamMs));
  }

  return {
    received(at, receivedAtMs) {
      received.push({ at, receivedAtMs });
      if (received.length > REMEMBERED) received.shift();
    },
    shown(at, atMs, presented) {
      const last = samples.at(-1);
      // A standstill, a counter or a clock that was set back: what was before does not count in.
      if (last && (atMs - last.atMs > STILL_MS || atMs < last.atMs || presented < last.presented))
        samples = [];
      samples.push({ atMs, mediaSeconds: at, presented });
      // One from before the window stays: the rate is measured from it.
      while (samples.length > 2 && atMs - samples[1]!.atMs >= RATE_WINDOW_MS) samples.shift();
      noteDelay(at, atMs);
    },
    figures: (nowMs) => ({ framesPerSecond: rate(nowMs), delayMs: middleDelay(nowMs) }),
    receivedAt(at) {
      // The frame on screen is the last one that begins before the position; with B-frames not the last that came.
      let shown: (typeof received)[number] | undefined;
      for (const entry of received)
        if (entry.at <= at + SAME_SECONDS && (!shown || entry.at >= shown.at)) shown = entry;
      return shown?.receivedAtMs;
    },
  };
}
