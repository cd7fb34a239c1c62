import type { RecordedSound } from './sound-types.ts';
import type { RecordedFrame } from './types.ts';

/** Ten seconds of 4 Mbit/s are 5 MB. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The last seconds of a stream in memory, whole groups of pictures, so that an alarm's recording begins before it.
 * Older groups go when those after them reach back far enough, or when all together are too large.
 */
export function preRoll(maxBytes = MAX_BYTES) {
  let groups: { frames: (RecordedFrame | RecordedSound)[]; bytes: number }[] = [];
  let bytes = 0;

  function shift(): void {
    bytes -= groups.shift()?.bytes ?? 0;
  }

  return {
    /** @param keepMs how far back it has to reach at least */
    add(frame: RecordedFrame, keepMs: number): void {
      if (frame.key) groups.push({ frames: [], bytes: 0 });
      const group = groups.at(-1);
      // Before the first key frame, or in a group that was given up.
      if (!group) return;
      group.frames.push(frame);
      group.bytes += frame.data.length;
      bytes += frame.data.length;
      for (let second = groups[1]?.frames[0]; second; second = groups[1]?.frames[0]) {
        const isLongEnough = frame.receivedAtMs - second.receivedAtMs >= keepMs;
        if (!isLongEnough && bytes <= maxBytes) break;
        shift();
      }
      // One group alone that is too large: half of it could not be shown.
      if (bytes > maxBytes) shift();
    },
    /** Goes with the group of pictures that it is heard in. */
    addSound(sound: RecordedSound): void {
      const group = groups.at(-1);
      if (!group) return;
      group.frames.push(sound);
      group.bytes += sound.data.length;
      bytes += sound.data.length;
    },
    /** Everything, oldest first; it is empty afterwards. */
    take(): (RecordedFrame | RecordedSound)[] {
      const all = groups.flatMap(({ frames }) => frames);
      groups = [];
      bytes = 0;
      return all;
    },
    get bytes() {
      return bytes;
    },
  };
}
