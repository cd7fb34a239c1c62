import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClipError, parseClip, splitAnnexB } from '#native/rtsp/server-clip.ts';

const START = Buffer.from([0, 0, 0, 1]);
const stream = (...units: Buffer[]): Buffer => Buffer.concat(units.flatMap((unit) => [START, unit]));
/** A NAL unit without start codes inside; the byte after the header says whether a picture begins. */
const unit = (type: number, bytes: number, first = true, fill = 0x5a): Buffer =>
  Buffer.concat([
    Buffer.from([0x60 | type, first ? 0x88 : 0x48]),
    Buffer.alloc(Math.max(0, bytes - 2), fill),
  ]);
const SPS = Buffer.from([0x67, 0x4d, 0x40, 0x1e, 0x95, 0xa0]);
const PPS = Buffer.from([0x68, 0xee, 0x3c, 0x80 | 1]);

/** RFC 6184 read backwards, written from the standard and not from the code under test. */
function depacketise(payloads: readonly Buffer[]): Buffer[] {
  const units: Buffer[] = [];
  let parts: Buffer[] = [];
  for (const payload of payloads) {
    const type = payload[0]! & 31;
    if (type === 24) {
      for (let at = 1; at < payload.length; at += 2 + payload.readUInt16BE(at)) {
        units.push(payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)));
      }
    } else if (type === 28) {
      const [indicator, header] = [payload[0]!, payload[1]!];
      if (header & 0x80) parts = [Buffer.from([(indicator & 0xe0) | (header & 31)])];
      parts.push(payload.subarray(2));
      if (header & 0x40) units.push(Buffer.concat(parts));
    } else units.push(payload);
  }
  return units;
}

describe('parseClip', () => {
  it('finds pictures of several slices, key frames and parameter sets', () => {
    const data = stream(
      Buffer.from([9, 0xf0]),
      SPS,
      PPS,
      unit(6, 20),
      unit(5, 900),
      unit(5, 700, false),
      unit(1, 50),
      unit(1, 40, false),
      Buffer.from([9, 0xf0]),
      unit(1, 30),
    );
    const clip = parseClip(data, 15);
    expect(clip.frames.map(({ key }) => key)).toEqual([true, false, false]);
    expect(clip.sps).toEqual(SPS);
    expect(clip.pps).toEqual(PPS);
    expect(depacketise(clip.frames[0]!.payloads)).toEqual([
      SPS,
      PPS,
      unit(6, 20),
      unit(5, 900),
      unit(5, 700, false),
    ]);
    expect(depacketise(clip.frames[1]!.payloads)).toEqual([unit(1, 50), unit(1, 40, false)]);
  });

  it('cuts and joins so that the other side gets the same units back, within the packet size', () => {
    const sizes = fc.array(fc.integer({ min: 3, max: 9000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 64, max: 1400 }), (list, maxBytes) => {
        const units = list.map((bytes, index) => unit(5, bytes, index === 0, 1 + (index % 250)));
        const clip = parseClip(stream(SPS, PPS, ...units), 15, maxBytes);
        expect(clip.frames).toHaveLength(1);
        const { payloads } = clip.frames[0]!;
        expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(maxBytes);
        expect(depacketise(payloads)).toEqual([SPS, PPS, ...units]);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps equal pictures once', () => {
    const gop = [SPS, PPS, unit(5, 5000), unit(1, 90)];
    const clip = parseClip(stream(...gop, ...gop), 15);
    expect(
      clip.frames[2]!.payloads.map((payload, i) => payload === clip.frames[0]!.payloads[i]),
    ).not.toContain(false);
  });

  it.each([
    ['clip.fps', stream(SPS, PPS, unit(5, 50)), 7],
    ['clip.noParameterSets', stream(unit(5, 50)), 15],
    ['clip.noFrames', stream(SPS, PPS), 15],
    ['clip.notStartingWithKeyFrame', stream(SPS, PPS, unit(1, 50), unit(5, 50)), 15],
  ] as const)('refuses with %s', (code, data, fps) => {
    expect(() => parseClip(data, fps)).toThrow(expect.objectContaining({ code }));
  });

  it('never fails otherwise, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const data = Buffer.from(bytes);
        splitAnnexB(data);
        try {
          parseClip(data, 15);
        } catch (error) {
          expect(error).toBeInstanceOf(ClipError);
        }
      }),
    );
  });
});
