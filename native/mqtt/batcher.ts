import { errorText } from './errors.ts';
import type { Clock } from './types.ts';

export interface BatcherOptions<Item> {
  /** The most items in one write. */
  readonly maxBatch: number;
  readonly clock: Clock;
  /** Makes the items durable: returns or resolves when they are, throws or rejects when none of them is. */
  write(items: readonly Item[]): void | Promise<void>;
  /** The items are durable: acknowledge them. Must not throw. */
  onWritten(items: readonly Item[]): void;
  /** A write failed or works again. */
  onBlockedChange?(blocked: Blocked | undefined): void;
}

export interface Blocked {
  readonly detail: string;
  readonly attempt: number;
  readonly retryAtMs: number;
}

export interface Batcher<Item> {
  push(item: Item): void;
  /** Items that are not durable yet, the batch that is being written included. */
  waiting(): number;
  blocked(): Blocked | undefined;
  /**
   * Takes nothing more and writes what it has, unless writing fails or takes longer than 5 s: then the rest stays
   * unacknowledged.
   */
  close(): Promise<void>;
}

/** A failed write is tried again soon (a lock, a short stall) and then every 5 s (a full disk). */
const rewriteDelayMs = (attempt: number) => Math.min(5_000, 100 * 2 ** Math.min(attempt - 1, 10));

const closeLimitMs = 5_000;

/**
 * Group commit: what comes in while a batch is being written forms the next batch; an idle batcher writes as soon
 * as the packets that are already here have been read. A batch that fails is kept and tried again, the same items
 * in the same order, for as long as it takes; nothing overtakes it and nothing is dropped.
 */
export function createBatcher<Item>(options: BatcherOptions<Item>): Batcher<Item> {
  const { maxBatch, clock } = options;
  let queue: Item[] = [];
  let writing: readonly Item[] = [];
  let scheduled = false;
  let blocked: Blocked | undefined;
  let cancelRetry: (() => void) | undefined;
  let closing = false;
  let closed: (() => void)[] = [];
  let cancelLimit: (() => void) | undefined;

  const setBlocked = (next: Blocked | undefined) => {
    if (next === blocked) return;
    blocked = next;
    options.onBlockedChange?.(next);
  };

  const finish = () => {
    const waiters = closed;
    closed = [];
    cancelLimit?.();
    for (const waiter of waiters) waiter();
  };

  // setImmediate, not a microtask: all packets of the chunk that was just read join this batch.
  const schedule = () => {
    if (scheduled || writing.length > 0) return;
    if (queue.length === 0) return finish();
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      writing = queue.length > maxBatch ? queue.slice(0, maxBatch) : queue;
      queue = queue.length > maxBatch ? queue.slice(maxBatch) : [];
      attemptWrite(1);
    });
  };

  const succeeded = () => {
    const written = writing;
    writing = [];
    setBlocked(undefined);
    options.onWritten(written);
    schedule();
  };

  const failed = (error: unknown, attempt: number) => {
    if (closing) {
      writing = [];
      queue = [];
      return finish();
    }
    const delayMs = rewriteDelayMs(attempt);
    setBlocked({ detail: errorText(error), attempt, retryAtMs: clock.nowMs() + delayMs });
    cancelRetry = clock.after(delayMs, () => {
      cancelRetry = undefined;
      attemptWrite(attempt + 1);
    });
  };

  const attemptWrite = (attempt: number) => {
    let pending: void | Promise<void>;
    try {
      pending = options.write(writing);
    } catch (error) {
      return failed(error, attempt);
    }
    // A synchronous write (SQLite) is acknowledged at once, without a turn of the event loop in between.
    if (pending instanceof Promise) pending.then(succeeded, (error: unknown) => failed(error, attempt));
    else succeeded();
  };

  return {
    push(item) {
      if (closing) return;
      queue.push(item);
      schedule();
    },
    waiting: () => queue.length + writing.length,
    blocked: () => blocked,
    close() {
      closing = true;
      return new Promise((resolve) => {
        closed.push(resolve);
        cancelLimit ??= clock.after(closeLimitMs, finish);
        if (cancelRetry) {
          cancelRetry();
          cancelRetry = undefined;
          attemptWrite(1);
        } else if (!scheduled && writing.length === 0) finish();
      });
    },
  };
}
