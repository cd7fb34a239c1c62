/** Frames and bytes of a stream over the last seconds. */
export interface StreamMeter {
  note(bytes: number): void;
  /** Figures since the last reading, `null` when nothing came. `elapsedMs` is the time since then. */
  read(elapsedMs: number): { framesPerSecond: number; kilobitsPerSecond: number } | null;
}

export function streamMeter(): StreamMeter {
  let frames = 0;
  let bytes = 0;
  return {
    note(size) {
      frames += 1;
      bytes += size;
    },
    read(elapsedMs) {
      const figures =
        frames === 0 || elapsedMs <= 0
          ? null
          : {
              framesPerSecond: Math.round((frames * 1000) / elapsedMs),
              // Rounded to ten: the last digit changes all the time and nobody needs it.
              kilobitsPerSecond: Math.round((bytes * 8) / elapsedMs / 10) * 10,
            };
      frames = 0;
      bytes = 0;
      return figures;
    },
  };
}
