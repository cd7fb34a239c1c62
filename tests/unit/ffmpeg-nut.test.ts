import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import { nutParser, type NutStream } from '#native/ffmpeg/nut.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/video/${name}.nut`, import.meta.url));

function parse(chunks: Buffer[]) {
  const streams: NutStream[] = [];
  const frames: { pts: number; key: boolean; size: number; head: string }[] = [];
  const parser = nutParser({
    stream: (stream) => streams.push(stream),
    frame: ({ pts, key, data }) =>
      frames.push({ pts, key, size: data.length, head: data.subarray(0, 5).toString('hex') }),
  });
  for (const chunk of chunks) parser.push(chunk);
  return { streams, frames };
}

const H264_PACKETS: [number, number, boolean][] = [
  [0, 2977, true],
  [8192, 680, false],
  [16384, 1025, false],
  [24576, 837, false],
  [32768, 1125, false],
  [40960, 2888, true],
  [49152, 657, false],
  [57344, 958, false],
  [65536, 931, false],
  [73728, 1286, false],
  [81920, 3128, true],
  [90112, 749, false],
];
const B_PACKETS: [number, number][] = [
  [16384, 2395],
  [40960, 782],
  [24576, 287],
  [32768, 198],
  [65536, 659],
  [49152, 289],
  [57344, 163],
  [81920, 528],
  [73728, 251],
  [106496, 674],
  [90112, 367],
  [98304, 255],
];

describe('NUT parser', () => {
  it('reads what ffprobe reads', () => {
    const { streams, frames } = parse([fixture('h264')]);
    expect(streams).toHaveLength(1);
    expect(streams[0]).toMatchObject({ id: 0, fourcc: 'H264', width: 96, height: 64, decodeDelay: 0 });
    // pts and size as `ffprobe -show_packets` prints them
    expect(frames.map(({ pts, size, key }) => [pts, size, key])).toEqual(H264_PACKETS);
  });

  it('reads reordered frames with their own times', () => {
    const { streams, frames } = parse([fixture('h264-b-frames')]);
    expect(streams[0]?.decodeDelay).toBe(2);
    expect(frames.map(({ pts, size }) => [pts, size])).toEqual(B_PACKETS);
  });

  it('gives the same whatever the chunks', () => {
    const whole = fixture('h264');
    const expected = parse([whole]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: whole.length - 1 }), { maxLength: 60 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
        const chunks = edges.slice(1).map((end, index) => Buffer.from(whole.subarray(edges[index], end)));
        expect(parse(chunks)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('hands a frame out with its last byte, not with the next frame', () => {
    const whole = fixture('h264');
    let offset = 0;
    let frames = 0;
    const parser = nutParser({
      stream: () => undefined,
      frame({ data }) {
        frames += 1;
        expect(whole.subarray(offset - data.length, offset).equals(data)).toBe(true);
      },
    });
    for (const byte of whole) {
      offset += 1;
      parser.push(Buffer.from([byte]));
    }
    expect(frames).toBe(H264_PACKETS.length);
  });

  it('refuses damaged data with a reason, never otherwise', () => {
    const whole = fixture('h264');
    const damage = fc.record({ at: fc.nat(whole.length - 1), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 8 }), (damages) => {
        const copy = Buffer.from(whole);
        for (const { at, byte } of damages) copy[at] = byte;
        try {
          parse([copy]);
        } catch (error) {
          expect(error).toBeInstanceOf(FfmpegError);
          expect((error as FfmpegError).code).toBe('bad_data');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('says what is wrong with a stream that is no NUT', () => {
    expect(() => parse([Buffer.from('this is not a container at all')])).toThrow(/nut file id/);
  });
});
