import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameRing } from '#ui/player/frame-ring.ts';

const BYTES = 1000;
const data = (bytes = BYTES) => new Uint8Array(bytes);
/** Frames at 10 a second, a key frame each second, from a time on. */
function feed(
  writer: ReturnType<ReturnType<typeof frameRing>['writer']>,
  fromMs: number,
  count: number,
  bytes = BYTES,
) {
  for (let at = 0; at < count; at += 1)
    writer.frame(
      {
        key: at % 10 === 0,
        discontinuity: false,
        receivedAtMs: fromMs + at * 100 + (at % 3) * 7,
        ticks: at * 9_000,
      },
      data(bytes),
    );
}
function started(ring: ReturnType<typeof frameRing>, stream: 'main' | 'sub' = 'sub') {
  const writer = ring.writer(stream);
  writer.track('avc1.42E01E');
  writer.init(data(30));
  return writer;
}
const times = (ring: ReturnType<typeof frameRing>) =>
  ring.between(-Infinity, Infinity).map(({ wallMs }) => wallMs);

describe('the ring of a tile', () => {
  it('keeps thirty seconds and the rest of the oldest group, from a key frame on', () => {
    const ring = frameRing();
    feed(started(ring), 0, 600);
    const { fromMs, toMs } = ring.span()!;
    expect(toMs - fromMs).toBeGreaterThanOrEqual(30_000);
    expect(toMs - fromMs).toBeLessThan(31_100);
    expect(ring.between(-Infinity, Infinity)[0]!.key).toBe(true);
    expect(ring.bytes).toBe(ring.between(-Infinity, Infinity).length * BYTES);
  });
  it('goes back less far when that would take too many bytes', () => {
    const ring = frameRing({ ms: 30_000, bytes: 25 * BYTES });
    feed(started(ring), 0, 200);
    expect(ring.bytes).toBeLessThanOrEqual(25 * BYTES);
    expect(ring.span()!.toMs).toBeGreaterThan(19_000);
  });
  it('loses nothing to its age while it is looked at, but still to its size', () => {
    const ring = frameRing({ ms: 3_000, bytes: 80 * BYTES });
    const writer = started(ring);
    feed(writer, 0, 40);
    const { fromMs } = ring.span()!;
    const release = ring.hold();
    feed(writer, 4_000, 40);
    expect(ring.span()!.fromMs).toBe(fromMs);
    feed(writer, 8_000, 60);
    expect(ring.bytes).toBeLessThanOrEqual(80 * BYTES);
    release();
    release();
    feed(writer, 14_000, 10);
    expect(ring.span()!.toMs - ring.span()!.fromMs).toBeLessThan(4_100);
  });
  it('goes on through a change of stream, in order and without a moment twice', () => {
    const ring = frameRing();
    feed(started(ring, 'sub'), 0, 25);
    feed(started(ring, 'main'), 2_000, 20);
    const all = ring.between(-Infinity, Infinity);
    expect(times(ring)).toEqual(times(ring).toSorted((a, b) => a - b));
    expect(new Set(times(ring)).size).toBe(all.length);
    expect(new Set(all.map(({ track }) => track)).size).toBe(2);
  });
  it('takes a group that is sent again in the place of the first', () => {
    const ring = frameRing();
    feed(started(ring), 0, 25);
    feed(started(ring), 2_000, 8);
    expect(times(ring)).toHaveLength(28);
  });
  it('forgets what was to come when the clock is set back', () => {
    const ring = frameRing();
    const writer = started(ring);
    feed(writer, 3_600_000, 30);
    feed(writer, 0, 10);
    expect(ring.span()).toEqual({ fromMs: 0, toMs: 900 });
  });
  it('waits for a key frame after a loss and before the first', () => {
    const ring = frameRing();
    const writer = started(ring);
    const frame = (key: boolean, atMs: number, discontinuity = false) =>
      writer.frame({ key, discontinuity, receivedAtMs: atMs, ticks: atMs * 90 }, data());
    frame(false, 0);
    expect(ring.span()).toBeNull();
    frame(true, 100);
    frame(false, 200, true);
    frame(false, 300);
    expect(times(ring)).toEqual([100]);
    frame(true, 400);
    frame(false, 500);
    expect(times(ring)).toEqual([100, 400, 500]);
  });
  it('finds the key frame and the frame before', () => {
    const ring = frameRing();
    feed(started(ring), 0, 25);
    expect(ring.keyBefore(1_550)).toBe(1_007);
    expect(ring.keyBefore(-5)).toBe(0);
    expect(ring.before(1_007)).toBeCloseTo(900);
    expect(ring.before(0)).toBeUndefined();
  });
  it('whatever comes, is in order, within its bytes, and begins with a key frame', () => {
    const arrival = fc.record({
      stream: fc.constantFrom('main' as const, 'sub' as const),
      key: fc.boolean(),
      discontinuity: fc.boolean(),
      receivedAtMs: fc.integer({ min: 0, max: 100_000 }),
      bytes: fc.integer({ min: 1, max: 3_000 }),
    });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 200 }), (arrivals) => {
        const ring = frameRing({ ms: 30_000, bytes: 10_000 });
        const writers = { main: started(ring, 'main'), sub: started(ring, 'sub') };
        for (const { stream, bytes, ...header } of arrivals)
          writers[stream].frame({ ...header, ticks: header.receivedAtMs * 90 }, data(bytes));
        const all = ring.between(-Infinity, Infinity);
        expect(times(ring)).toEqual(times(ring).toSorted((a, b) => a - b));
        if (all.length > 0) expect(all[0]!.key).toBe(true);
        // One group may be larger than the limit: there has to be a picture.
        if (ring.bytes > 10_000) expect(all.filter(({ key }) => key).length).toBe(1);
      }),
    );
  });
});
