import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audioPace } from '#ui/player/audio-pace.ts';

const PIECE_S = 0.02;

interface Run {
  seconds?: number;
  /** How long after its due time (picture on screen) a piece arrives, seconds; negative: before. */
  late?: (at: number) => number;
  /** Seconds of the camera's clock for each of the card's. */
  drift?: number;
  lost?: (at: number) => boolean;
}

/** Pieces of 20 ms as they come; what was placed. */
function run({ seconds = 20, late = () => 0, drift = 1, lost = () => false }: Run) {
  const pace = audioPace();
  const out: { atS: number; endS: number; dueS: number; nowS: number }[] = [];
  let dropped = 0;
  for (let at = 0; at < seconds / PIECE_S; at += 1) {
    if (lost(at)) continue;
    const dueS = 10 + at * PIECE_S * drift;
    const nowS = dueS + late(at);
    const placed = pace.place(dueS, PIECE_S, nowS);
    if (!placed) dropped += 1;
    else out.push({ atS: placed.atS, endS: placed.atS + PIECE_S / placed.rate, dueS, nowS });
  }
  return { pace, out, dropped };
}
const settled = <T>(list: readonly T[]) => list.slice(Math.floor(list.length / 2));

describe('the place of a piece of sound', () => {
  it('is when its picture is on screen, where it comes early enough', () => {
    const { out, dropped, pace } = run({ late: () => -0.05 });
    expect(dropped).toBe(0);
    expect(pace.lagS).toBe(0);
    for (const { atS, dueS } of out) expect(Math.abs(atS - dueS)).toBeLessThan(0.011);
  });

  it('is later by no more than it comes late', () => {
    const { out } = run({ late: (at) => 0.02 + ((at * 37) % 30) / 1_000 });
    for (const { atS, dueS } of settled(out)) expect(atS - dueS).toBeLessThan(0.085);
    expect(settled(out).every(({ atS, nowS }) => atS > nowS)).toBe(true);
  });

  it('follows that of the one before it without a gap or an overlap', () => {
    const { out } = run({ late: (at) => -0.04 + ((at * 7) % 20) / 1_000 });
    settled(out).forEach(({ atS }, index, all) => {
      if (index > 0) expect(Math.abs(atS - all[index - 1]!.endS)).toBeLessThan(1e-9);
    });
  });

  it.each([0.995, 1.005])('stays in step with a camera whose clock is off: %f', (drift) => {
    const { out, dropped } = run({ seconds: 120, drift, late: () => -0.05 });
    expect(dropped).toBe(0);
    for (const { atS, dueS } of settled(out)) expect(Math.abs(atS - dueS)).toBeLessThan(0.03);
  });

  it('after a hole is where its picture is, at once', () => {
    const { out } = run({ late: () => -0.05, lost: (at) => at > 100 && at < 200 });
    const after = out.find(({ dueS }) => dueS >= 10 + 200 * PIECE_S)!;
    expect(Math.abs(after.atS - after.dueS)).toBeLessThan(0.02);
  });

  it('a network that stood still costs what came too late, and no lasting delay', () => {
    // One second of sound comes a second late and in one go.
    const { out, dropped } = run({
      seconds: 60,
      late: (at) => (at >= 500 && at < 550 ? (550 - at) * PIECE_S : -0.05),
    });
    expect(dropped).toBeGreaterThan(0);
    for (const { atS, dueS } of settled(out)) expect(atS - dueS).toBeLessThan(0.1);
  });

  it('never lies in the past, never grows without bound, whatever comes', () => {
    const piece = fc.record({
      step: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
      late: fc.double({ min: -2, max: 2, noNaN: true }),
      length: fc.double({ min: 0.005, max: 0.2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        const pace = audioPace();
        let dueS = 100;
        let nowS = 0;
        for (const { step, late, length } of pieces) {
          dueS += step;
          nowS = Math.max(nowS, dueS + late);
          const placed = pace.place(dueS, length, nowS);
          if (!placed) continue;
          expect(placed.atS).toBeGreaterThanOrEqual(nowS);
          expect(placed.atS - Math.max(dueS, nowS)).toBeLessThan(1);
          expect(Math.abs(placed.rate - 1)).toBeLessThanOrEqual(0.031);
        }
        expect(pace.lagS).toBeLessThanOrEqual(0.25);
      }),
    );
  });
});
