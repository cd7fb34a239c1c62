/** How recorded sound is to be decoded, as it came from the camera. */
export interface SoundSource {
  codec: 'aac' | 'pcma' | 'pcmu';
  /** As WebCodecs names it. */
  name: string;
  sampleRate: number;
  channels: number;
  /** AudioSpecificConfig (ISO/IEC 14496-3) of AAC. */
  config: Buffer;
  /** Samples in one AAC access unit. */
  frameSamples: number;
}

/** One packet of it: an AAC access unit, or some samples of G.711. */
export interface RecordedSound {
  data: Buffer;
  /** Wall clock at arrival, UTC milliseconds. */
  receivedAtMs: number;
  /** When it is heard, on the picture's timeline, 1/90,000 s. */
  ticks: number;
}

/** The sound of a file: what a decoder (WebCodecs) is configured with. */
export interface FileSound {
  /** mp4a.40.2, flac */
  codec: string;
  sampleRate: number;
  channels: number;
  /** AudioSpecificConfig; fLaC and STREAMINFO. */
  config: Buffer;
}

/** The picture is track 1 of every file. */
export const SOUND_TRACK_ID = 2;
