/** What a player has to know before the first frame, and again whenever it changes. */
export interface MediaTrack {
  /** RFC 6381 codec string, from the stream itself. */
  codec: string;
  width: number;
  height: number;
  /** ftyp + moov. */
  init: Buffer;
  /** The sound that comes with it; absent: none does. */
  audio?: AudioTrack;
}

export const AUDIO_CODECS = ['aac', 'pcma', 'pcmu'] as const;

/** How the sound of a stream is to be decoded. */
export interface AudioTrack {
  codec: (typeof AUDIO_CODECS)[number];
  /** RFC 6381 codec string as WebCodecs takes it: mp4a.40.2, alaw, ulaw. */
  name: string;
  sampleRate: number;
  channels: number;
  /** AudioSpecificConfig (ISO/IEC 14496-3) of AAC; empty for G.711. */
  config: Buffer;
  /** Samples in one AAC access unit; 1 for G.711, whose bytes are samples. */
  frameSamples: number;
}

/** A packet of sound: one AAC access unit, or some samples of G.711. */
export interface AudioFrame {
  data: Buffer;
  /** Wall clock at arrival, UTC milliseconds. */
  receivedAtMs: number;
  /** When it is heard, on the picture's timeline, 1/90,000 s. */
  ticks: number;
}

export interface MediaFrame {
  key: boolean;
  /** moof + mdat with this frame alone. */
  data: Buffer;
  /** Wall clock at arrival, UTC milliseconds. */
  receivedAtMs: number;
  /** Decoding time in 1/90,000 s, 0 for the first frame of the track. */
  ticks: number;
}

export interface MediaSink {
  track(track: MediaTrack): void;
  frame(frame: MediaFrame): void;
  /** Sound of the track announced last. Comes beside the pictures, in no fixed order with them. */
  audio?(frame: AudioFrame): void;
  /** A frame that nothing can be made of yet: it needs a key frame that has not come. */
  skipped(): void;
}
