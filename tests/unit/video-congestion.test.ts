import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readMediaHeader,
  writeMediaHeader,
  MEDIA_HEADER_BYTES,
  type MediaHeader,
} from '#contract/media-wire.ts';
import { createCongestion, createFrameGate } from '#features/video/congestion.ts';

const MB = 1024 * 1024;

describe('congestion', () => {
  it('allows a burst, not a queue that stays', () => {
    const congestion = createCongestion();
    expect(congestion.isCongested(4 * MB, 0)).toBe(false);
    expect(congestion.isCongested(4 * MB, 1_000)).toBe(false);
    expect(congestion.isCongested(4 * MB, 1_001)).toBe(true);
    expect(congestion.isCongested(0, 1_100)).toBe(false);
    expect(congestion.isCongested(4 * MB, 1_200)).toBe(false);
  });

  it('has an end even for a burst', () => {
    expect(createCongestion().isCongested(17 * MB, 0)).toBe(true);
  });
});

describe('frame gate', () => {
  it('never sends a frame whose predecessor is missing, and says where a gap was', () => {
    const input = fc.array(fc.record({ key: fc.boolean(), congested: fc.boolean() }), { maxLength: 100 });
    fc.assert(
      fc.property(input, (frames) => {
        const gate = createFrameGate();
        let isWhole = true;
        let dropped = 0;
        for (const { key, congested } of frames) {
          const choice = gate.choose(key, congested);
          if (congested) expect(choice).toBe('drop');
          if (choice === 'drop') dropped += 1;
          else expect(isWhole || key).toBe(true);
          expect(choice === 'send-after-gap').toBe(choice !== 'drop' && !isWhole);
          isWhole = choice !== 'drop';
        }
        expect(gate.dropped()).toBe(dropped);
      }),
    );
  });
});

describe('media header', () => {
  const header: fc.Arbitrary<MediaHeader> = fc.record({
    sub: fc.integer({ min: 1, max: 0xffffffff }),
    key: fc.boolean(),
    init: fc.boolean(),
    discontinuity: fc.boolean(),
    cached: fc.boolean(),
    sound: fc.boolean(),
    sequence: fc.integer({ min: 0, max: 0xffffffff }),
    receivedAtMs: fc.double({ min: 0, max: 8.64e15, noNaN: true }),
    ticks: fc.integer({ min: 0, max: 2 ** 50 }),
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(header, (written) => {
        const view = new DataView(new ArrayBuffer(MEDIA_HEADER_BYTES));
        writeMediaHeader(view, written);
        expect(readMediaHeader(view)).toEqual({ ...written, receivedAtMs: written.receivedAtMs + 0 });
      }),
    );
  });

  it('refuses what is none', () => {
    expect(() => readMediaHeader(new DataView(new ArrayBuffer(MEDIA_HEADER_BYTES)))).toThrow(RangeError);
    expect(() => readMediaHeader(new DataView(new ArrayBuffer(3)))).toThrow(RangeError);
  });
});
