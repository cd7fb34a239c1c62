import { describe, expect, it } from 'vitest';
import type { ClipFrame } from '#native/rtsp/server-clip.ts';
import type { FrameInAir } from '#native/rtsp/server-feed.ts';
import { LiveFeed, type LiveSource } from '#native/rtsp/server-live.ts';

const shape = { fps: 15, sps: Buffer.alloc(4), pps: Buffer.alloc(4) };
const frame = (key: boolean): ClipFrame => ({ key, payloads: [], bytes: 0 });

function rig() {
  let nowMs = 0;
  let show: ((of: ClipFrame, dueMs: number) => void) | undefined;
  let starts = 0;
  const source: LiveSource = {
    shape: () => Promise.resolve(shape),
    start(to) {
      starts += 1;
      show = to;
      return { stop: () => (show = undefined) };
    },
  };
  const feed = new LiveFeed(shape, source, { nowMs: () => nowMs, monotonicMs: () => nowMs });
  const seen: FrameInAir[] = [];
  const viewer = { show: (picture: FrameInAir) => void seen.push(picture) };
  return {
    feed,
    viewer,
    seen,
    starts: () => starts,
    isRunning: () => show !== undefined,
    give(key: boolean, afterMs: number) {
      nowMs += afterMs;
      show?.(frame(key), nowMs);
    },
  };
}

describe('a picture that is made while it is watched', () => {
  it('is made from the first viewer to the last', () => {
    const { feed, viewer, isRunning, starts } = rig();
    const other = { show: () => undefined };
    expect(isRunning()).toBe(false);
    feed.add(viewer);
    feed.add(other);
    expect([isRunning(), starts()]).toEqual([true, 1]);
    feed.remove(viewer);
    expect(isRunning()).toBe(true);
    feed.remove(other);
    expect(isRunning()).toBe(false);
    feed.add(viewer);
    expect(starts()).toBe(2);
  });
  it('begins at a key frame, also after a stall and for a viewer that lost pictures', () => {
    const { feed, viewer, seen, give } = rig();
    feed.add(viewer);
    give(false, 67);
    expect(seen).toHaveLength(0);
    give(true, 67);
    give(false, 67);
    expect(seen).toHaveLength(2);
    feed.setStalled(true);
    give(true, 67);
    feed.setStalled(false);
    give(false, 67);
    expect(seen).toHaveLength(2);
    give(true, 67);
    feed.skipToKey(viewer);
    give(false, 67);
    expect(seen).toHaveLength(3);
  });
  it('gives every picture a time of its own, those that come at once too', () => {
    const { feed, viewer, seen, give } = rig();
    feed.add(viewer);
    give(true, 67);
    for (const afterMs of [0, 0, 67, 0, 500, 1, 0]) give(false, afterMs);
    const times = seen.map(({ rtpTime }) => rtpTime);
    expect(times.every((time, at) => at === 0 || time > times[at - 1]!)).toBe(true);
    expect(times.every((time) => time % 6_000 === 0)).toBe(true);
  });
});
