import { expect, test } from 'vitest';
import { segmentPlan } from '#features/evidence/segments.ts';
import type { RecordedChunk } from '#station/recorded.ts';

const init = Buffer.from('init');
const chunk = (change: Partial<RecordedChunk>): RecordedChunk => ({
  ...{
    fileId: 'a',
    epoch: 0,
    codec: 'avc1',
    width: 2,
    height: 2,
    init,
    data: Buffer.alloc(0),
    key: true,
    frames: 25,
  },
  ...{ wallMs: 0, endWallMs: 1_000, ticks: 0, endTicks: 90_000 },
  ...change,
});
/** Places chunks one after another; `n` is the number of the segment. */
function place(chunks: RecordedChunk[]) {
  const plan = segmentPlan();
  let n = 0;
  return chunks.map((one) => {
    const placed = plan(one);
    if (placed?.isNew) n += 1;
    return placed && { n, shift: placed.shift, segment: placed.segment };
  });
}

test('parts of a file follow one another; the first begins at zero', () => {
  const [first, second] = place([
    chunk({ ticks: 500, endTicks: 90_500 }),
    chunk({ ticks: 90_500, endTicks: 180_500, wallMs: 1_000, endWallMs: 2_000, key: false }),
  ]);
  expect([first?.n, first?.shift, second?.n, second?.shift]).toEqual([1, -500, 1, -500]);
  expect(second?.segment).toMatchObject({ startMs: 0, endMs: 2_000, frames: 50 });
});
test('the next file continues the timeline, with the pause between them', () => {
  const [, next] = place([
    chunk({}),
    chunk({ fileId: 'b', ticks: 700, endTicks: 90_700, wallMs: 1_040, endWallMs: 2_040 }),
  ]);
  expect([next?.n, next?.shift]).toEqual([1, 90_000 + 40 * 90 - 700]);
});
test.each([
  ['a gap', { fileId: 'b', wallMs: 3_000, endWallMs: 4_000 }],
  ['the clock set back', { fileId: 'b', wallMs: -9_000, endWallMs: -8_000 }],
  ['another run of the clock', { fileId: 'b', epoch: 1, wallMs: 1_000, endWallMs: 2_000 }],
  ['another size', { fileId: 'b', init: Buffer.from('other'), wallMs: 1_000, endWallMs: 2_000 }],
])('%s begins a new segment', (_, change) => {
  expect(place([chunk({}), chunk(change)])[1]).toMatchObject({ n: 2, shift: 0 });
});
test('what cannot be decoded is passed over until the next key frame', () => {
  const placed = place([
    chunk({ key: false }),
    chunk({}),
    chunk({ fileId: 'b', wallMs: 9_000, endWallMs: 10_000, key: false }),
    chunk({ fileId: 'b', wallMs: 10_000, endWallMs: 11_000, ticks: 90_000, endTicks: 180_000 }),
  ]);
  expect(placed.map((one) => one?.n ?? null)).toEqual([null, 1, null, 2]);
});
test('the clock table has a point wherever wall and media time drift apart by 100 ms', () => {
  const slow = Array.from({ length: 10 }, (_, index) =>
    chunk({
      ...{
        ticks: index * 90_000,
        endTicks: (index + 1) * 90_000,
        wallMs: index * 1_050,
        endWallMs: (index + 1) * 1_050,
      },
    }),
  );
  const clock = place(slow).at(-1)?.segment.clock;
  expect(clock).toEqual([
    [0, 0],
    [3_000, 3_150],
    [6_000, 6_300],
    [9_000, 9_450],
  ]);
});
