/** What a player has to know before the first frame, and again whenever it changes. */
export interface MediaTrack {
  /** RFC 6381 codec string, from the stream itself. */
  codec: string;
  width: number;
  height: number;
  /** ftyp + moov. */
  init: Buffer;
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
  /** A frame that nothing can be made of yet: it needs a key frame that has not come. */
  skipped(): void;
}
