import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatcher } from '#native/mqtt/batcher.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('writes what came in one turn at once, and what came during a write as the next batch', async () => {
    const gate = Promise.withResolvers<void>();
    const batches: number[][] = [];
    const batcher = createBatcher<number>({
      maxBatch: 100,
      clock: fakeClock(),
      write(items) {
        batches.push([...items]);
        return batches.length === 1 ? gate.promise : undefined;
      },
      onWritten: () => {},
    });
    for (const n of [1, 2, 3]) batcher.push(n);
    await turn();
    for (const n of [4, 5]) batcher.push(n);
    await turn();
    expect(batches).toEqual([[1, 2, 3]]);
    expect(batcher.waiting()).toBe(5);
    gate.resolve();
    await turn();
    await turn();
    expect(batches).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(batcher.waiting()).toBe(0);
  });

  it('waits longer after each failure, up to 5 s, and reports each change once', async () => {
    const clock = fakeClock(0);
    const reports: unknown[] = [];
    let failures = 8;
    const batcher = createBatcher<number>({
      maxBatch: 1,
      clock,
      write() {
        if ((failures -= 1) >= 0) throw new Error('no');
      },
      onWritten: () => {},
      onBlockedChange: (blocked) => reports.push(blocked?.retryAtMs),
    });
    batcher.push(1);
    await turn();
    await clock.advance(60_000);
    expect(reports).toEqual([100, 300, 700, 1500, 3100, 6300, 11_300, 16_300, undefined]);
    expect(batcher.waiting()).toBe(0);
  });

  it('leaves unwritten what cannot be written when it closes', async () => {
    const clock = fakeClock();
    const written: number[] = [];
    const failing = createBatcher<number>({
      maxBatch: 10,
      clock,
      write: () => Promise.reject(new Error('no')),
      onWritten: (items) => void written.push(...items),
    });
    failing.push(1);
    await turn();
    await failing.close();
    expect(written).toEqual([]);
    const stuck = createBatcher<number>({
      maxBatch: 10,
      clock,
      write: () => new Promise(() => {}),
      onWritten: () => {},
    });
    stuck.push(1);
    await turn();
    const closed = stuck.close();
    await clock.advance(5_000);
    await closed;
  });

  it('loses, doubles and reorders nothing, whatever fails', async () => {
    type Step = { push: number } | { advance: number };
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.integer({ min: 1, max: 7 }).map((push) => ({ push })),
      fc.integer({ min: 0, max: 400 }).map((advance) => ({ advance })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.infiniteStream(fc.constantFrom('ok', 'later', 'throws', 'rejects')),
        fc.integer({ min: 1, max: 5 }),
        async (steps, outcomes, maxBatch) => {
          const clock = fakeClock();
          const written: number[] = [];
          let busy = false;
          let last: readonly number[] | undefined;
          const batcher = createBatcher<number>({
            maxBatch,
            clock,
            write(items) {
              expect(busy).toBe(false);
              expect(items.length).toBeLessThanOrEqual(maxBatch);
              if (last) expect(items).toEqual(last);
              const outcome = outcomes.next().value as string;
              last = outcome === 'throws' || outcome === 'rejects' ? items : undefined;
              if (outcome === 'throws') throw new Error('no');
              if (outcome === 'ok') return;
              busy = true;
              return (async () => {
                await turn();
                busy = false;
                if (outcome === 'rejects') throw new Error('no');
              })();
            },
            onWritten: (items) => void written.push(...items),
          });
          let next = 0;
          for (const one of steps) {
            if ('push' in one) for (let n = 0; n < one.push; n += 1) batcher.push((next += 1));
            else await clock.advance(one.advance);
            await turn();
          }
          for (let round = 0; batcher.waiting() > 0 && round < 2000; round += 1) {
            await turn();
            await clock.advance(5_000);
          }
          expect(written).toEqual(Array.from({ length: next }, (_, n) => n + 1));
          await batcher.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
