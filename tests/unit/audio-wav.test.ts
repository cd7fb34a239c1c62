import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinPcm, normalisePeak, toCanonical, trimSilence } from '#native/audio/pcm.ts';
import { durationMs, parseWav, wavBytes } from '#native/audio/wav.ts';
import { toneShare } from '#tests/peers/rtp-receiver.ts';

const tone = (hz: number, rateHz: number, ms: number, level = 8000) =>
  Int16Array.from(
    { length: (ms * rateHz) / 1000 },
    (_, n) => level * Math.sin((2 * Math.PI * hz * n) / rateHz),
  );
const unit = (samples: Int16Array) => Array.from(samples, (value) => value / 32_768);

/** A WAV header by hand, to have wrong ones too. */
function wavWith(options: {
  kind?: number;
  channels?: number;
  bits?: number;
  dataSize?: number;
  data: Buffer;
}): Buffer {
  const { kind = 1, channels = 1, bits = 16, data, dataSize = data.length } = options;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(0xffff_ffff, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(kind, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(22_050, 24);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(dataSize, 40);
  return Buffer.concat([head, data]);
}

describe('WAV', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(
        fc.int16Array({ maxLength: 200 }),
        fc.integer({ min: 4000, max: 96_000 }),
        (samples, rateHz) => {
          expect(parseWav(wavBytes({ samples, rateHz }))).toEqual({ samples, rateHz });
        },
      ),
    );
  });

  it('believes the bytes, not the length that a pipe left in the header', () => {
    const data = Buffer.from(Int16Array.of(1, -2, 3).buffer);
    const piped = parseWav(wavWith({ data, dataSize: 0x7fff_f000 }));
    expect(Array.from(piped.samples)).toEqual([1, -2, 3]);
  });

  it('averages channels', () => {
    const data = Buffer.from(Int16Array.of(100, 200, -50, 50).buffer);
    expect(Array.from(parseWav(wavWith({ data, channels: 2 })).samples)).toEqual([150, 0]);
  });

  it.each([
    ['text', Buffer.from('hello, I am a song'), /no RIFF/],
    ['a float file', wavWith({ kind: 3, bits: 32, data: Buffer.alloc(8) }), /format 3 with 32 bits/],
    ['no data chunk', wavWith({ data: Buffer.alloc(0) }).subarray(0, 36), /no data chunk/],
    ['nothing', Buffer.alloc(0), /no RIFF/],
  ])('refuses %s with the reason', (_, bytes, reason) => {
    expect(() => parseWav(bytes, 'song.wav')).toThrow(reason);
    expect(() => parseWav(bytes, 'song.wav')).toThrow(/file=song\.wav/);
  });

  it('never fails otherwise, whatever the bytes', () => {
    const start = wavWith({ data: Buffer.alloc(0) }).subarray(0, 12);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        try {
          parseWav(Buffer.concat([start, bytes]));
        } catch (error) {
          expect(error).toMatchObject({ code: 'audio.not_audio' });
        }
      }),
    );
  });
});

describe('PCM', () => {
  it.each([22_050, 44_100, 48_000, 8000])(
    'changes the rate from %d Hz and keeps tone and level',
    (rateHz) => {
      const out = toCanonical({ samples: tone(1000, rateHz, 500), rateHz });
      expect(out.rateHz).toBe(16_000);
      expect(durationMs(out)).toBe(500);
      const middle = out.samples.subarray(400, 7600);
      expect(toneShare(unit(middle), 1000, 16_000)).toBeGreaterThan(0.999);
      expect(Math.max(...middle)).toBeGreaterThan(7900);
    },
  );

  it('removes what the lower rate cannot carry instead of folding it back', () => {
    const out = toCanonical({ samples: tone(11_000, 44_100, 300), rateHz: 44_100 });
    expect(Math.max(...out.samples.subarray(400, 4400))).toBeLessThan(80);
  });

  it('lifts a quiet recording to -3 dB, but not a nearly silent one to noise', () => {
    const peak = (level: number) =>
      Math.max(...normalisePeak({ samples: tone(1000, 16_000, 50, level), rateHz: 16_000 }).samples);
    expect(peak(8000)).toBeCloseTo(23_197, -2);
    expect(peak(32_000)).toBeCloseTo(23_197, -2);
    expect(peak(50)).toBeLessThan(500);
    expect(normalisePeak({ samples: new Int16Array(4), rateHz: 16_000 }).samples).toEqual(new Int16Array(4));
  });

  it('joins with gaps and trims silence', () => {
    const one = {
      samples: Int16Array.of(...Array(160).fill(0), ...Array(160).fill(9000), ...Array(480).fill(0)),
      rateHz: 16_000,
    };
    expect(trimSilence(one, 5).samples).toHaveLength(80 + 160 + 80);
    expect(trimSilence({ samples: new Int16Array(99), rateHz: 16_000 }, 5).samples).toHaveLength(0);
    const joined = joinPcm([
      { pcm: one, gapMs: 10 },
      { pcm: one, gapMs: 0 },
    ]);
    expect(joined.samples).toHaveLength(800 + 160 + 800);
    expect(joined.samples[960 + 160]).toBe(9000);
  });
});
