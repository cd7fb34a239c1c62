import { readFile } from 'node:fs/promises';
import { AudioError } from './errors.ts';

/** The one form that sounds have inside the station: mono, 16 bit, this rate. Twice what G.711 carries. */
export const CANONICAL_RATE = 16_000;

export interface Pcm {
  /** Mono samples, full scale 32767. */
  samples: Int16Array;
  rateHz: number;
}

export function durationMs(pcm: Pcm): number {
  return Math.round((pcm.samples.length / pcm.rateHz) * 1000);
}

/**
 * Reads a 16-bit PCM WAV file; several channels are averaged.
 * Engines that write to a pipe leave the lengths in the header at nonsense (0, 0x7FFFFFFF, ...): a chunk that claims
 * more than there is ends where the bytes end.
 * @throws AudioError audio.not_audio with the reason in `detail`.
 */
export function parseWav(bytes: Uint8Array, file = ''): Pcm {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (detail: string) => new AudioError('audio.not_audio', { file, detail });
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw refuse('no RIFF/WAVE header');
  let format: { channels: number; rateHz: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === 'fmt ' && body + 16 <= bytes.length) {
      format = { channels: view.getUint16(body + 2, true), rateHz: view.getUint32(body + 4, true) };
      const bits = view.getUint16(body + 14, true);
      const kind = view.getUint16(body, true);
      // 0xFFFE: extensible, as `say` and some recorders write it.
      if ((kind !== 1 && kind !== 0xfffe) || bits !== 16) throw refuse(`format ${kind} with ${bits} bits`);
      if (format.channels < 1 || format.rateHz < 1) throw refuse('no channels or no rate');
    }
    if (tag(at) === 'data') {
      if (!format) throw refuse('data before fmt');
      const end = Math.min(bytes.length, body + size);
      return { samples: toMono(view, body, end, format.channels), rateHz: format.rateHz };
    }
    at = body + size + (size & 1);
  }
  throw refuse('no data chunk');
}

function toMono(view: DataView, from: number, to: number, channels: number): Int16Array {
  const samples = new Int16Array(Math.floor((to - from) / (2 * channels)));
  for (let n = 0; n < samples.length; n += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += view.getInt16(from + (n * channels + channel) * 2, true);
    }
    samples[n] = Math.round(sum / channels);
  }
  return samples;
}

/** A 16-bit mono WAV file. */
export function wavBytes({ samples, rateHz }: Pcm): Uint8Array {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rateHz, 24);
  bytes.writeUInt32LE(rateHz * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples.length * 2, 40);
  for (let n = 0; n < samples.length; n += 1) bytes.writeInt16LE(samples[n] ?? 0, 44 + n * 2);
  return bytes;
}

/** @throws AudioError audio.file_missing | audio.not_audio */
export async function readWav(file: string): Promise<Pcm> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new AudioError('audio.file_missing', { file, detail: (error as NodeJS.ErrnoException).code ?? '' });
  }
  return parseWav(bytes, file);
}
