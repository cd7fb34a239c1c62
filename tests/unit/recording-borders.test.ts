import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readMediaHeader,
  type MediaHeader,
  type MediaNotice,
  type StreamKind,
} from '#contract/media-wire.ts';
import type { Span } from '#domain/recording-types.ts';
import { createCursor, type CursorFrame } from '#features/recording/cursor.ts';
import { openReplay } from '#features/recording/replay.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { shelfOf, type MadeFile } from '#tests/fixtures/two-streams.ts';

const START = Date.UTC(2026, 10, 22, 8);
const PACKET_MS = 100;
/** Nothing is recorded after it. */
const SPAN_MS = 90_000;
/** Two frames of the slower stream are not further apart. */
const FRAME_MS = 130;

/** Files of a stream that follow each other at once, or after a gap that is seen as one. */
const filesOf = (stream: StreamKind, fps: number, sound: boolean) =>
  fc
    .array(
      fc.record({
        gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 2_000, max: 8_000 })),
        seconds: fc.integer({ min: 1, max: 12 }),
        gop: fc.integer({ min: 1, max: 6 * fps }),
      }),
      { maxLength: 4 },
    )
    .map((list) => {
      let at = START;
      return list.map(({ gapMs, seconds, gop }): MadeFile => {
        const startMs = at + gapMs;
        at = startMs + seconds * 1_000;
        return { stream, fps, startMs, seconds, gop, sound };
      });
    });
const park = (sound = false) =>
  fc.tuple(filesOf('main', 10, sound), filesOf('sub', 8, sound)).map((lists) => lists.flat());
const wished = fc.constantFrom<StreamKind>('main', 'sub');

async function forwards(made: readonly MadeFile[], stream: StreamKind): Promise<CursorFrame[]> {
  const cursor = createCursor(shelfOf(made).shelf, { cameraId: 'cam', stream }, () => undefined);
  await cursor.seek(START);
  const frames: CursorFrame[] = [];
  for (let frame = await cursor.next(false); frame; frame = await cursor.next(false)) frames.push(frame);
  await cursor.close();
  return frames;
}

/** A paused tile, and where the station says that it has jumped to. */
function pausedTile(made: readonly MadeFile[], stream: StreamKind, asked: object = { stream }) {
  const cursor = createCursor(shelfOf(made).shelf, { cameraId: 'cam', stream }, () => undefined);
  let at: number | null = null;
  const outlet = {
    unsentBytes: 0,
    sendBytes: () => undefined,
    sendNotice(notice: MediaNotice) {
      if (notice.type === 'replay' && notice.state === 'jumped') at = notice.atMs;
    },
  };
  const request = {
    type: 'replay',
    sub: 1,
    jump: 1,
    cameraId: 'cam',
    atMs: START,
    speed: 0,
    ...asked,
  } as const;
  const tile = openReplay(request as never, outlet as never, {
    clock: new TestClock(START),
    cursor,
    blockAt: () => undefined,
    reasonOf: async () => null,
    streamOf: () => stream,
    onError: (error) => {
      throw error;
    },
  });
  const landed = async () => {
    await tile.rested();
    return at;
  };
  let jump = 1;
  return {
    async seek(atMs: number) {
      tile.seek((jump += 1), atMs);
      return landed();
    },
    async step(atMs: number, direction: 1 | -1) {
      tile.step((jump += 1), atMs, direction);
      return landed();
    },
    /** A step, and before it is answered the tile wants the other stream. */
    async stepAndTurn(atMs: number, direction: 1 | -1, to: StreamKind) {
      tile.step((jump += 1), atMs, direction);
      await Promise.resolve();
      tile.seek(jump, atMs, false, to);
      return landed();
    },
    async close() {
      tile.close();
      await tile.ended;
    },
  };
}

it('which of two times is meant, where the clock was set back, is of the main stream if none is named', async () => {
  const made: MadeFile[] = [
    { stream: 'main', startMs: START, seconds: 20 },
    { stream: 'main', startMs: START + 5_037, seconds: 20, epoch: 1 },
  ];
  const shown = async (asked: object) => {
    const tile = pausedTile(made, 'main', asked);
    const at = await tile.seek(START + 6_000);
    await tile.close();
    return at! - START;
  };
  expect(await shown({ epoch: 0 })).toBe(6_000);
  expect(await shown({ epoch: 0, stream: 'main' })).toBe(6_000);
  expect(await shown({})).toBe(5_937);
});

/** What a tile is sent while the clock runs over all that is recorded. */
async function played(made: readonly MadeFile[], stream: StreamKind, speed: number, blocks: readonly Span[]) {
  const cursor = createCursor(shelfOf(made).shelf, { cameraId: 'cam', stream }, () => undefined);
  const clock = new TestClock(START);
  const sent: MediaHeader[] = [];
  const outlet = {
    unsentBytes: 0,
    sendBytes: (data: Uint8Array<ArrayBuffer>) => sent.push(readMediaHeader(new DataView(data.buffer))),
    sendNotice: () => undefined,
  };
  const atMs = speed > 0 ? START : START + SPAN_MS;
  const request = { type: 'replay', sub: 1, jump: 1, cameraId: 'cam', atMs, speed, stream, back: speed < 0 };
  const tile = openReplay(request as never, outlet as never, {
    clock,
    cursor,
    blockAt: (fromMs, toMs = fromMs + 1) =>
      blocks.find((block) => block.fromMs < toMs && fromMs < block.toMs),
    reasonOf: async () => null,
    streamOf: () => stream,
    onError: (error) => {
      throw error;
    },
  });
  tile.listen(true);
  await tile.rested();
  for (let passed = 0; passed < SPAN_MS + 5_000; passed += 500 * Math.abs(speed)) {
    clock.advance(500);
    await tile.rested();
    await tile.rested();
  }
  tile.close();
  await tile.ended;
  return sent.filter(({ init }) => !init);
}

describe('at the borders of two streams', () => {
  const block = fc
    .tuple(fc.integer({ min: -1_000, max: 50_000 }), fc.integer({ min: 50, max: 9_000 }))
    .map(([at, length]): Span => ({ fromMs: START + at, toMs: START + at + length }));

  it('nothing of what is blocked is sent, and what is after it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        park(true),
        wished,
        fc.constantFrom(1, 8, -1, -8),
        fc.array(block, { maxLength: 3 }),
        async (made, stream, speed, blocks) => {
          const sent = await played(made, stream, speed, blocks);
          const hidden = sent.filter(({ receivedAtMs: at, sound }) =>
            blocks.some(({ fromMs, toMs }) => at < toMs && at + (sound ? PACKET_MS : 1) > fromMs),
          );
          expect(hidden).toEqual([]);
          if (speed !== 1) return;
          const shown = sent.filter(({ cached, sound }) => !cached && !sound).map((one) => one.receivedAtMs);
          for (const [index, at] of shown.entries())
            if (index > 0) expect(at).toBeGreaterThan(shown[index - 1]!);
          if (blocks.length > 0) return;
          const walls = (await forwards(made, stream)).filter(({ leading }) => !leading);
          expect(shown).toEqual(walls.map(({ wallMs }) => wallMs));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a picture that is sought or stepped to is the one that playing shows there', async () => {
    await fc.assert(
      fc.asyncProperty(park(), wished, fc.nat(), async (made, stream, pick) => {
        const walls = (await forwards(made, stream))
          .filter(({ leading }) => !leading)
          .map(({ wallMs }) => wallMs);
        if (walls.length < 2) return;
        const index = 1 + (pick % (walls.length - 1));
        const [before, here] = [walls[index - 1]!, walls[index]!];
        const tile = pausedTile(made, stream);
        try {
          expect(['seek', await tile.seek(here)]).toEqual(['seek', here]);
          if (here - before <= FRAME_MS)
            expect(['back', await tile.step(here, -1)]).toEqual(['back', before]);
          expect(['on', await tile.step(before, 1)]).toEqual(['on', here]);
        } finally {
          await tile.close();
        }
      }),
      { numRuns: 400 },
    );
  });

  it('the other stream is not shown for the moment until what follows is safe on the disk', async () => {
    const made: MadeFile[] = [
      { stream: 'main', startMs: START, seconds: 4 },
      { stream: 'main', startMs: START + 4_000, seconds: 4, isEmpty: true },
      { stream: 'sub', startMs: START, seconds: 5, fps: 8 },
    ];
    const shelved = shelfOf(made);
    const cursor = createCursor(shelved.shelf, { cameraId: 'cam', stream: 'main' }, () => undefined);
    await cursor.seek(START + 2_000);
    const read = async () => {
      const files: number[] = [];
      for (let frame = await cursor.next(false); frame; frame = await cursor.next(false))
        files.push(frame.file.id);
      return [...new Set(files)];
    };
    expect(await read()).toEqual([1]);
    made[1]!.isEmpty = false;
    expect(await read()).toEqual([2]);
  });

  it('a step that is under way is made in the stream that the tile wants meanwhile', async () => {
    const made: MadeFile[] = [
      { stream: 'main', startMs: START, seconds: 9 },
      { stream: 'sub', startMs: START, seconds: 9, fps: 8 },
    ];
    const tile = pausedTile(made, 'main');
    expect(await tile.seek(START + 2_000)).toBe(START + 2_000);
    expect(await tile.stepAndTurn(START + 2_000, 1, 'sub')).toBe(START + 2_125);
    expect(await tile.stepAndTurn(START + 2_125, -1, 'main')).toBe(START + 2_100);
    await tile.close();
  });

  it('where the other stream ends in the middle of a group of pictures, nothing of that is left out', async () => {
    const made: MadeFile[] = [
      // It was on its way to the disk while the other stream was read beyond its beginning.
      { stream: 'main', startMs: START + 500, seconds: 9, gop: 60, isEmpty: true },
      { stream: 'sub', startMs: START, seconds: 4, fps: 8 },
    ];
    const cursor = createCursor(shelfOf(made).shelf, { cameraId: 'cam', stream: 'main' }, () => undefined);
    await cursor.seek(START);
    const walls: number[] = [];
    for (let frame = await cursor.next(false); frame; frame = await cursor.next(false)) {
      if (!frame.leading) walls.push(frame.wallMs - START);
      if (frame.wallMs >= START + 2_000) made[0]!.isEmpty = false;
    }
    const steps = walls.map((wall, index) => (index > 0 ? wall - walls[index - 1]! : 0));
    expect(Math.max(...steps)).toBeLessThan(2 * FRAME_MS);
    expect(walls.at(-1)).toBe(9_400);
  });

  it('every moment is heard once', async () => {
    await fc.assert(
      fc.asyncProperty(park(true), wished, async (made, stream) => {
        const frames = await forwards(made, stream);
        const sounds = frames.flatMap((frame) => frame.sounds);
        const starts = sounds.map(({ wallMs }) => wallMs).toSorted((a, b) => a - b);
        for (const [index, at] of starts.entries())
          if (index > 0) expect(at - starts[index - 1]!).toBeGreaterThanOrEqual(PACKET_MS - 1);
        const shown = frames.filter(({ leading }) => !leading).map(({ wallMs }) => wallMs);
        const silent = shown.filter(
          (wall, index) =>
            index > 0 &&
            index < shown.length - 1 &&
            shown[index + 1]! - shown[index - 1]! <= 2 * FRAME_MS &&
            !starts.some((at) => at > wall - 2 * PACKET_MS && at < wall + 2 * PACKET_MS),
        );
        expect(silent).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('a file that breaks off is heard no second time in the other stream', async () => {
    const made: MadeFile[] = [
      { stream: 'main', startMs: START, seconds: 10, sound: true, brokenFrom: 4 },
      { stream: 'sub', startMs: START, seconds: 10, fps: 8, gop: 24, sound: true },
    ];
    const sounds = (await forwards(made, 'main')).flatMap((frame) => frame.sounds);
    const starts = sounds.map(({ wallMs }) => wallMs);
    expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBe(START + 9_900);
  });
});
