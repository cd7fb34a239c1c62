import type { Cursor, CursorFrame } from './cursor.ts';

/**
 * What is recorded just before a time, for showing it backwards: the frames of its group of pictures from the key frame
 * on, in the order of decoding, or the key frame alone. Empty: nothing is recorded before it.
 */
export async function groupBefore(
  cursor: Cursor,
  beforeMs: number,
  keysOnly: boolean,
  epoch?: number,
): Promise<CursorFrame[]> {
  const frames: CursorFrame[] = [];
  if (!(await cursor.seekBack(beforeMs, epoch))) return frames;
  for (let frame = await cursor.next(keysOnly); frame; frame = await cursor.next(false)) {
    const isOfNext = frame.key && frames.length > 0;
    if (isOfNext || frame.wallMs >= beforeMs) break;
    frames.push(frame);
    if (keysOnly) break;
  }
  return frames;
}
