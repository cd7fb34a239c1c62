import type { NalRange } from './annexb.ts';
import { h264 } from './h264-codec.ts';
import { h265 } from './h265-codec.ts';

/** One access unit taken apart. Parameter sets are copied, the payload stays in the buffer it came in. */
export interface VideoUnit {
  /** Begins with a picture that needs no other one (IDR; with H.265 any IRAP). */
  key: boolean;
  /** What a player needs: slices and SEI; parameter sets travel in the init segment. */
  payload: NalRange[];
  vps?: Buffer;
  sps?: Buffer;
  pps: Buffer[];
}

/** The parameter sets in force. H.264 has no VPS. */
export interface ParameterSets {
  vps?: Buffer;
  sps: Buffer;
  pps: readonly Buffer[];
}

/** What the parameter sets say of the pictures. */
export interface VideoFormat {
  /** Size of the picture in pixels, after cropping. */
  width: number;
  height: number;
  /** RFC 6381 codec string. */
  codec: string;
  /** Frames that the decoder holds back because of B-frames, where the camera says so; 0 where it does not. */
  reorderFrames: number;
  /** Four letters of the sample entry, and the box in it that configures the decoder. */
  entry: { type: string; configType: string; config: Buffer };
}

/** All that the muxer has to know of a codec. */
export interface VideoCodec {
  split(data: Buffer): VideoUnit;
  /** Undefined while a set is missing. @throws FfmpegError bad_data for an SPS that cannot be read. */
  format(sets: Partial<ParameterSets>): VideoFormat | undefined;
}

/**
 * Every codec that passes through, by each of the names that it comes with: NUT's four letters (ffmpeg) and RTP's
 * (RFC 6184, RFC 7798). The one place to choose a codec.
 */
const CODECS: Readonly<Record<string, VideoCodec>> = { H264: h264, HEVC: h265, H265: h265 };
export const videoCodec = (name: string): VideoCodec | undefined =>
  Object.hasOwn(CODECS, name) ? CODECS[name] : undefined;
