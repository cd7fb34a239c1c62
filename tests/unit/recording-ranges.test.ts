import { expect, it } from 'vitest';
import type { StreamKind } from '#contract/media-wire.ts';
import { mergeRanges } from '#features/recording/timeline.reads.ts';

const range = (stream: StreamKind, fromMs: number, toMs: number, epoch = 0) => ({
  ...{ stream, fromMs, toMs, epoch },
  cause: 'continuous' as const,
});

it('files that follow each other are one range, also where those of the other stream lie between them', () => {
  const files = [
    range('main', 0, 10_000),
    range('sub', 1_000, 11_000),
    range('main', 10_000, 20_000),
    range('sub', 11_500, 21_000),
    range('main', 25_000, 30_000),
    range('sub', 15_000, 30_000, 1),
  ];
  expect(mergeRanges(files)).toEqual([
    range('main', 0, 20_000),
    range('sub', 1_000, 21_000),
    range('main', 25_000, 30_000),
    range('sub', 15_000, 30_000, 1),
  ]);
});
