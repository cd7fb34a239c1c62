import { findBox } from './fmp4-frame.ts';

/** A frame on its way to the decoder. */
export interface PendingFrame {
  key: boolean;
  /** Wall time at which it is shown, microseconds: a decoder's timestamp. */
  wallUs: number;
  /** Before the frame that was asked for: decode, do not show. */
  cached: boolean;
  data: Uint8Array<ArrayBuffer>;
}

/** Presentation minus decoding time of the one frame of a fragment, 1/90,000 s. */
export function compositionOffset(fragment: Uint8Array<ArrayBuffer>): number {
  const trun = findBox(fragment, 'trun');
  if (!trun || trun.length < 12) return 0;
  const view = new DataView(trun.buffer, trun.byteOffset, trun.byteLength);
  const flags = view.getUint32(0) & 0xff_ffff;
  if (!(flags & 0x800)) return 0;
  let at = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  for (const field of [0x100, 0x200, 0x400]) if (flags & field) at += 4;
  return at + 4 <= trun.length ? view.getInt32(at) : 0;
}

/**
 * What of the waiting frames a late decoder should begin with: the last key frame that is due, so that it does not show
 * what is past. 0: go on as it is.
 * @param lateMs how far behind the clock the first frame may be
 */
export function skipTo(waiting: readonly PendingFrame[], clockMs: number, lateMs: number): number {
  const [first] = waiting;
  if (!first || first.cached || clockMs - first.wallUs / 1000 <= lateMs) return 0;
  const at = waiting.findLastIndex(({ key, wallUs }) => key && wallUs / 1000 <= clockMs);
  return Math.max(0, at);
}

/** Of frames in the order of their times the last one that is due; -1: none. */
export function dueFrame(timesUs: readonly number[], clockMs: number): number {
  return timesUs.findLastIndex((time) => time <= clockMs * 1000);
}
