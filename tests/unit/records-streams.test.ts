import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyAt, keysFor } from '#features/records/keys.ts';
import { mergeLists, mergeStreams, type Step } from '#features/records/streams.ts';

const keys = fc.uniqueArray(fc.nat(200), { maxLength: 30 }).map((list) => list.sort((a, b) => b - a));
/** Drains, continuing after each stop as a next page would. */
function drain(lists: number[][], lower: number, before: number, budgetRows: number) {
  const found: number[] = [];
  let reads = 0;
  let at = before;
  for (let page = 0; page < 500; page += 1) {
    let stopped = false;
    const heads = lists.map((list, id) => ({ id, upper: list[0] ?? -1 }));
    const read = (id: number, span: { lower: number; before: number }, limit: number) => {
      reads += 1;
      return lists[id]!.filter((key) => key >= span.lower && key < span.before).slice(0, limit);
    };
    for (const step of mergeLists(heads, { lower, before: at }, read, { left: budgetRows })) {
      if ('stop' in step) {
        at = step.stop;
        stopped = true;
      } else found.push(step.key);
    }
    if (!stopped) return { found, reads };
  }
  throw new Error('no end');
}

describe('merging lists', () => {
  it('gives every key of the span once per list, newest first, also in pieces', () => {
    fc.assert(
      fc.property(
        fc.array(keys, { maxLength: 8 }),
        fc.nat(200),
        fc.nat(220),
        fc.constantFrom(8, 40, 1e9),
        (lists, lower, before, budget) => {
          const expected = lists
            .flat()
            .filter((key) => key >= lower && key < before)
            .sort((a, b) => b - a);
          expect(drain(lists, lower, before, budget).found).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });
  it('does not open lists whose newest key is not asked for', () => {
    let reads = 0;
    const heads = Array.from({ length: 10_000 }, (_, id) => ({ id, upper: id }));
    const read = (id: number, span: { before: number }) => {
      reads += 1;
      return id < span.before ? [id] : [];
    };
    const merged = mergeLists(heads, { lower: 0, before: 1e9 }, read, { left: 1e9 });
    expect([merged.next().value, merged.next().value]).toMatchObject([{ key: 9999 }, { key: 9998 }]);
    expect(reads).toBeLessThan(10);
  });
});

describe('merging streams', () => {
  it('gives each record once, and nothing below the first stop', () => {
    const stream = fc.tuple(keys, fc.option(fc.nat(200)));
    fc.assert(
      fc.property(fc.array(stream, { maxLength: 4 }), (all) => {
        const streams = all.map(([list, stop]) =>
          (function* (): Generator<Step> {
            for (const key of list) {
              if (stop !== null && key < stop) break;
              yield { hit: { key, shape: 0, ref: 0 } };
            }
            if (stop !== null) yield { stop };
          })(),
        );
        const steps = [...mergeStreams(streams)];
        const limit = Math.max(-1, ...all.map(([, stop]) => stop ?? -1));
        const found = steps.flatMap((step) => ('hit' in step ? step.hit.key : []));
        const whole = [...new Set(all.flatMap(([list]) => list))]
          .filter((key) => key >= limit)
          .sort((a, b) => b - a);
        expect(found.filter((key) => key > limit)).toEqual(whole.filter((key) => key > limit));
        expect(steps.filter((step) => 'stop' in step)).toEqual(limit >= 0 ? [{ stop: limit }] : []);
      }),
    );
  });
});

describe('keys', () => {
  it('go by time, with a free one for each of many at once', () => {
    const [first, second] = keysFor(1000, 5);
    expect(first).toBe(keyAt(1000) + 5);
    expect(second).toBe(keyAt(1000) + 6);
    const taken = new Set<number>();
    for (let n = 0; n < 5000; n += 1) {
      for (const key of keysFor(1000, n)) {
        if (taken.has(key)) continue;
        taken.add(key);
        break;
      }
    }
    expect(taken.size).toBe(5000);
    expect(Math.max(...taken)).toBeLessThan(keyAt(1003));
    expect(Number.isSafeInteger(keyAt(Date.UTC(2100, 0)))).toBe(true);
  });
});
