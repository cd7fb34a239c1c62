import { nalRanges } from './annexb.ts';
import { parseH265Sps, type H265Sps } from './h265-sps.ts';
import type { VideoCodec, VideoUnit } from './video-codec.ts';

/** NAL unit types of H.265 (ITU-T H.265 table 7-1). */
const NAL = { firstIrap: 16, lastIrap: 23, vps: 32, sps: 33, pps: 34, delimiter: 35, filler: 38 } as const;
/** Beyond these RTP has types of its own, and cameras have private ones that no decoder wants. */
const LAST_TYPE = 47;

/** H.265: how it is cut up and described. */
export const h265: VideoCodec = {
  split(data) {
    const unit: VideoUnit = { key: false, payload: [], pps: [] };
    for (const range of nalRanges(data)) {
      const head = data.readUInt8(range.start);
      const kind = (head >> 1) & 63;
      const layer = ((head & 1) << 5) | ((data[range.start + 1] ?? 0) >> 3);
      const copy = () => Buffer.from(data.subarray(range.start, range.end));
      if (kind > LAST_TYPE || kind === NAL.delimiter || kind === NAL.filler) continue;
      // Sets of a second layer (3D, scalable) describe pictures that nobody here shows.
      const isSet = kind >= NAL.vps && kind <= NAL.pps;
      if (isSet && layer > 0) continue;
      if (kind === NAL.vps) unit.vps = copy();
      else if (kind === NAL.sps) unit.sps = copy();
      else if (kind === NAL.pps) unit.pps.push(copy());
      else unit.payload.push(range);
      if (kind >= NAL.firstIrap && kind <= NAL.lastIrap) unit.key = true;
    }
    return unit;
  },
  format({ vps, sps, pps = [] }) {
    if (!vps || !sps || pps.length === 0) return undefined;
    const facts = parseH265Sps(sps);
    const { width, height, codec, reorderFrames } = facts;
    const config = hevcConfiguration(facts, [
      [NAL.vps, [vps]],
      [NAL.sps, [sps]],
      [NAL.pps, pps],
    ]);
    return { width, height, codec, reorderFrames, entry: { type: 'hvc1', configType: 'hvcC', config } };
  },
};

/** HEVCDecoderConfigurationRecord with four-byte lengths (ISO/IEC 14496-15 8.3.3.1). */
function hevcConfiguration(
  { profile, chroma, bitDepth, temporal }: H265Sps,
  sets: readonly (readonly [number, readonly Buffer[]])[],
): Buffer {
  const head = Buffer.alloc(23);
  head[0] = 1;
  // profile, tier, compatibility, constraints and level are the same 12 bytes as in the SPS
  profile.copy(head, 1);
  head.writeUInt16BE(0xf000, 13); // min_spatial_segmentation_idc: not known
  head[15] = 0xfc; // parallelismType: not known
  head[16] = 0xfc | chroma;
  head[17] = 0xf8 | (bitDepth.luma - 8);
  head[18] = 0xf8 | (bitDepth.chroma - 8);
  head[21] = (temporal.layers << 3) | (temporal.isNested << 2) | 3;
  head[22] = sets.length;
  const arrays = sets.flatMap(([kind, list]) => {
    const top = Buffer.from([0x80 | kind, 0, list.length]); // complete: none in the stream ('hvc1')
    return [
      top,
      ...list.flatMap((set) => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(set.length);
        return [length, set];
      }),
    ];
  });
  return Buffer.concat([head, ...arrays]);
}
