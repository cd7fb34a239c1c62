import type { Clock } from '#station/clock.ts';

/**
 * Calls once for each key whose time is over. Times are monotonic, so that a jump of the wall clock
 * makes nobody silent. One timer for all: it wakes at the earliest deadline, and a deadline that has
 * moved on since only makes it look again.
 */
export class Deadlines {
  readonly #due = new Map<string, number>();
  readonly #clock: Clock;
  readonly #onOver: (keys: string[]) => void;
  #wakeAtMs = Infinity;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, onOver: (keys: string[]) => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }
  /** Sets or moves the deadline of a key, milliseconds from now. */
  set(key: string, inMs: number): void {
    const atMs = this.#clock.monotonicMs() + inMs;
    this.#due.set(key, atMs);
    if (atMs < this.#wakeAtMs) this.#arm(atMs);
  }
  has(key: string): boolean {
    return this.#due.has(key);
  }
  remove(key: string): void {
    this.#due.delete(key);
  }
  /** Forgets all deadlines. */
  clear(): void {
    this.#due.clear();
    this.#cancel?.();
    this.#cancel = null;
    this.#wakeAtMs = Infinity;
  }
  #arm(atMs: number): void {
    this.#cancel?.();
    this.#wakeAtMs = atMs;
    // at least a millisecond, so that a clock that rounds down cannot spin
    this.#cancel = this.#clock.after(Math.max(1, atMs - this.#clock.monotonicMs()), () => this.#look());
  }
  #look(): void {
    this.#cancel = null;
    this.#wakeAtMs = Infinity;
    const nowMs = this.#clock.monotonicMs();
    const over: string[] = [];
    let next = Infinity;
    for (const [key, atMs] of this.#due) {
      if (atMs <= nowMs) over.push(key);
      else next = Math.min(next, atMs);
    }
    for (const key of over) this.#due.delete(key);
    if (Number.isFinite(next)) this.#arm(next);
    if (over.length > 0) this.#onOver(over);
  }
}
