import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameMeter } from '#ui/player/frame-meter.ts';
import { timelinePlace } from '#ui/player/timeline-places.ts';

const FPS = 15;
const FRAME_MS = 1_000 / FPS;
const START_MS = 1_000_000;

/** A stream of 15 frames a second, each received when it is due. */
function feed(meter: ReturnType<typeof frameMeter>, frames: number, from = 0): void {
  for (let index = from; index < from + frames; index += 1)
    meter.received(index / FPS, START_MS + index * FRAME_MS);
}
/** Frame `index` on screen so long after it was received. */
const show = (meter: ReturnType<typeof frameMeter>, index: number, delayMs: number, presented = index + 1) =>
  meter.shown(index / FPS, START_MS + index * FRAME_MS + delayMs, presented);

describe('frame meter', () => {
  it.each([1, 8])('tells rate and delay from each frame or from one in %d', (each) => {
    const meter = frameMeter();
    feed(meter, 60);
    for (let index = 0; index < 60; index += each) show(meter, index, 100);
    expect(meter.figures(START_MS + 60 * FRAME_MS)).toEqual({ framesPerSecond: 15, delayMs: 100 });
    expect(meter.receivedAt(10 / FPS + 0.03)).toBe(START_MS + 10 * FRAME_MS);
  });

  it('tells no rate from less than two seconds: looked at late, 8 frames are 18 a second', () => {
    const meter = frameMeter();
    feed(meter, 60);
    show(meter, 0, 190);
    show(meter, 8, 100);
    expect(meter.figures(START_MS + 700)).toMatchObject({ framesPerSecond: undefined });
    for (let index = 16; index < 60; index += 8) show(meter, index, 100);
    expect(meter.figures(START_MS + 4_000)).toMatchObject({ framesPerSecond: 15 });
  });

  it('begins anew after a standstill instead of spreading frames over it', () => {
    const meter = frameMeter();
    feed(meter, 1_200);
    for (let index = 0; index < 60; index += 8) show(meter, index, 100);
    expect(meter.figures(START_MS + 10_000)).toEqual({ framesPerSecond: 0, delayMs: undefined });
    // Nobody has asked for a figure in between.
    for (let index = 60; index < 90; index += 8) show(meter, index, 100);
    for (let index = 900; index < 1_000; index += 8) {
      show(meter, index, 100, index - 700);
      const { framesPerSecond } = meter.figures(START_MS + index * FRAME_MS + 100);
      expect([undefined, 15]).toContain(framesPerSecond);
    }
    expect(meter.figures(START_MS + 997 * FRAME_MS)).toMatchObject({ framesPerSecond: 15 });
  });

  it('is no faster than the stream while it catches up, and as slow as it is shown', () => {
    const meter = frameMeter();
    feed(meter, 120);
    // 1 s behind, at 1.25 until it is near.
    let atMs = START_MS + 1_000;
    for (let index = 0; index < 90; index += 1) {
      meter.shown(index / FPS, atMs, index + 1);
      atMs += index < 75 ? FRAME_MS / 1.25 : FRAME_MS;
    }
    expect(meter.figures(atMs)).toMatchObject({ framesPerSecond: 15 });
    for (let index = 90; index < 120; index += 1, atMs += FRAME_MS * 1.5)
      meter.shown(index / FPS, atMs, index + 1);
    expect(meter.figures(atMs)).toMatchObject({ framesPerSecond: 10 });
  });

  it('tells no delay from the only frame, and lets none outlive the frames that it is of', () => {
    const meter = frameMeter();
    feed(meter, 200);
    show(meter, 0, 1);
    expect(meter.figures(START_MS + 100).delayMs).toBeUndefined();
    for (let index = 8; index < 60; index += 8) show(meter, index, 250);
    expect(meter.figures(START_MS + 4_000).delayMs).toBe(250);
    // From here on shown frames match none that was received: the figure goes.
    for (let index = 60; index < 150; index += 8)
      meter.shown(index / FPS + 0.03, START_MS + index * FRAME_MS, index);
    expect(meter.figures(START_MS + 150 * FRAME_MS).delayMs).toBeUndefined();
  });

  it('does not let the frame that a jump went to, or one after a stall, speak for the others', () => {
    const meter = frameMeter();
    feed(meter, 120);
    for (let index = 0; index < 48; index += 8) show(meter, index, 250);
    show(meter, 48, 1_400);
    expect(meter.figures(START_MS + 48 * FRAME_MS + 1_400).delayMs).toBe(250);
  });

  it('takes no frame that was seen before it came: the clocks do not agree', () => {
    const meter = frameMeter();
    feed(meter, 60);
    for (let index = 0; index < 40; index += 8) show(meter, index, -40);
    expect(meter.figures(START_MS + 3_000).delayMs).toBeUndefined();
  });

  it('knows a frame of the cache and tells nothing of it', () => {
    const meter = frameMeter();
    meter.received(0, START_MS);
    meter.received(0.5, undefined);
    meter.shown(0.5, START_MS + 100, 1);
    meter.shown(0.5, START_MS + 200, 2);
    expect(meter.figures(START_MS + 200).delayMs).toBeUndefined();
    expect(meter.receivedAt(0.51)).toBeUndefined();
    expect(meter.receivedAt(0.4)).toBe(START_MS);
  });

  it('finds the frame on screen among B-frames, which come in another order', () => {
    const meter = frameMeter();
    for (const [at, receivedAtMs] of [[0, 0], [0.3, 10], [0.1, 20], [0.2, 30]] as const) meter.received(at, receivedAtMs); // prettier-ignore
    expect([0.05, 0.15, 0.25, 0.35].map(meter.receivedAt)).toEqual([0, 20, 30, 10]);
  });
});

describe('places of timelines', () => {
  it('puts what came before its place is known where it will be, not where the one before was', () => {
    const noted: [number, number | undefined][] = [];
    const note = (at: number, receivedAtMs: number | undefined) => void noted.push([at, receivedAtMs]);
    const first = timelinePlace(note);
    first.received(5, 100);
    expect(noted).toEqual([]);
    first.place(-5);
    first.received(6, 200);
    const second = timelinePlace(note);
    second.received(0, 300);
    first.place(-5);
    expect(noted).toEqual([[0, 100], [1, 200]]); // prettier-ignore
    second.place(2);
    expect(noted.at(-1)).toEqual([2, 300]);
  });

  it('never tells a delay but the true one when a tile joins again while its buffer is at work', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 60, max: 900 }),
        (cached, untilPlaced, delayMs) => {
          const meter = frameMeter();
          const before = timelinePlace(meter.received);
          before.place(0);
          for (let index = 0; index < 60; index += 1)
            before.received(index / FPS, START_MS + index * FRAME_MS);
          // The connection was lost for no time at all: the same stream again from its key frame on.
          const again = timelinePlace(meter.received);
          const from = 60 - cached;
          for (let index = from; index < 200; index += 1) {
            if (index === 60 + untilPlaced) again.place(cached / FPS);
            again.received(index / FPS, index < 60 ? undefined : START_MS + index * FRAME_MS);
          }
          for (let index = from; index < 200; index += 4) {
            const atMs = START_MS + index * FRAME_MS + delayMs;
            meter.shown((index + cached) / FPS, atMs, index);
            expect([undefined, delayMs]).toContain(meter.figures(atMs).delayMs);
          }
          expect(meter.figures(START_MS + 199 * FRAME_MS + delayMs).delayMs).toBe(delayMs);
        },
      ),
    );
  });
});
