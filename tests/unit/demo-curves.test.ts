import { describe, expect, it } from 'vitest';
import { quietValue } from '#features/demo/curves.ts';
import { activity, hourOfDay, rush, sunshine } from '#features/demo/day.ts';
import { chance, drift, random } from '#features/demo/random.ts';
import { demoSite } from '#tests/fixtures/demo-park.ts';

const site = demoSite();
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 22);
const points = site.devices.flatMap((device) =>
  device.points.filter(({ kind }) => kind === 'number').map((point) => ({ device, point })),
);

describe('a quiet day', () => {
  it('stays within the limits of every point, around the clock', () => {
    const outside: string[] = [];
    for (const { device, point } of points) {
      for (let atMs = START_MS; atMs < START_MS + DAY_MS; atMs += 17 * 60_000) {
        const value = quietValue(device, point, atMs, site.site.timezone);
        const isIn =
          Number.isFinite(value) && value >= (point.low ?? -Infinity) && value <= (point.high ?? Infinity);
        if (!isIn)
          outside.push(`${device.id} ${point.key} ${value} at ${hourOfDay(atMs, site.site.timezone)}`);
      }
    }
    // a pump that rests draws no current and holds its pressure; nothing else may be out of its limits
    expect(outside).toEqual([]);
  });

  it('gives the same number for the same second, and another for another seed', () => {
    const meter = points.find(({ device, point }) => device.id === 'em-02' && point.key === 'power')!;
    const at = (ms: number, seed?: number) =>
      quietValue(meter.device, meter.point, ms, 'Asia/Shanghai', seed);
    expect(at(START_MS)).toBe(at(START_MS));
    expect(at(START_MS, 1)).not.toBe(at(START_MS, 2));
  });

  it('lets counters only grow', () => {
    for (const { device, point } of points.filter(
      ({ point: { key } }) => key === 'energy' || key === 'total',
    )) {
      let before = -Infinity;
      for (let atMs = START_MS; atMs < START_MS + DAY_MS; atMs += 3_600_000) {
        const value = quietValue(device, point, atMs, site.site.timezone);
        expect(value).toBeGreaterThanOrEqual(before);
        before = value;
      }
    }
  });

  it('has sun, work and rush hours at the hours of the park, not of the server', () => {
    const noonMs = Date.UTC(2026, 10, 22, 4);
    expect(hourOfDay(noonMs, 'Asia/Shanghai')).toBe(12);
    expect(hourOfDay(noonMs, 'UTC')).toBe(4);
    expect(hourOfDay(noonMs, 'Nowhere/Land')).toBe(4);
    expect([sunshine(0), sunshine(23)]).toEqual([0, 0]);
    expect(activity(10)).toBeGreaterThan(0.8);
    expect(activity(3)).toBeLessThan(0.1);
    expect(rush(8.4)).toBeGreaterThan(rush(15));
    expect(rush(15)).toBeGreaterThan(rush(3));
  });
});

describe('chance', () => {
  it('is spread evenly enough and within 0 to 1', () => {
    const values = Array.from({ length: 2000 }, (_, i) => chance('a', i));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  });
  it('drifts without a jump', () => {
    for (let ms = 0; ms < 100_000; ms += 100) {
      expect(Math.abs(drift('k', ms + 100, 10_000) - drift('k', ms, 10_000))).toBeLessThan(0.05);
    }
  });
  it('repeats with its seed', () => {
    const [one, two] = [random(7), random(7)];
    expect(Array.from({ length: 20 }, () => one.next())).toEqual(
      Array.from({ length: 20 }, () => two.next()),
    );
    const die = random(3);
    const rolls = new Set(Array.from({ length: 200 }, () => die.between(1, 6)));
    expect([...rolls].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
