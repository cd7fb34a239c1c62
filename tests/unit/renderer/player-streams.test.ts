import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamKind } from '#contract/media-wire.ts';
import { chooseStream } from '#ui/player/choose-stream.ts';
import { layersAfterPicture, layersFor, type TileLayer } from '#ui/player/tile-layers.ts';

const sub = { width: 640, height: 360 };

describe('the stream of a tile', () => {
  it.each<[string, number, number, StreamKind, StreamKind]>([
    ['small', 320, 180, 'sub', 'sub'],
    ['as large as the sub stream', 640, 360, 'sub', 'sub'],
    ['larger', 960, 540, 'sub', 'main'],
    ['large and low: the picture in it is small', 1_900, 300, 'sub', 'sub'],
    ['a little larger, showing the sub stream', 680, 380, 'sub', 'sub'],
    ['a little larger, showing the main stream', 680, 380, 'main', 'main'],
    ['small again', 600, 337, 'main', 'sub'],
    ['not laid out yet', 0, 0, 'main', 'main'],
  ])('%s', (_name, width, height, current, expected) => {
    expect(chooseStream({ width, height }, sub, current)).toBe(expected);
  });

  it('stays as it is until the sub stream has told its size', () => {
    expect(chooseStream({ width: 1_920, height: 1_080 }, undefined, 'sub')).toBe('sub');
  });

  it('never goes to and fro at one size', () => {
    fc.assert(
      fc.property(
        fc.nat(4_000),
        fc.nat(2_200),
        fc.constantFrom<StreamKind>('main', 'sub'),
        (width, height, from) => {
          const once = chooseStream({ width, height }, sub, from);
          expect(chooseStream({ width, height }, sub, once)).toBe(once);
        },
      ),
    );
  });
});

describe('the layers of a tile', () => {
  const wanted = (stream: StreamKind, cameraId = 'a') => ({ cameraId, stream, decoder: 'mse' as const });
  const layer = (key: number, stream: StreamKind, cameraId = 'a'): TileLayer => ({
    ...wanted(stream, cameraId),
    key,
  });

  it('begin with one', () => expect(layersFor([], wanted('sub'), false, 1)).toEqual([layer(1, 'sub')]));

  it('keep the picture in front until the coming one has its first', () => {
    const both = layersFor([layer(1, 'sub')], wanted('main'), true, 2);
    expect(both).toEqual([layer(1, 'sub'), layer(2, 'main')]);
    expect(layersAfterPicture(both, 1)).toBe(both);
    expect(layersAfterPicture(both, 2)).toEqual([layer(2, 'main')]);
  });

  it('drop what was coming when the tile goes back', () => {
    expect(layersFor([layer(1, 'sub'), layer(2, 'main')], wanted('sub'), true, 3)).toEqual([layer(1, 'sub')]);
  });

  it('hold no picture of another camera, and none that there is not', () => {
    expect(layersFor([layer(1, 'sub')], wanted('sub', 'b'), true, 2)).toEqual([layer(2, 'sub', 'b')]);
    expect(layersFor([layer(1, 'sub')], wanted('main'), false, 2)).toEqual([layer(2, 'main')]);
  });

  it('leave what is coming alone while it is what is wanted', () => {
    const both = [layer(1, 'sub'), layer(2, 'main')];
    expect(layersFor(both, wanted('main'), true, 3)).toBe(both);
  });
});
