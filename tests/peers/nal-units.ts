import { nalRanges } from '#native/ffmpeg/annexb.ts';
import { FRAGMENT_HEAD_BYTES } from '#native/ffmpeg/fmp4.ts';

type Codec = 'h264' | 'h265';
const kindOf = (first: number, codec: Codec) => (codec === 'h264' ? first & 31 : (first >> 1) & 63);
const isSlice = (first: number, codec: Codec) =>
  codec === 'h264' ? [1, 5].includes(kindOf(first, codec)) : kindOf(first, codec) < 32;
const isDelimiter = (first: number, codec: Codec) => kindOf(first, codec) === (codec === 'h264' ? 9 : 35);

/** The access units of a test clip, which has a delimiter before each. */
export function unitsOf(clip: Buffer, codec: Codec): Buffer[] {
  const starts = nalRanges(clip)
    .filter(({ start }) => isDelimiter(clip[start]!, codec))
    .map(({ start }) => start - 3);
  return starts.map((start, index) => clip.subarray(start, starts[index + 1]));
}

/** All slices of an access unit in Annex B, without start codes. */
export function slicesOf(unit: Buffer, codec: Codec): Buffer {
  const slices = nalRanges(unit).filter(({ start }) => isSlice(unit[start]!, codec));
  return Buffer.concat(slices.map(({ start, end }) => unit.subarray(start, end)));
}

/** All slices of one of our fragments. */
export function slicesOfFrame(fragment: Buffer, codec: Codec): Buffer {
  const slices: Buffer[] = [];
  for (let at = FRAGMENT_HEAD_BYTES; at < fragment.length;) {
    const end = at + 4 + fragment.readUInt32BE(at);
    const nal = fragment.subarray(at + 4, end);
    if (isSlice(nal[0]!, codec)) slices.push(nal);
    at = end;
  }
  return Buffer.concat(slices);
}
