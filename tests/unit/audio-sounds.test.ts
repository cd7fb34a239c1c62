import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { durationMs, parseWav } from '#native/audio/wav.ts';

describe('resources/sounds', () => {
  const shipped = path.resolve('resources/sounds');

  it('is what the script makes', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'guardroom-sounds-'));
    try {
      execFileSync(process.execPath, [path.resolve('resources/tools/make-sounds.mjs'), '--out', folder]);
      const names = readdirSync(folder).sort();
      expect(
        readdirSync(shipped)
          .filter((name) => name.endsWith('.wav'))
          .sort(),
      ).toEqual(names);
      for (const name of names) {
        const [made, kept] = [folder, shipped].map(
          (from) => parseWav(readFileSync(path.join(from, name))).samples,
        );
        // Another processor may round a sine differently in the last bit.
        expect(made?.length, name).toBe(kept?.length);
        expect(
          made?.every((value, n) => Math.abs(value - (kept?.[n] ?? 0)) <= 2),
          name,
        ).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('has small files, none of which is clipped, and a longer alarm the more urgent it is', () => {
    const lengths = [1, 2, 3, 4].map((level) => {
      const bytes = readFileSync(path.join(shipped, `alarm-${level}.wav`));
      expect(bytes.length).toBeLessThan(100_000);
      const pcm = parseWav(bytes);
      expect(Math.max(...pcm.samples)).toBeLessThan(32_767);
      return durationMs(pcm);
    });
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });
});
