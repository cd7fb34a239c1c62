import type { MediaFrame } from './media.ts';

/** A 10 s group of a 4 Mbit/s main stream is 5 MB. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_FRAMES = 1_500;

/**
 * The frames since the last key frame, so that a new viewer sees a picture at once instead of at the next key frame.
 * A group that is too long to keep is given up as a whole: half of one cannot be decoded.
 */
export function gopCache(): { add(frame: MediaFrame): void; frames(): readonly MediaFrame[]; clear(): void } {
  let frames: MediaFrame[] = [];
  let bytes = 0;
  let isOpen = false;

  function clear(): void {
    frames = [];
    bytes = 0;
    isOpen = false;
  }

  return {
    add(frame) {
      if (frame.key) {
        clear();
        isOpen = true;
      }
      if (!isOpen) return;
      bytes += frame.data.length;
      if (bytes > MAX_BYTES || frames.length >= MAX_FRAMES) return clear();
      frames.push(frame);
    },
    frames: () => frames,
    clear,
  };
}
