import { nalRanges, type NalRange } from './annexb.ts';

const NAL = { idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9, filler: 12 } as const;

/** One H.264 access unit taken apart. */
export interface H264Unit {
  /** Starts with a picture that needs no other (IDR). */
  key: boolean;
  /** What a player needs: slices and SEI; parameter sets travel in the init segment. */
  payload: NalRange[];
  sps?: Buffer;
  pps: Buffer[];
}

/** Splits an access unit (or codec data) in Annex B form. Parameter sets are copied, the payload stays in `data`. */
export function splitH264(data: Buffer): H264Unit {
  const unit: H264Unit = { key: false, payload: [], pps: [] };
  for (const range of nalRanges(data)) {
    const kind = (data[range.start] as number) & 31;
    if (kind === NAL.sps) unit.sps = Buffer.from(data.subarray(range.start, range.end));
    else if (kind === NAL.pps) unit.pps.push(Buffer.from(data.subarray(range.start, range.end)));
    else if (kind !== NAL.delimiter && kind !== NAL.filler) unit.payload.push(range);
    if (kind === NAL.idr) unit.key = true;
  }
  return unit;
}
