import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { burnArguments, burnText } from '#features/evidence/burn.ts';
import { fileStamp, isoLocal, utcOffsetMs } from '#station/paper/local-time.ts';
import { pdf, wrap } from '#station/paper/pdf.ts';
import { signingKey } from '#features/evidence/signing-key.ts';
import { readZip, zipLayout } from '#features/evidence/zip.ts';

const AT = Date.UTC(2026, 10, 22, 11, 26, 5, 120);

test('local times carry their distance from UTC', () => {
  expect(isoLocal(AT, 'Asia/Shanghai')).toBe('2026-11-22T19:26:05.120+08:00');
  expect(isoLocal(AT, 'America/St_Johns')).toBe('2026-11-22T07:56:05.120-03:30');
  expect(fileStamp(AT, 'Asia/Shanghai')).toBe('20261122-192605');
  // the hour that happens twice
  expect(utcOffsetMs('Europe/Berlin', Date.UTC(2026, 9, 25, 0, 30))).toBe(7_200_000);
  expect(utcOffsetMs('Europe/Berlin', Date.UTC(2026, 9, 25, 1, 30))).toBe(3_600_000);
});
test('the text in the picture needs no time zone of the system', () => {
  const options = {
    ffmpeg: '',
    folder: '',
    name: '',
    cameraId: 'CAM-1',
    init: Buffer.alloc(0),
    startMs: AT,
    withSound: true,
  };
  expect(burnText({ ...options, utcOffsetMs: 28_800_000 })).toBe(
    'CAM-1  %{pts:gmtime:1795375565.120} UTC+08:00',
  );
  expect(burnText({ ...options, utcOffsetMs: -12_600_000 })).toContain('UTC-03:30');
  expect(burnArguments('a.txt', 'a.mp4', true, 'C:/Windows/Fonts/arial.ttf')).toContain(
    'drawtext=fontfile=C\\\\:/Windows/Fonts/arial.ttf:textfile=a.txt:fontsize=max(12\\,h/24):fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=6:x=10:y=10',
  );
});
test('the key is the same for a vault, another for another one', () => {
  const vault = (byte: number) => ({ derive: () => Buffer.alloc(32, byte) });
  const [one, same, other] = [1, 1, 2].map((byte) => signingKey(vault(byte)).fingerprint);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect([one === same, one === other]).toEqual([true, false]);
});
test('lines of a paper keep every character and never get too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab 北门纠纷Wi-0') }), (text) => {
      const lines = wrap(text, 10, 100);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(60);
    }),
  );
});
test('a paper has the pages that it says, and places that are right', () => {
  const lines = Array.from({ length: 120 }, (_, index) => ({ text: `行 ${index} (\\)` }));
  const text = pdf(lines, 'foot').toString('latin1');
  expect(text.match(/\/Type \/Page /g)).toHaveLength(3);
  const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  expect(text.slice(start, start + 4)).toBe('xref');
  for (const [index, [, place]] of [...text.matchAll(/^(\d{10}) 00000 n/gm)].entries())
    expect(text.slice(Number(place)).startsWith(`${index + 1} 0 obj`)).toBe(true);
  expect(text).toContain('( 0 \\(\\\\\\)) Tj');
});
test('bytes of a ZIP are the same however they are asked for', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guardroom-zip-'));
  try {
    const files = ['a.txt', 'empty', 'b.bin'].map((name, index) => {
      const content = Buffer.alloc(index === 1 ? 0 : 1000 * (index + 1), index + 65);
      writeFileSync(path.join(folder, name), content);
      return { name, bytes: content.length, sha256: '', crc32: crc32(content) };
    });
    const layout = zipLayout(folder, 'bundle', files, AT);
    const whole = await readZip(layout, 0, layout.bytes + 10);
    expect(whole).toHaveLength(layout.bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(layout.bytes), fc.nat(2000), async (offset, length) => {
        expect((await readZip(layout, offset, length)).equals(whole.subarray(offset, offset + length))).toBe(
          true,
        );
      }),
      { numRuns: 50 },
    );
    writeFileSync(path.join(folder, 'b.bin'), 'short');
    await expect(readZip(layout, 0, layout.bytes)).rejects.toThrow('b.bin ends at 5');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
