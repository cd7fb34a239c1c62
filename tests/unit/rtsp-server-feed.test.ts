import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clip, ClipFrame } from '#native/rtsp/server-clip.ts';
import { Feed, type FrameInAir } from '#native/rtsp/server-feed.ts';

const FPS = 10;
const clipOf = (name: number, length = 20, gop = 10): Clip => ({
  fps: FPS,
  sps: Buffer.from([0x67, 0, 0, 0]),
  pps: Buffer.from([0x68]),
  frames: Array.from({ length }, (_, i): ClipFrame => ({
    key: i % gop === 0,
    payloads: [Buffer.from([name, i])],
    bytes: 2,
  })),
});
/** Which picture of which clip. */
const shown = ({ frame }: FrameInAir) => [...frame.payloads[0]!];

describe('Feed', () => {
  let wallMs = 0;
  let monotonicMs = 0;
  const clock = { nowMs: () => wallMs, monotonicMs: () => monotonicMs };
  const pass = (feed: Feed, ms: number, jumpMs = 0) => {
    wallMs += ms + jumpMs;
    monotonicMs += ms;
    feed.advance();
  };
  const watch = (feed: Feed) => {
    const seen: FrameInAir[] = [];
    const viewer = { show: (picture: FrameInAir) => void seen.push(picture) };
    feed.add(viewer);
    return { seen, viewer };
  };
  beforeEach(() => {
    // real timers would advance by themselves
    vi.useFakeTimers();
    wallMs = 1_700_000_000_000;
    monotonicMs = 5000;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows floor(t * fps) mod N, from the next key frame on', () => {
    const feed = new Feed(clipOf(1), clock);
    wallMs += 350;
    const { seen } = watch(feed);
    for (let i = 0; i < 30; i += 1) pass(feed, 100);
    const first = (1_700_000_000_000 / 100) % 20;
    expect(shown(seen[0]!)).toEqual([1, (first + 10) % 20]);
    expect(seen.map(({ dueMs }) => dueMs)).toEqual(seen.map((_, i) => seen[0]!.dueMs + i * 100));
    for (const picture of seen) expect(shown(picture)[1]).toBe((picture.dueMs / 100) % 20);
  });

  it('lets RTP time run on over the loop, by 9000 a picture', () => {
    const feed = new Feed(clipOf(1), clock);
    const { seen } = watch(feed);
    for (let i = 0; i < 50; i += 1) pass(feed, 100);
    const steps = seen.slice(1).map(({ rtpTime }, i) => rtpTime - seen[i]!.rtpTime);
    expect(steps.length).toBeGreaterThan(35);
    expect(new Set(steps)).toEqual(new Set([9000]));
  });

  it.each([3_600_000, -3_600_000])(
    'goes on at a key frame after the wall clock jumped by %i ms',
    (jumpMs) => {
      const feed = new Feed(clipOf(1), clock);
      const { seen } = watch(feed);
      for (let i = 0; i < 15; i += 1) pass(feed, 100);
      const before = seen.length;
      pass(feed, 100, jumpMs + 30);
      for (let i = 0; i < 12; i += 1) pass(feed, 100);
      expect(seen[before]!.frame.key).toBe(true);
      expect(seen.length).toBeGreaterThan(before + 2);
      const steps = seen.slice(1).map(({ rtpTime }, i) => rtpTime - seen[i]!.rtpTime);
      expect(Math.min(...steps)).toBeGreaterThan(0);
      // RTP time tells what passed, not what the wall clock says
      expect(Math.max(...steps)).toBeLessThanOrEqual(9000 * 14);
    },
  );

  it('changes the clip at a key frame and keeps the phase', () => {
    const feed = new Feed(clipOf(1), clock);
    const { seen } = watch(feed);
    for (let i = 0; i < 13; i += 1) pass(feed, 100);
    feed.setClip(clipOf(2, 40));
    for (let i = 0; i < 12; i += 1) pass(feed, 100);
    const change = seen.findIndex((picture) => shown(picture)[0] === 2);
    expect(seen[change]!.frame.key).toBe(true);
    expect(shown(seen[change]!)[1]).toBe((seen[change]!.dueMs / 100) % 40);
    expect(seen.slice(change).every((picture) => shown(picture)[0] === 2)).toBe(true);
    expect(() => feed.setClip({ ...clipOf(3), fps: 15 })).toThrow(RangeError);
  });

  it('stalls without an end and comes back with a key frame', () => {
    const feed = new Feed(clipOf(1), clock);
    const { seen } = watch(feed);
    for (let i = 0; i < 12; i += 1) pass(feed, 100);
    feed.setStalled(true);
    const before = seen.length;
    for (let i = 0; i < 15; i += 1) pass(feed, 100);
    expect(seen).toHaveLength(before);
    feed.setStalled(false);
    for (let i = 0; i < 12; i += 1) pass(feed, 100);
    expect(seen[before]!.frame.key).toBe(true);
  });

  it('has no timer while nobody watches', () => {
    const feed = new Feed(clipOf(1), clock);
    const { viewer } = watch(feed);
    expect(vi.getTimerCount()).toBe(1);
    feed.remove(viewer);
    expect(vi.getTimerCount()).toBe(0);
  });
});
