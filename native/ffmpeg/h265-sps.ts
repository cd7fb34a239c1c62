import { BitReader } from './bits.ts';
import { FfmpegError } from './failure.ts';

export interface H265Sps {
  /** Size of the picture in pixels, the conformance window applied. */
  width: number;
  height: number;
  /** RFC 6381: hvc1.<profile>.<compatibility>.<tier and level>[.<constraints>] (ISO/IEC 14496-15 annex E). */
  codec: string;
  /** sps_max_num_reorder_pics of the highest layer in time. */
  reorderFrames: number;
  /** general_profile_space to general_level_idc, 12 bytes as they lie in the SPS and in hvcC. */
  profile: Buffer;
  chroma: number;
  bitDepth: { luma: number; chroma: number };
  temporal: { layers: number; isNested: number };
}

const PROFILE_BYTES = 12;
/** More than any level allows: a field that was read wrongly. */
const MOST_REORDER_FRAMES = 16;
/** Level 6.2 allows 16,888 (ITU-T H.265 A.4.1). */
const LARGEST_SIDE = 16_888;

/** Reads an SPS NAL unit of H.265 (ITU-T H.265 7.3.2.2). @throws FfmpegError bad_data. */
export function parseH265Sps(nal: Buffer): H265Sps {
  const reader = new BitReader(nal);
  reader.bits(16 + 4); // NAL header, sps_video_parameter_set_id
  const moreLayers = reader.bits(3);
  if (moreLayers > 6) bad('temporal layers', moreLayers);
  const isNested = reader.bit();
  // The reader's bytes are those without emulation prevention: the profile begins with the fourth.
  const profile = Buffer.from(reader.bytes.subarray(3, 3 + PROFILE_BYTES));
  reader.bits(PROFILE_BYTES * 8);
  skipLayers(reader, moreLayers);
  reader.ue(); // sps_seq_parameter_set_id
  const chroma = reader.ue();
  if (chroma > 3) bad('chroma format', chroma);
  if (chroma === 3) reader.bit();
  const coded = { width: reader.ue(), height: reader.ue() };
  const window = reader.bit() ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = window;
  const width = coded.width - (left + right) * (chroma === 1 || chroma === 2 ? 2 : 1);
  const height = coded.height - (top + bottom) * (chroma === 1 ? 2 : 1);
  if (width <= 0 || height <= 0 || coded.width > LARGEST_SIDE || coded.height > LARGEST_SIDE)
    throw new FfmpegError('bad_data', { what: 'picture size', width, height });
  const bitDepth = { luma: reader.ue() + 8, chroma: reader.ue() + 8 };
  if (bitDepth.luma > 15 || bitDepth.chroma > 15) bad('bit depth', bitDepth.luma);
  const reorderFrames = readReorder(reader, moreLayers);
  const temporal = { layers: moreLayers + 1, isNested };
  return {
    ...{ width, height, codec: codecString(profile), reorderFrames },
    ...{ profile, chroma, bitDepth, temporal },
  };
}

/** The second half of profile_tier_level: what is said of each layer in time. */
function skipLayers(reader: BitReader, count: number): void {
  if (count === 0) return;
  const flags = Array.from({ length: 8 }, () => reader.bits(2)).slice(0, count);
  for (const flag of flags) {
    if (flag & 2) reader.bits(88);
    if (flag & 1) reader.bits(8);
  }
}

/** sps_max_num_reorder_pics of the last layer: what a decoder of the whole stream holds back. */
function readReorder(reader: BitReader, moreLayers: number): number {
  reader.ue(); // log2_max_pic_order_cnt_lsb_minus4
  const isForEach = reader.bit();
  let frames = 0;
  for (let layer = isForEach ? 0 : moreLayers; layer <= moreLayers; layer += 1) {
    reader.ue();
    frames = reader.ue();
    reader.ue();
  }
  if (frames > MOST_REORDER_FRAMES) bad('reordered frames', frames);
  return frames;
}

function codecString(profile: Buffer): string {
  const first = profile.readUInt8(0);
  const space = ['', 'A', 'B', 'C'][first >> 6] as string;
  const tier = first & 0x20 ? 'H' : 'L';
  // The flags count from the other end here: bit 0 is profile 0.
  let flags = profile.readUInt32BE(1);
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    compatibility = ((compatibility << 1) | (flags & 1)) >>> 0;
    flags >>>= 1;
  }
  const constraints = [...profile.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    'hvc1',
    `${space}${first & 31}`,
    compatibility.toString(16).toUpperCase(),
    `${tier}${profile.readUInt8(11)}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

function bad(what: string, value: number): never {
  throw new FfmpegError('bad_data', { what: `sps: ${what}`, value });
}
