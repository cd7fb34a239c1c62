import type { NalRange } from './annexb.ts';
import { TICKS_PER_SECOND, type FrameTime } from './timeline.ts';
import type { VideoFormat } from './video-codec.ts';

/** A box: size, type, content (ISO/IEC 14496-12). */
function box(type: string, ...content: Uint8Array[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.length, 8);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(size, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...content], size);
}

const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
};
const u16 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
};
const zeros = (count: number) => Buffer.alloc(count);
const text = (value: string) => Buffer.from(value, 'latin1');
/** Unity of the transformation matrices. */
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** ftyp and moov of a stream with one video track, track 1, 90,000 ticks a second. */
export function initSegment(track: Pick<VideoFormat, 'width' | 'height' | 'entry'>): Buffer {
  const visual = Buffer.concat([
    ...[zeros(6), u16(1), zeros(16), u16(track.width, track.height), u32(0x480000, 0x480000, 0)],
    ...[u16(1), zeros(32), u16(0x18, 0xffff)],
  ]);
  const { type, configType, config } = track.entry;
  const entry = box(type, visual, box(configType, config));
  const table = box(
    'stbl',
    box('stsd', u32(0, 1), entry),
    ...['stts', 'stsc', 'stco'].map((name) => box(name, u32(0, 0))),
    box('stsz', u32(0, 0, 0)),
  );
  const media = box(
    'mdia',
    box('mdhd', u32(0, 0, 0, TICKS_PER_SECOND, 0), u16(0x55c4, 0)), // language: und
    box('hdlr', u32(0, 0), text('vide'), zeros(12), text('\0')),
    box(
      'minf',
      box('vmhd', u32(1), zeros(8)),
      box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))),
      table,
    ),
  );
  const size = u32(track.width * 65_536, track.height * 65_536);
  const header = box('tkhd', u32(3, 0, 0, 1, 0, 0), zeros(8), u16(0, 0, 0, 0), MATRIX, size);
  const movie = box(
    'mvhd',
    u32(0, 0, 0, 1_000, 0, 0x10000),
    u16(0x100, 0),
    zeros(8),
    MATRIX,
    zeros(24),
    u32(2),
  );
  const moov = box(
    'moov',
    movie,
    box('trak', header, media),
    box('mvex', box('trex', u32(0, 1, 1, 0, 0, 0))),
  );
  return Buffer.concat([box('ftyp', text('iso5'), u32(512), text(`iso5iso6mp41${type}`)), moov]);
}

/** Bytes before the first NAL length of every fragment: moof (104) and the head of mdat (8). */
export const FRAGMENT_HEAD_BYTES = 112;
/** sample_depends_on 2: a key frame; 1 and is_non_sync: any other. */
const KEY_FLAGS = 0x02000000;
const OTHER_FLAGS = 0x01010000;

/** moof of one frame; what changes is written into a copy. */
const MOOF = box(
  'moof',
  box('mfhd', u32(0, 0)),
  box(
    'traf',
    box('tfhd', u32(0x020000, 1)), // default-base-is-moof
    box('tfdt', u32(0x01000000, 0, 0)),
    // data offset, and per sample: duration, size, flags, composition offset
    box('trun', u32(0x01000f01, 1, FRAGMENT_HEAD_BYTES, 0, 0, 0, 0)),
  ),
);
const AT = { sequence: 20, dtsHigh: 60, dtsLow: 64, duration: 88, size: 92, flags: 96, offset: 100 };

/** One frame as moof + mdat: its NAL units move from start codes to lengths. `sequence` counts from 1. */
export function fragment(
  data: Buffer,
  nals: readonly NalRange[],
  time: FrameTime,
  key: boolean,
  sequence: number,
): Buffer {
  const size = nals.reduce((sum, nal) => sum + 4 + nal.end - nal.start, 0);
  const out = Buffer.allocUnsafe(FRAGMENT_HEAD_BYTES + size);
  MOOF.copy(out, 0);
  out.writeUInt32BE(sequence >>> 0, AT.sequence);
  out.writeUInt32BE(Math.floor(time.dts / 2 ** 32), AT.dtsHigh);
  out.writeUInt32BE(time.dts % 2 ** 32, AT.dtsLow);
  out.writeUInt32BE(time.duration, AT.duration);
  out.writeUInt32BE(size, AT.size);
  out.writeUInt32BE(key ? KEY_FLAGS : OTHER_FLAGS, AT.flags);
  out.writeInt32BE(time.offset, AT.offset);
  out.writeUInt32BE(size + 8, MOOF.length);
  out.write('mdat', MOOF.length + 4, 'latin1');
  let position = FRAGMENT_HEAD_BYTES;
  for (const nal of nals) {
    position = out.writeUInt32BE(nal.end - nal.start, position);
    position += data.copy(out, position, nal.start, nal.end);
  }
  return out;
}

/** Presentation minus decoding time of a fragment that was made by `fragment`, ticks. */
export const compositionOffset = (data: Buffer): number => data.readInt32BE(AT.offset);

/** Sets the decoding time and the number of a fragment that was made by `fragment`, in place. */
export function retime(data: Buffer, dts: number, sequence: number): void {
  data.writeUInt32BE(sequence >>> 0, AT.sequence);
  data.writeUInt32BE(Math.floor(dts / 2 ** 32), AT.dtsHigh);
  data.writeUInt32BE(dts % 2 ** 32, AT.dtsLow);
}

/** Whether two fragments that were made by `fragment` hold the same picture, whenever it is shown. */
export function isSamePicture(a: Buffer, b: Buffer): boolean {
  return (
    a.length === b.length &&
    a.length > FRAGMENT_HEAD_BYTES &&
    a.compare(b, FRAGMENT_HEAD_BYTES, b.length, FRAGMENT_HEAD_BYTES) === 0
  );
}
