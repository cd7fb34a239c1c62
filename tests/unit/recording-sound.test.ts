import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flacFrame, flacInfo, MAX_BLOCK, MIN_BLOCK } from '#native/recording/flac.ts';
import { decodeG711 } from '#native/recording/g711.ts';
import { isSound, readSound, soundFragment } from '#native/recording/sound-fragment.ts';
import { soundOf, withSound } from '#native/recording/sound-init.ts';
import { soundPacker } from '#native/recording/sound-packer.ts';
import type { SoundSource } from '#native/recording/sound-types.ts';
import { madeTrack } from '#tests/fixtures/recorded-frames.ts';

const G711: SoundSource = {
  codec: 'pcma',
  name: 'alaw',
  sampleRate: 8_000,
  channels: 1,
  config: Buffer.alloc(0),
  frameSamples: 1,
};
const AAC: SoundSource = {
  ...{ codec: 'aac', name: 'mp4a.40.2', sampleRate: 16_000, channels: 1 },
  ...{ config: Buffer.from('1408', 'hex'), frameSamples: 1_024 },
};
let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'sound-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the real decoder makes of a file. */
function decoded(data: Buffer, name: string, ...input: string[]): Buffer {
  const file = path.join(folder, name);
  writeFileSync(file, data);
  const args = ['-v', 'error', '-xerror', ...input, '-i', file, '-f', 's16le', 'pipe:1'];
  return execFileSync('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 });
}
const bytesOf = (samples: Int16Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

describe('G.711', () => {
  it.each([
    ['pcma', 'alaw'],
    ['pcmu', 'mulaw'],
  ] as const)('%s: every code as ffmpeg decodes it', (law, format) => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, code) => code));
    const theirs = decoded(all, law, '-f', format, '-ar', '8000', '-ac', '1');
    expect(bytesOf(decodeG711(law, all)).equals(theirs)).toBe(true);
  });
});

describe('FLAC', () => {
  /** Sounds of every kind: quiet, loud, silent, noise, the worst there is. */
  const kinds: ((at: number) => number)[] = [
    (at) => 8_000 * Math.sin(at / 9),
    () => 0,
    (at) => ((at * 7_919 * 31) % 65_536) - 32_768,
    (at) => (at % 2 === 0 ? 32_767 : -32_768),
    (at) => (at * 7) % 300,
    (at) => (at === 5 ? 32_767 : -1),
  ];

  it('comes back from ffmpeg’s decoder bit by bit, whatever the lengths of its blocks', () => {
    const block = fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: MIN_BLOCK, max: MAX_BLOCK }));
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 40 }), (blocks) => {
        const frames: Buffer[] = [Buffer.from('fLaC'), flacInfo(8_000)];
        const pieces: Buffer[] = [];
        let number = 0;
        for (const [kind, length] of blocks) {
          const samples = Int16Array.from({ length }, (_, at) => kind(at));
          frames.push(flacFrame(samples, number));
          pieces.push(bytesOf(samples));
          number += length;
        }
        expect(decoded(Buffer.concat(frames), 'any.flac').equals(Buffer.concat(pieces))).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('is smaller than the samples, and not much larger where nothing can be saved', () => {
    const speech = Int16Array.from({ length: 4_096 }, (_, at) => 3_000 * Math.sin(at / 11) + (at % 5));
    const noise = Int16Array.from(
      { length: 4_096 },
      (_, at) => ((at * 7_919 * 31 + at * at) % 65_536) - 32_768,
    );
    expect(flacFrame(speech, 0).length).toBeLessThan(4_096);
    expect(flacFrame(noise, 0).length).toBeLessThan(4_096 * 2 + 64);
  });

  it('refuses what is no block', () => {
    expect(() => flacFrame(new Int16Array(MIN_BLOCK - 1), 0)).toThrow(RangeError);
    expect(() => flacFrame(new Int16Array(MAX_BLOCK + 1), 0)).toThrow(RangeError);
  });
});

describe('the head of a file', () => {
  const picture = madeTrack().init;

  it.each([
    ['AAC', AAC, 'mp4a.40.2'],
    ['G.711', G711, 'flac'],
  ])('says how its sound is decoded: %s', (_name, source, codec) => {
    const init = withSound(picture, source);
    const { sampleRate, channels } = source;
    expect(soundOf(init)).toMatchObject({ codec, sampleRate, channels });
    if (source.codec === 'aac') expect(soundOf(init)?.config).toEqual(source.config);
    expect(soundOf(init)?.config.subarray(0, 4).toString()).toBe(codec === 'flac' ? 'fLaC' : '\x14\x08');
  });

  it('without sound says nothing of it', () => {
    expect(soundOf(picture)).toBeUndefined();
  });
});

describe('packing', () => {
  const TICK_PER_SAMPLE = 90_000 / 8_000;
  const sound = (at: number, data: Buffer) => ({
    data,
    receivedAtMs: 0,
    ticks: Math.round(at * TICK_PER_SAMPLE),
  });

  it('G.711 in packets of any length: every sample once, in order, at its time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 700 }), fc.boolean()), { minLength: 1, maxLength: 60 }),
        (packets) => {
          const packer = soundPacker(G711);
          let at = 0;
          let samples = 0;
          const fragments: Buffer[] = [];
          for (const [length, isCut] of packets) {
            packer.add(sound(at, Buffer.alloc(length, at & 0xff)));
            at += length;
            const fragment = isCut ? packer.take() : undefined;
            if (fragment) fragments.push(fragment);
          }
          const last = packer.take();
          if (last) fragments.push(last);
          let next = 0;
          for (const one of fragments.flatMap((fragment) => readSound(fragment) ?? [])) {
            expect(one.at).toBe(next);
            next += one.samples;
            samples += one.samples;
          }
          // What waits is too short for a block.
          expect(at - samples).toBeGreaterThanOrEqual(0);
          expect(at - samples).toBeLessThan(MIN_BLOCK);
        },
      ),
    );
  });

  it('jitter is no gap, silence is one, and sound that runs ahead is cut', () => {
    const packer = soundPacker(AAC);
    const ticks = (at: number) => (at * 90_000) / 16_000;
    for (const at of [0, 1_200, 1_900, 16_000, 17_024, 9_000])
      packer.add({ data: Buffer.from([at & 0xff]), receivedAtMs: 0, ticks: ticks(at) });
    const samples = readSound(packer.take()!)!;
    expect(samples.map(({ at }) => at)).toEqual([0, 1_024, 2_048, 16_000, 17_024]);
    expect(samples[2]?.samples).toBe(16_000 - 2_048);
    expect(packer.take()).toBeUndefined();
  });

  it('a fragment of sound is told from one of pictures', () => {
    const fragment = soundFragment([{ at: 2 ** 33, samples: 5, data: Buffer.from('abc') }], 1);
    expect(isSound(fragment.subarray(8, fragment.readUInt32BE(0)))).toBe(true);
    expect(readSound(fragment)).toEqual([{ at: 2 ** 33, samples: 5, data: Buffer.from('abc') }]);
    expect(readSound(fragment.subarray(0, fragment.length - 1))).toBeUndefined();
  });
});
