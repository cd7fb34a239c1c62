/**
 * Which of two messages of a device is the newer. Devices' clocks are not trusted: within one boot
 * the sequence number decides; else the time the device claims, as far as it is believable.
 */

/** When something was said: by the device's account, by the station's, and its place in the device's sequence. */
export interface Stamp {
  occurredAtMs: number;
  receivedAtMs: number;
  bootId: string | null;
  seq: number | null;
}

/**
 * A device that claims to have waited longer than this before sending has lost its clock (RTC at
 * 1970, year 2000): no store-and-forward buffer of a park holds a month.
 */
export const BELIEVABLE_BACKLOG_MS = 31 * 24 * 3_600_000;

/**
 * The claimed time, or the time of receipt where the claim cannot be true: nothing is received before
 * it happens. Without this, one message from a fast clock would make all later ones look old.
 */
export function believedAtMs(stamp: Stamp): number {
  const { occurredAtMs, receivedAtMs } = stamp;
  if (occurredAtMs > receivedAtMs || occurredAtMs < receivedAtMs - BELIEVABLE_BACKLOG_MS) return receivedAtMs;
  return occurredAtMs;
}

/**
 * True when `a` certainly came before `b`. Ties are not older: the order of arrival then stands, so
 * call it with `a` the message that just arrived.
 */
export function isOlder(a: Stamp, b: Stamp): boolean {
  if (a.bootId !== null && a.bootId === b.bootId && a.seq !== null && b.seq !== null) return a.seq < b.seq;
  return believedAtMs(a) < believedAtMs(b);
}

/** How long the message was on its way, never negative. */
export function delayMs(stamp: Stamp): number {
  return stamp.receivedAtMs - believedAtMs(stamp);
}
