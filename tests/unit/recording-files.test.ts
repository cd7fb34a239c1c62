import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prftBox, readPrft } from '#native/recording/boxes.ts';
import { createRecordingFile } from '#native/recording/file-writer.ts';
import { framesOf, openRecording } from '#native/recording/file-reader.ts';
import { partBuilder } from '#native/recording/part-builder.ts';
import { decodeParts, encodeParts } from '#native/recording/part-codec.ts';
import { preRoll } from '#native/recording/pre-roll.ts';
import { scanFile } from '#native/recording/scan.ts';
import type { Part, PendingPart, RecordedFrame } from '#native/recording/types.ts';
import { madeFrames, madeTrack } from '#tests/fixtures/recorded-frames.ts';

const START = Date.UTC(2026, 10, 22, 8);
let root: string;
beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'guardroom-files-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function partsFrom(frames: readonly RecordedFrame[]): PendingPart[] {
  const builder = partBuilder();
  const parts = frames.flatMap((frame) => builder.add(frame) ?? []);
  const last = builder.flush();
  return last ? [...parts, last] : parts;
}

async function record(frames: readonly RecordedFrame[]) {
  const file = path.join(root, 'stream', '2026-11-22', 'one.mp4');
  const about = {
    codec: 'avc1.42c01e',
    width: 640,
    height: 360,
    startMs: START,
    epoch: 0,
    cause: 'continuous',
  };
  const facts = { id: 'one', cameraId: 'cam', stream: 'main' as const, ...about };
  const writer = await createRecordingFile(root, file, madeTrack(), facts);
  const parts: Part[] = [];
  for (const pending of partsFrom(frames)) parts.push(await writer.append(pending));
  await writer.close();
  return { file, parts, facts };
}

describe('parts', () => {
  it('are about a second, begin with the key frame where there is one each second, and lose no frame', () => {
    const parts = partsFrom(madeFrames({ startMs: START, seconds: 10 }));
    expect(parts).toHaveLength(10);
    for (const [index, part] of parts.entries()) {
      expect(part).toMatchObject({ frames: 15, startsWithKey: true, wallMs: START + index * 1_000 });
      expect(part.endTicks - part.ticks).toBe(90_000);
    }
  });

  it('never hold more than a second, however the frames come', () => {
    const step = fc.record({
      ms: fc.integer({ min: 1, max: 400 }),
      wallMs: fc.integer({ min: -3_000, max: 3_000 }),
      key: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        let ticks = 0;
        let wall = START;
        const frames = steps.map(({ ms, wallMs, key }) => {
          ticks += ms * 90;
          wall += wallMs;
          return { key, ticks, receivedAtMs: wall, data: Buffer.alloc(8) };
        });
        const parts = partsFrom(frames);
        expect(parts.reduce((sum, part) => sum + part.frames, 0)).toBe(frames.length);
        expect(parts.reduce((sum, part) => sum + part.keys.length, 0)).toBe(
          steps.filter(({ key }) => key).length,
        );
        for (const part of parts) {
          const held = part.buffers.slice(1);
          expect(held.length).toBe(part.frames);
          expect(part.bytes).toBe(part.buffers.reduce((sum, { length }) => sum + length, 0));
          expect(part.endWallMs).toBeGreaterThanOrEqual(part.wallMs);
          expect(part.endTicks).toBeGreaterThan(part.ticks);
        }
        // The time from a part's first frame to its last is under a second: what a crash can lose.
        let at = 0;
        for (const part of parts) {
          const own = frames.slice(at, (at += part.frames));
          expect(own.at(-1)!.ticks - own[0]!.ticks).toBeLessThan(90_000);
        }
      }),
    );
  });

  it('come back from their table as they were', () => {
    const wall = fc.integer({ min: 0, max: 4_102_444_800_000 });
    const arbitrary = fc.array(
      fc.record({
        wallMs: wall,
        lasts: fc.integer({ min: 0, max: 100_000 }),
        ticks: fc.integer({ min: 0, max: 2 ** 45 }),
        span: fc.integer({ min: 0, max: 2 ** 20 }),
        bytes: fc.integer({ min: 1, max: 2 ** 32 }),
        frames: fc.integer({ min: 1, max: 500 }),
        keys: fc.array(fc.tuple(fc.nat(9_999), fc.nat(2 ** 30), fc.nat(2 ** 20), fc.nat(2_000)), {
          maxLength: 4,
        }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(arbitrary, fc.nat(2 ** 40), (rows, first) => {
        let offset = first;
        const parts = rows.map(({ lasts, span, keys, ...row }): Part => {
          const part = {
            ...row,
            offset,
            endWallMs: row.wallMs + lasts,
            endTicks: row.ticks + span,
            keys: keys.map(([at, bytes, ticks, wallMs]) => ({
              ...{ offset: offset + at, bytes },
              ...{ ticks: row.ticks + ticks, wallMs: row.wallMs + wallMs },
            })),
          };
          offset += row.bytes;
          return part;
        });
        expect(decodeParts(encodeParts(parts))).toEqual(parts);
      }),
    );
    expect(() => decodeParts(Buffer.from([1, 0x80]))).toThrow('bad_file');
    expect(() => decodeParts(Buffer.from([9]))).toThrow('another version');
  });

  it('take some ten bytes a second in the index', () => {
    let offset = 1_000;
    const parts = partsFrom(madeFrames({ startMs: START, seconds: 300, bytes: 4_000 })).map((part) => {
      const at = offset;
      offset += part.bytes;
      return { ...part, offset: at, keys: part.keys.map((key) => ({ ...key, offset: key.offset + at })) };
    });
    expect(encodeParts(parts).length / parts.length).toBeLessThan(20);
  });
});

describe('the time in the file', () => {
  it('is read as it was written, also after 2036', () => {
    for (const wallMs of [
      START,
      START + 1,
      Date.UTC(2036, 1, 7, 6, 28, 16),
      Date.UTC(2060, 0, 1, 0, 0, 0, 999),
    ])
      expect(readPrft(prftBox(wallMs, 2 ** 40 + 7))).toEqual({ wallMs, ticks: 2 ** 40 + 7 });
  });
});

describe('a file', () => {
  it('tells by itself all that the index knows', async () => {
    const { file, parts, facts } = await record(madeFrames({ startMs: START, seconds: 5, gop: 20 }));
    const found = await scanFile(file);
    expect(found.facts).toEqual(facts);
    expect(found.goodBytes).toBe(found.fileBytes);
    expect(
      found.parts.map(({ offset, bytes, wallMs, ticks, frames }) => ({
        offset,
        bytes,
        wallMs,
        ticks,
        frames,
      })),
    ).toEqual(
      parts.map(({ offset, bytes, wallMs, ticks, frames }) => ({ offset, bytes, wallMs, ticks, frames })),
    );
    expect(
      found.parts.flatMap(({ keys }) => keys.map(({ offset, bytes, ticks }) => [offset, bytes, ticks])),
    ).toEqual(parts.flatMap(({ keys }) => keys.map(({ offset, bytes, ticks }) => [offset, bytes, ticks])));
  });

  it('gives back every frame as it came', async () => {
    const frames = madeFrames({ startMs: START, seconds: 3, gop: 7 });
    const { file, parts } = await record(frames);
    const reader = await openRecording(file);
    expect(reader.init.equals(madeTrack().init)).toBe(true);
    const read = [];
    for (const part of parts) read.push(...framesOf(await reader.read(part.offset, part.bytes), part));
    await reader.close();
    expect(read.map(({ key, ticks, data }) => [key, ticks, data.toString('hex')])).toEqual(
      frames.map(({ key, ticks, data }) => [key, ticks, data.toString('hex')]),
    );
    for (const [index, { wallMs }] of read.entries())
      expect(Math.abs(wallMs - frames[index]!.receivedAtMs)).toBeLessThan(2);
  });

  it('cut off anywhere keeps every whole frame before the cut', async () => {
    const { file, parts } = await record(madeFrames({ startMs: START, seconds: 3 }));
    const whole = readFileSync(file);
    const begin = parts[0]!.offset;
    const whereFramesEnd = [begin];
    for (let at = begin; at < whole.length; at += whole.readUInt32BE(at))
      if (whole.toString('latin1', at + 4, at + 8) === 'mdat')
        whereFramesEnd.push(at + whole.readUInt32BE(at));
    for (let cut = whole.length - 1; cut > begin; cut -= 97) {
      truncateSync(file, cut);
      const found = await scanFile(file);
      expect(found.goodBytes).toBe(whereFramesEnd.findLast((end) => end <= cut));
      // The index knew the first part: only what comes after it is looked at.
      const after = parts[0]!.offset + parts[0]!.bytes;
      if (cut > after)
        expect((await scanFile(file, after)).goodBytes).toBe(
          found.goodBytes < after ? after : found.goodBytes,
        );
    }
  });

  it('with rubbish at its end is good up to there, and a file that is none is refused', async () => {
    const { file } = await record(madeFrames({ startMs: START, seconds: 2 }));
    const size = readFileSync(file).length;
    appendFileSync(file, Buffer.alloc(5_000));
    expect(await scanFile(file)).toMatchObject({ goodBytes: size, fileBytes: size + 5_000 });
    const other = path.join(root, 'other.mp4');
    appendFileSync(other, 'not a recording at all');
    await expect(scanFile(other)).rejects.toMatchObject({ code: 'bad_file' });
    await expect(scanFile(path.join(root, 'none.mp4'))).rejects.toMatchObject({ code: 'disk_missing' });
  });

  it('is never written over another one, and never into a disk that is not there', async () => {
    const { file, facts } = await record(madeFrames({ startMs: START, seconds: 1 }));
    const before = readFileSync(file);
    await expect(createRecordingFile(root, file, madeTrack(), facts)).rejects.toMatchObject({
      code: 'disk_error',
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    const away = path.join(root, 'unmounted');
    await expect(
      createRecordingFile(away, path.join(away, 'a', 'b.mp4'), madeTrack(), facts),
    ).rejects.toMatchObject({ code: 'disk_missing' });
  });
});

describe('the pre-roll', () => {
  it('holds whole groups that reach back far enough, and no more', () => {
    const ring = preRoll();
    for (const frame of madeFrames({ startMs: START, seconds: 60, gop: 30 })) ring.add(frame, 10_000);
    const frames = ring.take();
    expect(frames[0]).toMatchObject({ key: true });
    const spanMs = frames.at(-1)!.receivedAtMs - frames[0]!.receivedAtMs;
    expect(spanMs).toBeGreaterThanOrEqual(10_000);
    expect(spanMs).toBeLessThan(14_100);
    expect(ring.bytes).toBe(0);
  });

  it('stays within its bytes whatever comes, and begins with a key frame', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 3_000 })), { maxLength: 100 }),
        (list) => {
          const ring = preRoll(5_000);
          for (const [index, [key, size]] of list.entries()) {
            ring.add(
              { key, data: Buffer.alloc(size), receivedAtMs: index * 66, ticks: index * 6_000 },
              2_000,
            );
            expect(ring.bytes).toBeLessThanOrEqual(5_000);
          }
          expect(ring.take()[0] ?? { key: true }).toMatchObject({ key: true });
        },
      ),
    );
  });
});
