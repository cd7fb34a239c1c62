import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveMessage } from '#contract/base.ts';
import { LiveCollection } from '#station/live.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

interface Item {
  id: string;
  n: number;
}
/** What a console holds after a message. */
function apply(held: Map<string, Item>, message: LiveMessage<Item>): void {
  if (message.kind === 'snapshot') {
    held.clear();
    for (const item of message.items) held.set(item.id, item);
  } else if (message.kind === 'delta') {
    for (const item of message.upsert) held.set(item.id, item);
    for (const id of message.remove) held.delete(id);
  }
}
const make = () => {
  const clock = new TestClock();
  return { clock, live: new LiveCollection<Item>(clock, 'run-1') };
};

test('a snapshot first, then deltas in order, then alive', async () => {
  const { clock, live } = make();
  live.upsert({ id: 'a', n: 1 });
  const reader = live.follow(undefined);
  expect((await reader.next()).value).toMatchObject({ kind: 'snapshot', seq: 1, items: [{ id: 'a', n: 1 }] });
  live.upsert({ id: 'b', n: 2 });
  live.remove('a');
  expect((await reader.next()).value).toMatchObject({ kind: 'delta', seq: 2 });
  expect((await reader.next()).value).toMatchObject({ kind: 'delta', seq: 3, remove: ['a'] });
  const waiting = reader.next();
  clock.advance(1000);
  expect((await waiting).value).toMatchObject({ kind: 'alive', seq: 3 });
  await reader.return(undefined);
});
test('a point of an earlier run or from the future gets a snapshot', async () => {
  const { live } = make();
  live.upsert({ id: 'a', n: 1 });
  for (const resume of [
    { epoch: 'run-0', seq: 1 },
    { epoch: 'run-1', seq: 99 },
  ]) {
    const reader = live.follow(resume);
    expect((await reader.next()).value).toMatchObject({ kind: 'snapshot' });
    await reader.return(undefined);
  }
});
test('removing what is not there is no news', () => {
  const { live } = make();
  live.remove('x');
  expect(live.size).toBe(0);
});
test('however readers leave and come back, they end with what the station holds', async () => {
  const operations = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ put: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.nat(99) }) },
      { weight: 3, arbitrary: fc.record({ drop: fc.constantFrom('a', 'b', 'c', 'd') }) },
      { weight: 2, arbitrary: fc.constant('reconnect' as const) },
      { weight: 3, arbitrary: fc.constant('read' as const) },
    ),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(operations, async (list) => {
      const { clock, live } = make();
      const held = new Map<string, Item>();
      let point: { epoch: string; seq: number } | undefined;
      let reader = live.follow(undefined);
      let snapshots = 0;
      const drain = async () => {
        for (;;) {
          const next = reader.next();
          clock.advance(1000);
          const message = (await next).value as LiveMessage<Item>;
          if (message.kind === 'snapshot') snapshots += 1;
          apply(held, message);
          point = { epoch: message.epoch, seq: message.seq };
          if (message.kind === 'alive') return;
        }
      };
      for (const operation of list) {
        if (operation === 'read') await drain();
        else if (operation === 'reconnect') {
          await reader.return(undefined);
          reader = live.follow(point);
        } else if ('put' in operation) live.upsert({ id: operation.put, n: operation.n });
        else live.remove(operation.drop);
      }
      await drain();
      expect([...held.values()].sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual(
        live.values().sort((x, y) => (x.id < y.id ? -1 : 1)),
      );
      expect(snapshots).toBeLessThanOrEqual(point ? 1 + list.filter((one) => one === 'reconnect').length : 1);
      await reader.return(undefined);
    }),
  );
});
