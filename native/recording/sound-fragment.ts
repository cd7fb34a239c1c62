/** The sound of one part as a fragment of its own, behind the part's pictures. */
import { boxHead, findBox } from './boxes.ts';
import { SOUND_TRACK_ID } from './sound-types.ts';
import type { PendingPart } from './types.ts';

/** One sample of an MP4: an AAC access unit, a FLAC frame. */
export interface SoundSample {
  /** Where it begins and how long it lasts, samples of sound. */
  at: number;
  samples: number;
  data: Buffer;
}

/** moof up to the list of samples: mfhd 16, tfhd 16, tfdt 20, trun 20, and the heads of moof and traf. */
const HEAD_BYTES = 8 + 16 + 8 + 16 + 20 + 20;

/**
 * moof + mdat. Silence between two samples is time of the one before it.
 * @param samples at least one, in the order of their times
 */
export function soundFragment(samples: readonly SoundSample[], sequence: number): Buffer {
  const moofBytes = HEAD_BYTES + samples.length * 8;
  const mediaBytes = samples.reduce((sum, { data }) => sum + data.length, 0);
  const out = Buffer.alloc(moofBytes + 8 + mediaBytes);
  let at = 0;
  const put = (...values: (number | string)[]) => {
    for (const value of values)
      at =
        typeof value === 'string' ? at + out.write(value, at, 'latin1') : out.writeUInt32BE(value >>> 0, at);
  };
  const first = (samples[0] as SoundSample).at;
  put(moofBytes, 'moof', 16, 'mfhd', 0, sequence);
  put(moofBytes - 24, 'traf', 16, 'tfhd', 0x020000, SOUND_TRACK_ID);
  put(20, 'tfdt', 0x01000000, Math.floor(first / 2 ** 32), first % 2 ** 32);
  put(20 + samples.length * 8, 'trun', 0x301, samples.length, moofBytes + 8);
  samples.forEach((sample, index) => {
    const next = samples[index + 1];
    put(next ? next.at - sample.at : sample.samples, sample.data.length);
  });
  put(mediaBytes + 8, 'mdat');
  for (const { data } of samples) at += data.copy(out, at);
  return out;
}

/** The part with the sound that came with it. */
export function withSoundOf(part: PendingPart, sound: Buffer): PendingPart {
  return { ...part, buffers: [...part.buffers, sound], bytes: part.bytes + sound.length };
}

/** Whether a moof (its content) is one of sound. */
export function isSound(moof: Buffer): boolean {
  const traf = findBox(moof, 'traf');
  const tfhd = traf && findBox(traf, 'tfhd');
  return tfhd !== undefined && tfhd.length >= 8 && tfhd.readUInt32BE(4) === SOUND_TRACK_ID;
}

/**
 * The samples of a fragment of sound; undefined if it is none that `soundFragment` has written.
 * @param data moof + mdat
 */
export function readSound(data: Buffer): SoundSample[] | undefined {
  const moof = boxHead(data, 0);
  const traf = moof && findBox(data.subarray(8, moof.bytes), 'traf');
  const tfdt = traf && findBox(traf, 'tfdt');
  const trun = traf && findBox(traf, 'trun');
  if (!moof || !tfdt || tfdt.length < 12 || !trun || trun.length < 12) return undefined;
  const count = trun.readUInt32BE(4);
  if ((trun.readUInt32BE(0) & 0xffffff) !== 0x301 || trun.length < 12 + count * 8) return undefined;
  let at = Number(tfdt.readBigUInt64BE(4));
  let from = trun.readUInt32BE(8);
  const samples: SoundSample[] = [];
  for (let index = 0; index < count; index += 1) {
    const [length, bytes] = [trun.readUInt32BE(12 + index * 8), trun.readUInt32BE(16 + index * 8)];
    if (from + bytes > data.length) return undefined;
    samples.push({ at, samples: length, data: data.subarray(from, from + bytes) });
    at += length;
    from += bytes;
  }
  return samples;
}
