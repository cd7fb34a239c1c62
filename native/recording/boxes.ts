/** The few boxes of a recording that are read or written here (ISO/IEC 14496-12); everything big-endian. */

/** Seconds from 1900 (NTP) to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800;
export const PRFT_BYTES = 32;
/** Longest moof that is believed: ours have 104 bytes. */
export const MAX_MOOF_BYTES = 64 * 1024;

/**
 * Producer reference time: the wall time of the frame that follows, so that a file tells its own times without any index.
 * Players pass over it.
 */
export function prftBox(wallMs: number, ticks: number): Buffer {
  const box = Buffer.alloc(PRFT_BYTES);
  box.writeUInt32BE(PRFT_BYTES, 0);
  box.write('prft', 4, 'latin1');
  box.writeUInt32BE(0x01000000, 8); // version 1: 64-bit media time
  box.writeUInt32BE(1, 12); // of track 1
  // NTP counts seconds modulo 2^32: it begins again in 2036.
  box.writeUInt32BE((Math.floor(wallMs / 1000) + NTP_EPOCH_SECONDS) % 2 ** 32, 16);
  box.writeUInt32BE(Math.floor(((wallMs % 1000) / 1000) * 2 ** 32), 20);
  box.writeBigUInt64BE(BigInt(ticks), 24);
  return box;
}

/** @param box a whole prft box of version 1 */
export function readPrft(box: Buffer): { wallMs: number; ticks: number } {
  const seconds = box.readUInt32BE(16);
  // Before 1970 there was no video: such a number is of the era that begins in 2036.
  const era = seconds < NTP_EPOCH_SECONDS ? 2 ** 32 : 0;
  const fraction = box.readUInt32BE(20) / 2 ** 32;
  return {
    wallMs: Math.round((seconds + era - NTP_EPOCH_SECONDS + fraction) * 1000),
    ticks: Number(box.readBigUInt64BE(24)),
  };
}

export interface BoxHead {
  type: string;
  /** With its head. */
  bytes: number;
}

/** The head at `at`, or undefined if there is none, or it is nothing that a recording contains. */
export function boxHead(data: Buffer, at: number): BoxHead | undefined {
  if (at + 8 > data.length) return undefined;
  const bytes = data.readUInt32BE(at);
  const type = data.toString('latin1', at + 4, at + 8);
  return bytes < 8 || !/^[\w ]{4}$/.test(type) ? undefined : { type, bytes };
}

/** The content of the first box of a type inside `data` (boxes only), or undefined. */
export function findBox(data: Buffer, type: string): Buffer | undefined {
  for (let at = 0; ;) {
    const head = boxHead(data, at);
    if (!head || at + head.bytes > data.length) return undefined;
    if (head.type === type) return data.subarray(at + 8, at + head.bytes);
    at += head.bytes;
  }
}

export interface FragmentFacts {
  ticks: number;
  duration: number;
  key: boolean;
}

const NON_SYNC = 0x00010000;

/**
 * What a moof says of its one frame.
 * @param moof the content of the box; undefined if it is none of a single frame with its own duration and flags
 */
export function fragmentFacts(moof: Buffer): FragmentFacts | undefined {
  const traf = findBox(moof, 'traf');
  const tfdt = traf && findBox(traf, 'tfdt');
  const trun = traf && findBox(traf, 'trun');
  if (!tfdt || tfdt.length < 12 || !trun || trun.length < 20) return undefined;
  const flags = trun.readUInt32BE(0) & 0xffffff;
  // data offset, duration, size and flags per sample, as our muxer writes them
  if ((flags & 0x701) !== 0x701 || trun.readUInt32BE(4) !== 1) return undefined;
  return {
    ticks: Number(tfdt.readBigUInt64BE(4)),
    duration: trun.readUInt32BE(12),
    key: (trun.readUInt32BE(20) & NON_SYNC) === 0,
  };
}
