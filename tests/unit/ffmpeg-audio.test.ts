import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { g711Track, isSameAudio, parseAacConfig } from '#native/ffmpeg/aac-config.ts';
import { audioAligner } from '#native/ffmpeg/audio-align.ts';

describe('AudioSpecificConfig', () => {
  test.each([
    ['1408', 'mp4a.40.2', 16_000, 1, 1_024],
    ['1190', 'mp4a.40.2', 48_000, 2, 1_024],
    ['1588', 'mp4a.40.2', 8_000, 1, 1_024],
    // HE-AAC: 24 kHz core, 48 kHz out
    ['2b118800', 'mp4a.40.5', 48_000, 2, 2_048],
  ])('%s', (hex, name, sampleRate, channels, frameSamples) => {
    expect(parseAacConfig(Buffer.from(hex, 'hex'))).toMatchObject({
      name,
      sampleRate,
      channels,
      frameSamples,
    });
  });

  test.each([['', 'ff', '14', '0000', '17f8ffffff']])('refuses %s', (hex) => {
    expect(parseAacConfig(Buffer.from(hex, 'hex'))).toBeUndefined();
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => void parseAacConfig(Buffer.from(bytes))),
    );
  });

  test('tracks are the same where they are decoded alike', () => {
    const aac = (hex: string) => parseAacConfig(Buffer.from(hex, 'hex'));
    expect(isSameAudio(aac('1408'), aac('1408'))).toBe(true);
    expect(isSameAudio(aac('1408'), aac('1190'))).toBe(false);
    expect(isSameAudio(g711Track('pcma'), g711Track('pcmu'))).toBe(false);
    expect(isSameAudio(g711Track('pcma'), undefined)).toBe(false);
    expect(isSameAudio(undefined, undefined)).toBe(true);
  });
});

describe('sound on the timeline of the pictures', () => {
  const MS = 90;
  /** Ten seconds of pictures each 40 ms and sound each 20 ms that belongs 35 ms earlier than it comes. */
  function run(options: { reports?: (ms: number) => number; late?: (at: number) => number }): number[] {
    const aligner = audioAligner();
    const errors: number[] = [];
    for (let ms = 0; ms < 10_000; ms += 20) {
      const came = 1_700_000_000_000 + ms;
      const camera = options.reports?.(ms);
      if (ms % 40 === 0) aligner.picture(ms * MS, came, camera);
      const mediaMs = ms + 5_000;
      const ticks = aligner.sound(mediaMs, came + (options.late?.(ms) ?? 0), camera && camera - 35);
      errors.push((ticks as number) / MS - ms);
    }
    return errors;
  }

  test('by the camera’s reports', () => {
    const errors = run({ reports: (ms) => 50_000 + ms });
    expect(errors.every((error) => Math.abs(error + 35) < 1)).toBe(true);
  });

  test('by arrival where there are none, at its own pace whatever the network does', () => {
    const errors = run({ late: (ms) => (ms * 7_919) % 60 });
    expect(Math.max(...errors) - Math.min(...errors)).toBeLessThan(1);
    expect(Math.max(...errors)).toBeLessThan(60);
  });

  test('reports that cannot be true are not believed', () => {
    const aligner = audioAligner();
    aligner.picture(0, 1_000, 90_000_000);
    expect(aligner.sound(500, 1_020, 5)).toBe(20 * MS);
  });

  test('a clock that leaps is followed at once, a drift before it is heard', () => {
    const aligner = audioAligner();
    for (let ms = 0; ms < 20_000; ms += 20) {
      aligner.picture(ms * MS, ms, undefined);
      // A camera whose sound runs 1 % fast, and is set back an hour in the middle.
      const own = ms * 1.01 - (ms > 10_000 ? 3_600_000 : 0);
      const error = (aligner.sound(own, ms, undefined) as number) / MS - ms;
      expect(Math.abs(error)).toBeLessThan(150);
    }
  });

  test('nothing is placed before the first picture', () => {
    expect(audioAligner().sound(0, 0, undefined)).toBeUndefined();
  });
});
