import { describe, expect, it } from 'vitest';
import { DISTRUST_MS, directTrust } from '#native/ffmpeg/direct-trust.ts';

describe('trust in the direct pull', () => {
  it.each([
    'no_route',
    'refused',
    'unknown_host',
    'wrong_password',
    'not_found',
    'codec_not_playable',
  ] as const)('is not touched by %s: ffmpeg would hear the same', (code) => {
    const trust = directTrust();
    for (let time = 0; time < 10; time += 1) expect(trust.failed(code, 0, 0)).toBe(false);
    expect(trust.mayTry(0)).toBe(true);
  });

  it.each(['bad_data', 'refused_by_camera', 'no_key_frame', 'failed'] as const)(
    'is lost for ten minutes by %s, and ffmpeg takes over at once',
    (code) => {
      const trust = directTrust();
      expect(trust.failed(code, 500_000, 1_000)).toBe(true);
      expect(trust.mayTry(1_000 + DISTRUST_MS - 1)).toBe(false);
      expect(trust.mayTry(1_000 + DISTRUST_MS)).toBe(true);
    },
  );

  it('is lost for good by what cannot change, until the camera does', () => {
    const trust = directTrust();
    expect(trust.failed('unsupported', 0, 0)).toBe(true);
    trust.otherFailed('no_ffmpeg', 0);
    expect(trust.mayTry(1e12)).toBe(false);
    trust.forget();
    expect(trust.mayTry(0)).toBe(true);
  });

  it('is lost by the third short run in a row, not by a camera that reboots now and then', () => {
    const trust = directTrust();
    const runs = [500, 500, 3_600_000, 500, 500].map((ranMs) => trust.failed('ended', ranMs, 0));
    expect(runs).toEqual([false, false, false, false, false]);
    expect(trust.failed('ended', 500, 0)).toBe(true);
    expect(trust.mayTry(0)).toBe(false);
  });

  it('comes back when ffmpeg does no better', () => {
    const trust = directTrust();
    for (let time = 0; time < 3; time += 1) trust.failed('ended', 0, 0);
    trust.otherFailed('ended', 3_600_000);
    expect(trust.mayTry(0)).toBe(false);
    trust.otherFailed('ended', 500);
    expect(trust.mayTry(0)).toBe(true);
  });
});
