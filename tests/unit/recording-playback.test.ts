import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamKind } from '#contract/media-wire.ts';
import { GAP_SLACK_MS } from '#domain/recording-gaps.ts';
import { createCursor, type Cursor, type CursorFrame } from '#features/recording/cursor.ts';
import { groupBefore } from '#features/recording/replay-back.ts';
import { shelfOf, type MadeFile, type ShelvedFile } from '#tests/fixtures/two-streams.ts';

const START = Date.UTC(2026, 10, 22, 8);

/** Files of a stream that follow each other, at once or after a while. */
const filesOf = (stream: StreamKind, fps: number) =>
  fc
    .array(
      fc.record({
        gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8_000 })),
        seconds: fc.integer({ min: 1, max: 12 }),
        gop: fc.integer({ min: 1, max: 4 * fps }),
        broken: fc.boolean().map((is) => is && stream === 'main'),
      }),
      { maxLength: 5 },
    )
    .map((list) => {
      let at = START;
      return list.map(({ gapMs, seconds, ...rest }): MadeFile => {
        const startMs = at + gapMs;
        at = startMs + seconds * 1_000;
        return { stream, fps, startMs, seconds, ...rest };
      });
    });
const park = fc.tuple(filesOf('main', 10), filesOf('sub', 8)).map((lists) => lists.flat());
const wished = fc.constantFrom<StreamKind>('main', 'sub');
const moment = fc.integer({ min: START - 2_000, max: START + 60_000 });

const cursorOf = (files: ReturnType<typeof shelfOf>, stream: StreamKind) =>
  createCursor(files.shelf, { cameraId: 'cam', stream }, () => undefined);
const good = (files: readonly ShelvedFile[], of?: StreamKind) =>
  files.filter((file) => !file.broken && (of === undefined || file.of === of));
const covers = (files: readonly ShelvedFile[], atMs: number, slackMs = 0) =>
  files.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs + slackMs);
/** The little hole between two files of one stream is none, also where one of them turns out to be unreadable. */
const bridged = (files: readonly ShelvedFile[], of: StreamKind, atMs: number) =>
  covers(good(files, of), atMs) ||
  isHole(
    files.filter((file) => file.of === of),
    atMs,
  );
const isHole = (files: readonly ShelvedFile[], atMs: number) =>
  files.some(
    ({ endMs }) =>
      endMs <= atMs && files.some(({ startMs }) => startMs > atMs && startMs <= endMs + GAP_SLACK_MS),
  );
const other = (stream: StreamKind): StreamKind => (stream === 'main' ? 'sub' : 'main');
const streamOf = ({ file }: CursorFrame): StreamKind => (file as ShelvedFile).of;

async function forwards(cursor: Cursor, fromMs: number, keysOnly = false): Promise<CursorFrame[]> {
  await cursor.seek(fromMs);
  const frames: CursorFrame[] = [];
  for (let frame = await cursor.next(keysOnly); frame; frame = await cursor.next(keysOnly))
    frames.push(frame);
  await cursor.close();
  return frames;
}

describe('a playback of two streams', () => {
  it('forwards shows every moment once, of the wished stream wherever that is recorded', async () => {
    await fc.assert(
      fc.asyncProperty(park, wished, moment, async (made, stream, fromMs) => {
        const shelved = shelfOf(made);
        const mine = good(shelved.files, stream);
        const theirs = good(shelved.files, other(stream));
        const frames = await forwards(cursorOf(shelved, stream), fromMs);
        const shown = frames.filter(({ leading, wallMs }) => !leading && wallMs >= fromMs);
        const walls = shown.map(({ wallMs }) => wallMs);
        for (const [index, wall] of walls.entries())
          if (index > 0) expect(wall).toBeGreaterThan(walls[index - 1]!);
        for (const frame of shown)
          if (streamOf(frame) !== stream) expect(covers(mine, frame.wallMs)).toBe(false);
        const all = new Set(walls);
        const missing = [
          ...mine.flatMap((file) => file.walls),
          ...theirs.flatMap((file) => file.walls.filter((wall) => !bridged(shelved.files, stream, wall))),
        ].filter((wall) => wall >= fromMs && !all.has(Math.round(wall)));
        expect(missing).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('can be decoded from its first frame to its last', async () => {
    await fc.assert(
      fc.asyncProperty(park, wished, moment, async (made, stream, fromMs) => {
        const frames = await forwards(cursorOf(shelfOf(made), stream), fromMs);
        let last: CursorFrame | undefined;
        for (const frame of frames) {
          const goesOn = last?.file.id === frame.file.id && frame.ticks > last.ticks;
          if (!goesOn) expect(frame.key).toBe(true);
          last = frame;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('fast forwards shows growing key frames, and none of the other stream where the wished one is', async () => {
    await fc.assert(
      fc.asyncProperty(park, wished, moment, async (made, stream, fromMs) => {
        const shelved = shelfOf(made);
        const frames = await forwards(cursorOf(shelved, stream), fromMs, true);
        for (const [index, frame] of frames.entries()) {
          expect([frame.key, frame.leading]).toEqual([true, false]);
          if (index > 0) expect(frame.wallMs).toBeGreaterThan(frames[index - 1]!.wallMs);
          if (streamOf(frame) !== stream && frame.wallMs >= fromMs)
            expect(covers(good(shelved.files, stream), frame.wallMs)).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('backwards shows every moment once; the other stream at the most up to its key frame', async () => {
    await fc.assert(
      fc.asyncProperty(park, wished, moment, async (made, stream, fromMs) => {
        const shelved = shelfOf(made);
        const cursor = cursorOf(shelved, stream);
        const mine = good(shelved.files, stream);
        const shown: CursorFrame[][] = [];
        let before: number | undefined = fromMs;
        while (before !== undefined) {
          const group = await groupBefore(cursor, before, false);
          const [first, last] = [group[0], group.at(-1)];
          if (last) expect(last.wallMs).toBeLessThan(before);
          if (group.length > 0) shown.push(group);
          before = first?.wallMs;
        }
        await cursor.close();
        for (const group of shown) {
          expect(group[0]!.key).toBe(true);
          expect(new Set(group.map(({ file }) => file.id)).size).toBe(1);
          // Its end is not of a time that the wished stream has: only what leads to that end may be.
          const last = group.at(-1)!;
          if (streamOf(last) !== stream) {
            const endsMs = last.wallMs + 125;
            expect(mine.some(({ startMs, endMs }) => startMs <= last.wallMs && endMs > endsMs)).toBe(false);
          }
        }
        const walls = new Set(shown.flat().map(({ wallMs }) => wallMs));
        const inOther = (wall: number) =>
          shown.some(
            (group) =>
              streamOf(group[0]!) !== stream &&
              group[0]!.wallMs <= wall &&
              wall <= group.at(-1)!.wallMs + 125,
          );
        const missing = [
          ...mine.flatMap((file) => file.walls),
          ...good(shelved.files, other(stream)).flatMap((file) =>
            file.walls.filter((wall) => !bridged(shelved.files, stream, wall)),
          ),
        ].filter((wall) => wall < fromMs && !walls.has(Math.round(wall)) && !inOther(wall));
        expect(missing).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('never compares the epochs of two streams, and shows the latest of its own', async () => {
    const files: MadeFile[] = [
      { stream: 'main', startMs: START, seconds: 20, epoch: 4 },
      { stream: 'sub', startMs: START, seconds: 20, fps: 8, epoch: 0 },
      { stream: 'sub', startMs: START + 5_000, seconds: 30, fps: 8, epoch: 1 },
    ];
    const epochsOf = async (stream: StreamKind) =>
      (await forwards(cursorOf(shelfOf(files), stream), START + 6_000)).map((frame) =>
        [streamOf(frame), frame.file.epoch].join(' '),
      );
    expect(new Set(await epochsOf('main'))).toEqual(new Set(['main 4', 'sub 1']));
    expect(new Set(await epochsOf('sub'))).toEqual(new Set(['sub 1']));
  });
});
