import { nalRanges } from './annexb.ts';
import { parseH264Sps } from './h264-sps.ts';
import type { ParameterSets, VideoCodec, VideoFormat, VideoUnit } from './video-codec.ts';

const NAL = { idr: 5, sps: 7, pps: 8, delimiter: 9, filler: 12 } as const;

/** H.264 (ITU-T H.264 table 7-1): how it is cut up and described. */
export const h264: VideoCodec = {
  split(data) {
    const unit: VideoUnit = { key: false, payload: [], pps: [] };
    for (const range of nalRanges(data)) {
      const kind = (data[range.start] as number) & 31;
      if (kind === NAL.sps) unit.sps = Buffer.from(data.subarray(range.start, range.end));
      else if (kind === NAL.pps) unit.pps.push(Buffer.from(data.subarray(range.start, range.end)));
      else if (kind !== NAL.delimiter && kind !== NAL.filler) unit.payload.push(range);
      if (kind === NAL.idr) unit.key = true;
    }
    return unit;
  },
  format({ sps, pps = [] }) {
    if (!sps || pps.length === 0) return undefined;
    return { ...parseH264Sps(sps), entry: h264Entry({ sps, pps }) };
  },
};

/** The sample entry of these sets. */
export function h264Entry(sets: ParameterSets): VideoFormat['entry'] {
  return { type: 'avc1', configType: 'avcC', config: avcConfiguration(sets) };
}

/** AVCDecoderConfigurationRecord with four-byte lengths (ISO/IEC 14496-15 5.3.3.1). */
function avcConfiguration({ sps, pps }: ParameterSets): Buffer {
  const withLength = (set: Buffer) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(set.length);
    return [length, set];
  };
  const head = Buffer.from([1, sps[1] as number, sps[2] as number, sps[3] as number, 0xff, 0xe1]);
  return Buffer.concat([head, ...withLength(sps), Buffer.from([pps.length]), ...pps.flatMap(withLength)]);
}
