import { BitReader } from './bits.ts';
import { FfmpegError } from './failure.ts';
import { reorderFrames } from './h264-vui.ts';

export interface H264Sps {
  /** Size of the picture in pixels, after cropping. */
  width: number;
  height: number;
  /** RFC 6381: avc1.PPCCLL in hexadecimal. */
  codec: string;
  /** Frames that the decoder holds back because of B-frames, where the camera says so; 0 where it does not. */
  reorderFrames: number;
}

/** Profiles whose SPS tells the chroma format (ITU-T H.264 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Reads size and codec string from an SPS NAL unit. @throws FfmpegError bad_data. */
export function parseH264Sps(nal: Buffer): H264Sps {
  if (nal.length < 4) throw new FfmpegError('bad_data', { what: 'sps' });
  const codec = `avc1.${nal.subarray(1, 4).toString('hex')}`;
  const reader = new BitReader(nal);
  reader.bits(8);
  const profile = reader.bits(8);
  reader.bits(16);
  reader.ue(); // seq_parameter_set_id
  const chroma = HIGH_PROFILES.has(profile) ? highProfileFields(reader) : 1;
  reader.ue(); // log2_max_frame_num_minus4
  pictureOrder(reader);
  reader.ue(); // max_num_ref_frames
  reader.bit();
  const widthInBlocks = reader.ue() + 1;
  const heightInUnits = reader.ue() + 1;
  const isFrameOnly = reader.bit();
  if (!isFrameOnly) reader.bit();
  reader.bit(); // direct_8x8_inference_flag
  const unit = 2 - isFrameOnly;
  const crop = reader.bit() ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()] : [0, 0, 0, 0];
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1;
  const cropY = (chroma === 1 ? 2 : 1) * unit;
  const width = widthInBlocks * 16 - ((crop[0] ?? 0) + (crop[1] ?? 0)) * cropX;
  const height = heightInUnits * 16 * unit - ((crop[2] ?? 0) + (crop[3] ?? 0)) * cropY;
  if (width <= 0 || height <= 0) throw new FfmpegError('bad_data', { what: 'picture size', width, height });
  return { width, height, codec, reorderFrames: reorderFrames(reader) };
}

/** Skips what only these profiles have; gives chroma_format_idc. */
function highProfileFields(reader: BitReader): number {
  const chroma = reader.ue();
  if (chroma === 3) reader.bit();
  reader.ue();
  reader.ue();
  reader.bit();
  if (reader.bit()) {
    for (let list = 0; list < (chroma === 3 ? 12 : 8); list += 1)
      if (reader.bit()) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return chroma;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let index = 0; index < size; index += 1) {
    if (next !== 0) next = (last + reader.se() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function pictureOrder(reader: BitReader): void {
  const type = reader.ue();
  if (type === 0) reader.ue();
  if (type !== 1) return;
  reader.bit();
  reader.se();
  reader.se();
  for (let left = reader.ue(); left > 0; left -= 1) reader.se();
}
