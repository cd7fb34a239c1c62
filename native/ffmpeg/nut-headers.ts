import { FfmpegError } from './failure.ts';
import type { NutReader } from './nut-bytes.ts';

/** What a frame code (the first byte of a frame) stands for. */
export interface FrameCode {
  flags: number;
  streamId: number;
  sizeMul: number;
  sizeLsb: number;
  ptsDelta: number;
  reserved: number;
  headerIndex: number;
}

export const FLAG = {
  key: 1,
  codedPts: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  headerIndex: 1_024,
  matchTime: 2_048,
  coded: 4_096,
  invalid: 8_192,
} as const;

export interface NutMain {
  streamCount: number;
  /** Seconds per tick as a fraction. */
  timeBases: { num: number; den: number }[];
  codes: FrameCode[];
  /** Bytes that frames leave out at their beginning; 0 is "none". */
  elided: Buffer[];
}

/** One stream as its header describes it. */
export interface NutStream {
  id: number;
  /** 'H264', 'HEVC', ... as four bytes of latin1. */
  fourcc: string;
  timeBaseIndex: number;
  timeBase: { num: number; den: number };
  msbPtsShift: number;
  /** How many frames the decoder holds back (B-frames). */
  decodeDelay: number;
  /** Parameter sets in Annex B for H.264 and H.265, if the camera sent them in advance. */
  codecData: Buffer;
  width: number;
  height: number;
}

const MAX_STREAMS = 16;

/** Main header of NUT 3: https://ffmpeg.org/~michael/nut.txt (also doc/nut.txt of ffmpeg). */
export function readMain(reader: NutReader): NutMain {
  const version = reader.unsigned();
  if (version > 3) reader.unsigned();
  const streamCount = reader.unsigned();
  if (streamCount === 0 || streamCount > MAX_STREAMS)
    throw new FfmpegError('bad_data', { what: 'nut streams' });
  reader.unsigned(); // max_distance
  const timeBases = Array.from({ length: reader.unsigned() }, () => ({
    num: reader.unsigned(),
    den: reader.unsigned(),
  }));
  const codes = readCodes(reader);
  const elided = [Buffer.alloc(0)];
  for (let left = reader.unsigned(); left > 0; left -= 1) elided.push(Buffer.from(reader.text()));
  return { streamCount, timeBases, codes, elided };
}

function readCodes(reader: NutReader): FrameCode[] {
  const codes: FrameCode[] = [];
  const now = { ptsDelta: 0, sizeMul: 1, streamId: 0, headerIndex: 0 };
  while (codes.length < 256) {
    const flags = reader.unsigned();
    const fields = reader.unsigned();
    if (fields > 0) now.ptsDelta = reader.signed();
    if (fields > 1) now.sizeMul = reader.unsigned();
    if (fields > 2) now.streamId = reader.unsigned();
    const sizeLsb = fields > 3 ? reader.unsigned() : 0;
    const reserved = fields > 4 ? reader.unsigned() : 0;
    const count = fields > 5 ? reader.unsigned() : now.sizeMul - sizeLsb;
    if (fields > 6) reader.signed(); // match time: of no use to us
    if (fields > 7) now.headerIndex = reader.unsigned();
    for (let field = 8; field < fields; field += 1) reader.unsigned();
    if (count <= 0) throw new FfmpegError('bad_data', { what: 'nut frame codes' });
    for (let step = 0; step < count && codes.length < 256; step += 1) {
      // 'N' begins every header packet and is never a frame.
      if (codes.length === 0x4e) codes.push({ ...now, flags: FLAG.invalid, sizeLsb: 0, reserved: 0 });
      if (codes.length < 256) codes.push({ ...now, flags, sizeLsb: sizeLsb + step, reserved });
    }
  }
  return codes;
}

export function readStream(reader: NutReader, main: NutMain): NutStream {
  const id = reader.unsigned();
  const streamClass = reader.unsigned();
  const fourcc = reader.text().toString('latin1');
  const timeBaseIndex = reader.unsigned();
  const timeBase = main.timeBases[timeBaseIndex];
  if (!timeBase || id >= main.streamCount) throw new FfmpegError('bad_data', { what: 'nut stream header' });
  const msbPtsShift = reader.unsigned();
  reader.unsigned(); // max_pts_distance
  const decodeDelay = reader.unsigned();
  reader.unsigned(); // stream_flags
  const codecData = Buffer.from(reader.text());
  const isVideo = streamClass === 0;
  const [width, height] = isVideo ? [reader.unsigned(), reader.unsigned()] : [0, 0];
  return { id, fourcc, timeBaseIndex, timeBase, msbPtsShift, decodeDelay, codecData, width, height };
}
