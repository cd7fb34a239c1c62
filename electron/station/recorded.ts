/** What is recorded, as features/recording offers it to others (`RecordingsPort`). */

/** One stretch of what is recorded of a camera's stream, in the order in which it was recorded. */
export interface RecordedRange {
  fromMs: number;
  toMs: number;
  /** Rises when the clock was set back: ranges of two epochs may cover the same wall time. Each stream counts its own. */
  epoch: number;
  stream: 'main' | 'sub';
}
/** Some seconds of a recording as they lie in the file: whole fragments (moof + mdat per frame). */
export interface RecordedChunk {
  /** Changes with each file; frames of two files do not continue each other. */
  fileId: string;
  epoch: number;
  codec: string;
  width: number;
  height: number;
  /** ftyp + moov of the file; the same object for every chunk of a file. */
  init: Buffer;
  /** Whole boxes: moof + mdat per frame, with a prft (wall time) before each part. Begins with a key frame if `key`. */
  data: Buffer;
  key: boolean;
  frames: number;
  /** Wall time of its first frame and of the end of its last, UTC milliseconds. */
  wallMs: number;
  endWallMs: number;
  /** Decoding time (tfdt) of its first frame and of the end of its last, 1/90,000 s on the file's own timeline. */
  ticks: number;
  endTicks: number;
}
/** features/recording offers. */
export interface RecordingsPort {
  /** What is recorded between two wall times, the gaps with their reasons, and what is blocked for privacy. */
  ranges(
    cameraId: string,
    fromMs: number,
    toMs: number,
  ): Promise<{
    ranges: RecordedRange[];
    gaps: { fromMs: number; toMs: number; reason: string }[];
    blocked: { fromMs: number; toMs: number }[];
  }>;
  /**
   * The recording of a stream between two wall times, in the order in which it was recorded. Begins with the key frame at or before
   * `fromMs`; the first chunk after a gap and of each file begins with a key frame too. Blocked intervals are left out
   * unless `withBlocked`. A file that cannot be read is passed over: `onProblem` hears of it.
   */
  readParts(
    cameraId: string,
    stream: RecordedRange['stream'],
    fromMs: number,
    toMs: number,
    options?: {
      withBlocked?: boolean;
      signal?: AbortSignal;
      /** @param problem the file and the wall times that it is of */
      onProblem?: (problem: { fileId: string; wallMs: number; endWallMs: number; error: string }) => void;
    },
  ): AsyncIterable<RecordedChunk>;
  /** Keeps the range from being deleted until the returned function is called (an export that runs). Not over a restart. */
  hold(cameraIds: readonly string[], fromMs: number, toMs: number): () => void;
}
