import type { SoundSource } from './sound-types.ts';

/** Ticks per second of every track: the RTP clock of video. */
export const TICKS_PER_SECOND = 90_000;

/** One frame as fMP4: moof + mdat with this frame alone. */
export interface RecordedFrame {
  key: boolean;
  data: Buffer;
  /** Wall clock at arrival, UTC milliseconds. */
  receivedAtMs: number;
  /** Decoding time, 1/90,000 s. */
  ticks: number;
}

/** What a decoder has to know, as the file keeps it. */
export interface RecordedTrack {
  codec: string;
  width: number;
  height: number;
  /** ftyp + moov. */
  init: Buffer;
  /** Sound that is to be kept; absent: none. */
  audio?: SoundSource | undefined;
}

/** Where a key frame lies in the file. */
export interface KeyFrame {
  offset: number;
  bytes: number;
  ticks: number;
  wallMs: number;
}

/**
 * About a second of a file: a prft box (the wall time of its first frame) and whole fragments after it, those of the
 * pictures and then the one of the sound. Wall and media
 * time are both kept because they differ: a "25 fps" camera that sends 21 gives 60 s of media in 72 s.
 */
export interface Part {
  offset: number;
  bytes: number;
  wallMs: number;
  endWallMs: number;
  ticks: number;
  endTicks: number;
  frames: number;
  keys: KeyFrame[];
}

/** A part that is not in a file yet: offsets of its keys count from its own beginning. */
export interface PendingPart extends Omit<Part, 'offset'> {
  /** prft first, then one buffer per frame, then that of the sound, if there is some. */
  buffers: Buffer[];
  /** Its first frame is a key frame: a file may begin with it. */
  startsWithKey: boolean;
}
