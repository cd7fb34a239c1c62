import type { SoundOfFile } from '#native/recording/file-reader.ts';

/** What was given out to be heard. Both streams of a camera carry the same sound, and none of it is heard twice. */
export function createHeard() {
  let heardMs = -Infinity;
  let fromMs = -Infinity;
  return {
    /** What of it was not heard yet; it counts as heard from here on. */
    fresh(sounds: readonly SoundOfFile[]): SoundOfFile[] {
      const own = sounds.filter(({ wallMs }) => wallMs >= fromMs);
      for (const { endMs } of own) heardMs = Math.max(heardMs, endMs);
      return own;
    },
    /** From here on it comes from elsewhere. */
    goesOnElsewhere(): void {
      fromMs = heardMs;
    },
    reset(): void {
      heardMs = -Infinity;
      fromMs = -Infinity;
    },
  };
}
