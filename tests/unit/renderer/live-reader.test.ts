import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveMessage, ResumePoint } from '#contract/base.ts';
import { ApiError, linkLost } from '#api/errors.ts';
import { LiveReader } from '#api/live-reader.ts';
import type { LiveStream } from '#api/live-reader.ts';

interface Item {
  id: string;
  value: number;
}
type Message = LiveMessage<Item>;

/** A station's side of one live collection, in memory, with cuts and losses on demand. */
class Source {
  epoch = 'run-1';
  seq = 0;
  readonly items = new Map<string, Item>();
  readonly history: Message[] = [];
  readonly opened: (ResumePoint | undefined)[] = [];
  refuse: Error | null = null;
  #push: ((message: Message) => void) | null = null;
  #cut: (() => void) | null = null;

  open = (resume: ResumePoint | undefined, signal: AbortSignal): Promise<LiveStream<Item>> => {
    this.opened.push(resume);
    if (this.refuse) return Promise.reject(this.refuse);
    const queue: Message[] = [];
    let wake = () => {};
    let over = false;
    this.#push = (message) => {
      queue.push(message);
      wake();
    };
    const end = () => {
      over = true;
      wake();
    };
    this.#cut = end;
    signal.addEventListener('abort', end);
    if (resume?.epoch === this.epoch && resume.seq <= this.seq) queue.push(...this.history.slice(resume.seq));
    else queue.push(this.snapshot());
    async function* follow() {
      while (true) {
        const next = queue.shift();
        if (next) yield next;
        else if (over) throw new Error('transport lost');
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    }
    return Promise.resolve(follow());
  };
  snapshot(): Message {
    return { kind: 'snapshot', epoch: this.epoch, seq: this.seq, items: [...this.items.values()] };
  }
  /** Changes the truth; `sent: false` loses the message on the way. */
  change(upsert: Item[], remove: string[] = [], sent = true): void {
    for (const item of upsert) this.items.set(item.id, item);
    for (const id of remove) this.items.delete(id);
    this.seq += 1;
    const delta: Message = { kind: 'delta', epoch: this.epoch, seq: this.seq, upsert, remove };
    this.history.push(delta);
    if (sent) this.#push?.(delta);
  }
  send(message: Message): void {
    this.#push?.(message);
  }
  alive(): void {
    this.#push?.({ kind: 'alive', epoch: this.epoch, seq: this.seq, stationTimeMs: 1 });
  }
  cut(): void {
    this.#push = null;
    this.#cut?.();
  }
  restart(): void {
    this.cut();
    this.epoch = `${this.epoch}+`;
    this.seq = 0;
    this.history.length = 0;
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const reconnect = () => vi.advanceTimersByTimeAsync(500);

describe('LiveReader', () => {
  let source: Source;
  let reader: LiveReader<Item>;
  beforeEach(() => {
    vi.useFakeTimers();
    source = new Source();
    reader = new LiveReader<Item>(source.open);
  });
  afterEach(() => {
    reader.stop();
    vi.useRealTimers();
  });
  const start = async () => {
    reader.start();
    await settle();
  };

  it('takes a snapshot, then upserts and removals', async () => {
    source.change([{ id: 'a', value: 1 }]);
    await start();
    expect(reader.list.value).toEqual([{ id: 'a', value: 1 }]);
    expect(reader.loaded.value).toBe(true);
    source.change([
      { id: 'b', value: 2 },
      { id: 'a', value: 3 },
    ]);
    source.change([], ['a']);
    await settle();
    expect(reader.list.value).toEqual([{ id: 'b', value: 2 }]);
  });

  it('resumes where it stopped after a loss, without missing or doubling', async () => {
    await start();
    source.change([{ id: 'a', value: 1 }]);
    await settle();
    source.cut();
    await settle();
    expect(reader.fresh.value).toBe(false);
    source.change([{ id: 'b', value: 1 }]);
    await reconnect();
    expect(source.opened).toEqual([undefined, { epoch: 'run-1', seq: 1 }]);
    expect(reader.list.value.map((item) => item.id)).toEqual(['a', 'b']);
  });

  it('says that the link is down, and no more once it is back', async () => {
    await start();
    source.cut();
    await settle();
    expect(reader.error.value?.reason).toBe('link.down');
    source.refuse = linkLost();
    await reconnect();
    expect(reader.error.value?.reason).toBe('link.down');
    source.refuse = null;
    await reconnect();
    source.alive();
    await settle();
    expect(reader.error.value).toBeNull();
  });

  it('ignores a delta that it already holds', async () => {
    await start();
    source.change([{ id: 'a', value: 1 }]);
    source.change([{ id: 'a', value: 2 }]);
    await settle();
    source.send(source.history[0] as Message);
    await settle();
    expect(reader.list.value).toEqual([{ id: 'a', value: 2 }]);
    expect(source.opened).toHaveLength(1);
  });

  it('starts over from a snapshot at a gap, and a restarted station', async () => {
    await start();
    source.change([{ id: 'lost', value: 1 }], [], false);
    source.change([{ id: 'b', value: 1 }]);
    await settle();
    expect(reader.list.value.map((item) => item.id).sort()).toEqual(['b', 'lost']);
    expect(source.opened.at(-1)).toBeUndefined();
    source.restart();
    source.items.delete('lost');
    await reconnect();
    expect(reader.list.value.map((item) => item.id)).toEqual(['b']);
  });

  it('finds a lost last delta by the number that alive carries', async () => {
    await start();
    source.change([{ id: 'a', value: 1 }], [], false);
    source.alive();
    await settle();
    expect(reader.list.value.map((item) => item.id)).toEqual(['a']);
  });

  it('is stale within 2 s of silence, keeps its items, and is fresh again with the next message', async () => {
    source.change([{ id: 'a', value: 1 }]);
    await start();
    for (let second = 0; second < 5; second += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      source.alive();
      await settle();
      expect(reader.fresh.value).toBe(true);
    }
    await vi.advanceTimersByTimeAsync(1600);
    expect(reader.fresh.value).toBe(true);
    await vi.advanceTimersByTimeAsync(400);
    expect(reader.fresh.value).toBe(false);
    expect(reader.list.value).toHaveLength(1);
    source.alive();
    await settle();
    expect(reader.fresh.value).toBe(true);
  });

  it('says why when it is refused, and recovers', async () => {
    source.refuse = new ApiError('FORBIDDEN', 'auth.permission');
    await start();
    expect(reader.error.value?.reason).toBe('auth.permission');
    source.refuse = null;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reader.loaded.value).toBe(true);
    expect(reader.error.value).toBeNull();
  });

  it('forgets everything for another person', async () => {
    source.change([{ id: 'a', value: 1 }]);
    await start();
    source.refuse = new ApiError('FORBIDDEN', 'auth.permission');
    reader.reset();
    await settle();
    expect(reader.list.value).toEqual([]);
    expect(reader.loaded.value).toBe(false);
  });

  it('holds the truth in the end, whatever is lost, cut or restarted on the way', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('put' as const),
        id: fc.integer({ min: 0, max: 5 }),
        sent: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('remove' as const), id: fc.integer({ min: 0, max: 5 }) }),
      fc.constantFrom({ kind: 'cut' as const }, { kind: 'restart' as const }, { kind: 'settle' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        source = new Source();
        reader = new LiveReader<Item>(source.open);
        await start();
        let value = 0;
        for (const each of steps) {
          if (each.kind === 'put') source.change([{ id: `i${each.id}`, value: (value += 1) }], [], each.sent);
          if (each.kind === 'remove') source.change([], [`i${each.id}`]);
          if (each.kind === 'cut') source.cut();
          if (each.kind === 'restart') source.restart();
          if (each.kind === 'settle') await settle();
        }
        await reconnect();
        source.alive();
        await settle();
        const byId = (a: Item, b: Item) => a.id.localeCompare(b.id);
        expect([...reader.list.value].sort(byId)).toEqual([...source.items.values()].sort(byId));
        reader.stop();
      }),
      { numRuns: 200 },
    );
  });
});
