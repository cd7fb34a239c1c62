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
  /** A frame is on screen. `nowMs` in the station's wall clock. */
  shown(mediaSeconds: number, nowMs: number): void;
  figures(nowMs: number): PlayerFigures;
  /** When the station received the frame on screen; undefined for one that came out of its cache. */
  frameAtMs(): number | undefined;
}

const REMEMBERED = 400;
const RATE_WINDOW_MS = 2_000;
/** Times in a buffer are rounded to microseconds. */
const SAME_SECONDS = 0.002;

/** Counts the frames shown and matches them with when they were received. */
export function frameMeter(): FrameMeter {
  const received: { at: number; receivedAtMs: number }[] = [];
  let shownAtMs: number[] = [];
  let delayMs: number | undefined;
  let presented = 0;
  let frameAtMs: number | undefined;

  return {
    received(at, receivedAtMs) {
      received.push({ at, receivedAtMs });
      if (received.length > REMEMBERED) received.shift();
    },
    shown(at, nowMs) {
      presented += 1;
      shownAtMs.push(nowMs);
      const match = received.findLast((entry) => Math.abs(entry.at - at) < SAME_SECONDS);
      frameAtMs = match?.receivedAtMs;
      if (match) {
        const delay = Math.max(0, nowMs - match.receivedAtMs);
        delayMs = delayMs === undefined ? delay : delayMs + (delay - delayMs) * 0.2;
      }
    },
    frameAtMs: () => frameAtMs,
    figures(nowMs) {
      shownAtMs = shownAtMs.filter((at) => nowMs - at <= RATE_WINDOW_MS);
      const framesPerSecond = Math.round((shownAtMs.length * 1000) / RATE_WINDOW_MS);
      return { framesPerSecond, delayMs: delayMs === undefined ? undefined : Math.round(delayMs), presented };
    },
  };
}
