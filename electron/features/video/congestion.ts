/** Unsent bytes below this are no congestion: a wall that opens sends a group of pictures for every tile at once. */
const LOW_BYTES = 512 * 1024;
/** More than this is too much whatever the reason. */
const HIGH_BYTES = 16 * 1024 * 1024;
/** A connection that has not been below LOW for this long is too slow for what it has asked for. */
const PATIENCE_MS = 1_000;

/**
 * Decides which frames a slow connection gets. Each stream on it drops to its next key frame by itself; nothing is
 * ever waited for, so that no other viewer notices.
 */
export interface Congestion {
  /** Looks at the connection before a frame. `unsentBytes` is what has been written and not yet taken. */
  isCongested(unsentBytes: number, nowMs: number): boolean;
}

export function createCongestion(): Congestion {
  let sinceMs: number | undefined;
  return {
    isCongested(unsentBytes, nowMs) {
      if (unsentBytes <= LOW_BYTES) {
        sinceMs = undefined;
        return false;
      }
      sinceMs ??= nowMs;
      return unsentBytes > HIGH_BYTES || nowMs - sinceMs > PATIENCE_MS;
    },
  };
}

export type FrameChoice = 'send' | 'send-after-gap' | 'drop';

/** One stream of one viewer: whole groups of pictures or their beginnings, never a frame whose predecessor is missing. */
export function createFrameGate(): {
  choose(key: boolean, congested: boolean): FrameChoice;
  dropped(): number;
} {
  let isWaitingForKey = false;
  let dropped = 0;
  return {
    choose(key, congested) {
      if (congested || (isWaitingForKey && !key)) {
        isWaitingForKey = true;
        dropped += 1;
        return 'drop';
      }
      const choice = isWaitingForKey ? 'send-after-gap' : 'send';
      isWaitingForKey = false;
      return choice;
    },
    dropped: () => dropped,
  };
}
