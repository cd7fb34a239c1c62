/** A timeline of the stream: it begins with an init segment, and its place in the buffer is known when it is its turn. */
export interface TimelinePlace {
  /** Seconds to add to the stream's times to get the buffer's. */
  place(shiftSeconds: number): void;
  /** A frame of this timeline goes to the buffer, at the stream's time. */
  received(seconds: number, receivedAtMs: number | undefined): void;
}

/**
 * Tells `note` where in the buffer each frame of a timeline is. Frames that come before the place is known (the source is
 * not open yet, the buffer is at work on what was before) wait for it: with the place of the timeline before, they would
 * be taken for other frames that are really there.
 */
export function timelinePlace(
  note: (mediaSeconds: number, receivedAtMs: number | undefined) => void,
): TimelinePlace {
  let shift: number | undefined;
  const waiting: [number, number | undefined][] = [];
  return {
    place(shiftSeconds) {
      shift = shiftSeconds;
      for (const [seconds, receivedAtMs] of waiting.splice(0)) note(seconds + shiftSeconds, receivedAtMs);
    },
    received(seconds, receivedAtMs) {
      if (shift === undefined) waiting.push([seconds, receivedAtMs]);
      else note(seconds + shift, receivedAtMs);
    },
  };
}
