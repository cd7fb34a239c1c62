import { decodeG711 } from './g711.ts';
import { flacFrame, MAX_BLOCK, MIN_BLOCK } from './flac.ts';
import { soundFragment, type SoundSample } from './sound-fragment.ts';
import type { RecordedSound, SoundSource } from './sound-types.ts';
import { TICKS_PER_SECOND } from './types.ts';

/** Packets this near to where the last one ended follow it: nobody hears a gap, and times come with jitter. */
const CONTIGUOUS_S = 0.06;
/** More than this (two seconds of everything that cameras send) waits for no picture. */
const MAX_PACKETS = 1_000;

/** Collects the sound between two parts. */
export interface SoundPacker {
  add(sound: RecordedSound): void;
  /** What has come since the last call as one fragment; undefined if nothing has. */
  take(): Buffer | undefined;
}

/** What makes samples of a file out of packets; each at its own place in samples since the stream's beginning. */
interface Line {
  add(at: number, data: Buffer): void;
  take(): SoundSample[];
}

/** AAC as it came. */
function aacLine(frameSamples: number): Line {
  let samples: SoundSample[] = [];
  return {
    add: (at, data) => samples.push({ at, samples: frameSamples, data }),
    take() {
      const all = samples;
      samples = [];
      return all;
    },
  };
}

/** G.711 as FLAC; a rest too short for a block waits for the next part. */
function flacLine(law: 'pcma' | 'pcmu'): Line {
  let runs: { at: number; pieces: Int16Array[]; length: number }[] = [];
  let number = 0;
  return {
    add(at, data) {
      const pcm = decodeG711(law, data);
      const last = runs.at(-1);
      if (last && last.at + last.length === at) {
        last.pieces.push(pcm);
        last.length += pcm.length;
      } else runs.push({ at, pieces: [pcm], length: pcm.length });
    },
    take() {
      const out: SoundSample[] = [];
      const open = runs.at(-1);
      for (const run of runs) {
        const pcm = joined(run.pieces, run.length);
        let from = 0;
        while (run.length - from >= MIN_BLOCK) {
          // No block may leave a rest behind that is too short for one.
          const left = run.length - from;
          const size =
            left > MAX_BLOCK && left < MAX_BLOCK + MIN_BLOCK
              ? MAX_BLOCK - MIN_BLOCK
              : Math.min(left, MAX_BLOCK);
          out.push({
            at: run.at + from,
            samples: size,
            data: flacFrame(pcm.subarray(from, from + size), number),
          });
          number += size;
          from += size;
        }
        if (run === open)
          runs =
            from < run.length
              ? [{ at: run.at + from, pieces: [pcm.slice(from)], length: run.length - from }]
              : [];
      }
      return out;
    },
  };
}

function joined(pieces: readonly Int16Array[], length: number): Int16Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const all = new Int16Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

export function soundPacker(source: SoundSource): SoundPacker {
  const { codec, sampleRate, frameSamples } = source;
  const line = codec === 'aac' ? aacLine(frameSamples) : flacLine(codec);
  /** Where the last packet ended. */
  let end: number | undefined;
  let count = 0;
  let sequence = 0;

  return {
    add({ data, ticks }) {
      if (data.length === 0 || count >= MAX_PACKETS) return;
      const wanted = Math.round((ticks * sampleRate) / TICKS_PER_SECOND);
      const off = end === undefined ? Infinity : wanted - end;
      // It lies in what is there already: sound has run ahead of its picture and is put right.
      if (off < -CONTIGUOUS_S * sampleRate) return;
      const at = Math.abs(off) <= CONTIGUOUS_S * sampleRate ? (end as number) : wanted;
      if (at < 0) return;
      line.add(at, data);
      end = at + (codec === 'aac' ? frameSamples : data.length);
      count += 1;
    },
    take() {
      count = 0;
      const samples = line.take();
      if (samples.length === 0) return undefined;
      sequence += 1;
      return soundFragment(samples, sequence);
    },
  };
}
