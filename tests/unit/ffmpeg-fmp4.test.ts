import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nalRanges } from '#native/ffmpeg/annexb.ts';
import { fragment, FRAGMENT_HEAD_BYTES } from '#native/ffmpeg/fmp4.ts';
import { gopCache } from '#native/ffmpeg/gop-cache.ts';
import type { MediaFrame, MediaTrack } from '#native/ffmpeg/media.ts';
import { parseH264Sps } from '#native/ffmpeg/h264-sps.ts';
import { nutParser } from '#native/ffmpeg/nut.ts';
import { videoCodec } from '#native/ffmpeg/video-codec.ts';
import { videoMuxer, type VideoMuxer } from '#native/ffmpeg/video-muxer.ts';
import { timeline } from '#native/ffmpeg/timeline.ts';

function mux(name: string) {
  const tracks: MediaTrack[] = [];
  const frames: MediaFrame[] = [];
  let skipped = 0;
  let push: VideoMuxer | undefined;
  const sink = {
    track: (track: MediaTrack) => tracks.push(track),
    frame: (frame: MediaFrame) => frames.push(frame),
    skipped: () => (skipped += 1),
  };
  const parser = nutParser({
    stream: (stream) =>
      (push = videoMuxer(videoCodec(stream.fourcc)!, stream, {
        ...sink,
        skipped: () => void sink.skipped(),
      })),
    frame: (frame) => push?.(frame, 1_000),
  });
  parser.push(readFileSync(new URL(`../fixtures/video/${name}.nut`, import.meta.url)));
  return { tracks, frames, skipped };
}

/** Top-level boxes as [type, size]. */
function boxes(data: Buffer): [string, number][] {
  const found: [string, number][] = [];
  for (let at = 0; at < data.length; at += data.readUInt32BE(at)) {
    found.push([data.toString('latin1', at + 4, at + 8), data.readUInt32BE(at)]);
  }
  return found;
}

describe('fMP4 of one frame', () => {
  it('is one moof and one mdat that fill it, the data where the moof says', () => {
    const { frames } = mux('h264');
    expect(frames).toHaveLength(12);
    for (const { data } of frames) {
      expect(boxes(data).map(([type]) => type)).toEqual(['moof', 'mdat']);
      expect(boxes(data).reduce((sum, [, size]) => sum + size, 0)).toBe(data.length);
      const trun = data.indexOf('trun');
      expect(data.readUInt32BE(trun + 12)).toBe(FRAGMENT_HEAD_BYTES);
      expect(data.readUInt32BE(trun + 20)).toBe(data.length - FRAGMENT_HEAD_BYTES);
      expect(data.readUInt32BE(FRAGMENT_HEAD_BYTES) + 4).toBeLessThanOrEqual(
        data.length - FRAGMENT_HEAD_BYTES,
      );
    }
    expect(frames.map(({ key }) => key)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((index) => index % 5 === 0),
    );
    expect(frames.map(({ ticks }) => ticks)).toEqual(Array.from({ length: 12 }, (_, index) => index * 9_000));
  });

  it('has an init segment with the codec and size of the real SPS', () => {
    const { tracks } = mux('h264');
    expect(tracks).toHaveLength(1);
    expect(tracks[0]).toMatchObject({ width: 96, height: 64, codec: 'avc1.42c00a' });
    const init = tracks[0]!.init;
    expect(boxes(init).map(([type]) => type)).toEqual(['ftyp', 'moov']);
  });

  it('gives reordered frames growing decoding times and no negative offset', () => {
    const { frames } = mux('h264-b-frames');
    const ticks = frames.map((frame) => frame.ticks);
    expect(ticks[0]).toBe(0);
    expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b));
    const shown = frames.map(({ data, ticks: at }) => at + data.readInt32BE(data.indexOf('trun') + 28));
    // Presentation order as in the fixture: 0 4 1 2 ... in steps of a tenth of a second
    expect(shown.map((at) => Math.round((at - shown[0]!) / 9_000))).toEqual([
      0, 3, 1, 2, 6, 4, 5, 8, 7, 11, 9, 10,
    ]);
  });

  it('keeps a time above 2^32 ticks', () => {
    const data = fragment(
      Buffer.from([0, 0, 1, 5, 5]),
      [{ start: 3, end: 5 }],
      { dts: 2 ** 33 + 7, offset: 0, duration: 1 },
      true,
      1,
    );
    expect(data.readBigUInt64BE(data.indexOf('tfdt') + 8)).toBe(2n ** 33n + 7n);
  });
});

describe('Annex B', () => {
  it('finds every NAL unit, whatever the start codes', () => {
    const nal = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => {
      // What a NAL unit cannot contain: zeros in a row (emulation prevention) or at its end.
      const clean = bytes.map((byte) => (byte === 0 ? 1 : byte));
      return Buffer.from(clean);
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), nal), { maxLength: 8 }), (units) => {
        const data = Buffer.concat(
          units.flatMap(([long, unit]) => [Buffer.from(long ? [0, 0, 0, 1] : [0, 0, 1]), unit]),
        );
        expect(nalRanges(data).map(({ start, end }) => data.subarray(start, end))).toEqual(
          units.map(([, unit]) => unit),
        );
      }),
    );
  });
});

describe('SPS', () => {
  it.each([
    [
      '640x360 main',
      '674d4016da0280bfe5c044000003000400000300 7a3c58ba80',
      { width: 640, height: 360, codec: 'avc1.4d4016', reorderFrames: 0 },
    ],
    [
      '1920x1080 high, cropped',
      '67640028acd940780227e5c05a808080a0000003002000000781e30632c0',
      { width: 1920, height: 1080, codec: 'avc1.640028', reorderFrames: 2 },
    ],
  ])('%s', (_name, hex, expected) => {
    expect(parseH264Sps(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual(expected);
  });

  it('refuses rubbish with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        try {
          const { width, height } = parseH264Sps(Buffer.from([0x67, ...bytes]));
          expect(width > 0 && height > 0).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_data' });
        }
      }),
    );
  });
});

describe('timeline', () => {
  it('begins at 0, always grows, and takes leaps out', () => {
    const pts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: -1e9, max: 1e9 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(pts, fc.integer({ min: 0, max: 3 }), (steps, delay) => {
        const times = timeline(delay);
        let now = 0;
        let last = -1;
        for (const step of steps) {
          now += step;
          const { dts, offset, duration } = times.next(now);
          expect(dts).toBeGreaterThan(last);
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(duration).toBeGreaterThan(0);
          if (last === -1) expect(dts).toBe(0);
          last = dts;
        }
      }),
    );
  });

  it('follows an even stream exactly, also one that is not at a whole rate', () => {
    const times = timeline(0);
    const seen = Array.from({ length: 5 }, (_, index) => times.next(1_000 + index * 6_006));
    expect(seen.map(({ dts }) => dts)).toEqual([0, 6_006, 12_012, 18_018, 24_024]);
    expect(seen.slice(1).every(({ duration }) => duration === 6_006)).toBe(true);
  });
});

describe('the group of pictures kept for newcomers', () => {
  const frame = (key: boolean, bytes = 10): MediaFrame => ({
    key,
    data: Buffer.alloc(bytes),
    receivedAtMs: 0,
    ticks: 0,
  });

  it('begins with a key frame or is empty', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.boolean(), bytes: fc.constantFrom(10, 3_000_000) }), { maxLength: 40 }),
        (input) => {
          const cache = gopCache();
          for (const { key, bytes } of input) cache.add(frame(key, bytes));
          const frames = cache.frames();
          expect(frames.length === 0 || frames[0]!.key).toBe(true);
          expect(frames.slice(1).every(({ key }) => !key)).toBe(true);
          expect(frames.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(8 * 1024 * 1024);
        },
      ),
    );
  });

  it('holds all since the last key frame', () => {
    const cache = gopCache();
    for (const key of [false, true, false, true, false, false]) cache.add(frame(key));
    expect(cache.frames().map(({ key }) => key)).toEqual([true, false, false]);
  });
});
