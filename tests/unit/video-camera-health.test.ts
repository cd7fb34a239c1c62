import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cameraHealth } from '#features/video/camera-health.ts';
import { streamMeter } from '#features/video/stream-meter.ts';
import { createTickets } from '#features/video/tickets.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

describe('camera health', () => {
  it('loses a camera after ten seconds, with the newest reason, and says so once', () => {
    const health = cameraHealth();
    expect(health.bad('refused', 0)).toBeUndefined();
    expect(health.bad('refused', 9_999)).toBeUndefined();
    expect(health.bad('no_route', 10_000)).toEqual({ kind: 'lost', reason: 'no_route' });
    expect(health.bad('no_route', 20_000)).toBeUndefined();
    expect(health.lostReason).toBe('no_route');
    expect(health.good()).toEqual({ kind: 'back' });
    expect(health.good()).toBeUndefined();
  });

  it('does not lose one over a single failure, however long ago', () => {
    const health = cameraHealth();
    health.good();
    expect(health.bad('stalled', 0)).toBeUndefined();
    expect(health.good()).toBeUndefined();
    expect(health.bad('stalled', 60_000)).toBeUndefined();
  });

  it('alternates: never lost twice without back between, never back twice without lost between', () => {
    const report = fc.record({ good: fc.boolean(), afterMs: fc.integer({ min: 0, max: 20_000 }) });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 60 }), (reports) => {
        const health = cameraHealth();
        const changes: string[] = [];
        let now = 0;
        for (const { good, afterMs } of reports) {
          now += afterMs;
          const change = good ? health.good() : health.bad('refused', now);
          if (change) changes.push(change.kind);
          expect(health.lostReason === null).toBe(changes.at(-1) !== 'lost');
        }
        expect(changes.every((kind, index) => kind !== changes[index - 1])).toBe(true);
      }),
    );
  });
});

describe('tickets', () => {
  it('let in once, for half a minute, and do not pile up', () => {
    const clock = new TestClock();
    const tickets = createTickets<string>(clock);
    const first = tickets.issue('li');
    expect(tickets.take(first)).toBe('li');
    expect(tickets.take(first)).toBeUndefined();
    const late = tickets.issue('li');
    clock.advance(30_000);
    expect(tickets.take(late)).toBeUndefined();
    const many = Array.from({ length: 300 }, (_, index) => tickets.issue(String(index)));
    expect(new Set(many).size).toBe(300);
    expect(tickets.take(many[0]!)).toBeUndefined();
    expect(tickets.take(many[299]!)).toBe('299');
  });
});

describe('stream meter', () => {
  it('gives figures of the time since the last reading', () => {
    const meter = streamMeter();
    for (let index = 0; index < 30; index += 1) meter.note(5_000);
    expect(meter.read(2_000)).toEqual({ framesPerSecond: 15, kilobitsPerSecond: 600 });
    expect(meter.read(2_000)).toBeNull();
  });
});
