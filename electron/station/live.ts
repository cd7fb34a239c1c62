import type { LiveMessage, ResumePoint } from '#contract/base.ts';
import type { Clock } from './clock.ts';

const HISTORY = 500;
const ALIVE_MS = 1000;
/** A reader this far behind gets a new snapshot instead of more deltas. */
const MAX_BEHIND = 2000;

/**
 * A collection that consoles follow: a snapshot, then deltas in order. It is the station's memory of
 * what is true now; records are in the database.
 */
export class LiveCollection<T extends { id: string }> {
  readonly #items = new Map<string, T>();
  readonly #history: Extract<LiveMessage<T>, { kind: 'delta' }>[] = [];
  readonly #wake = new Set<() => void>();
  readonly #clock: Clock;
  readonly epoch: string;
  #seq = 0;

  /** @param epoch names this run of the station, so that a point of an earlier run is not resumed */
  constructor(clock: Clock, epoch: string) {
    this.#clock = clock;
    this.epoch = epoch;
  }
  get(id: string): T | undefined {
    return this.#items.get(id);
  }
  values(): T[] {
    return [...this.#items.values()];
  }
  get size(): number {
    return this.#items.size;
  }
  /** Puts items in, replacing those of the same id; one delta for all. */
  upsert(...items: T[]): void {
    this.change(items, []);
  }
  remove(...ids: string[]): void {
    const known = ids.filter((id) => this.#items.has(id));
    if (known.length > 0) this.change([], known);
  }
  /** One delta with both. */
  change(upsert: T[], remove: string[]): void {
    if (upsert.length === 0 && remove.length === 0) return;
    for (const item of upsert) this.#items.set(item.id, item);
    for (const id of remove) this.#items.delete(id);
    this.#seq += 1;
    this.#history.push({ kind: 'delta', epoch: this.epoch, seq: this.#seq, upsert, remove });
    if (this.#history.length > HISTORY) this.#history.shift();
    for (const wake of this.#wake) wake();
  }

  /**
   * Follows the collection until `signal` aborts. Starts with the deltas since `resume` when this run
   * still has them, else with a snapshot. `alive` comes each second without news.
   */
  async *follow(resume: ResumePoint | undefined, signal?: AbortSignal): AsyncGenerator<LiveMessage<T>> {
    let at = resume && resume.epoch === this.epoch && this.#reaches(resume.seq) ? resume.seq : -1;
    let wake: () => void = () => {};
    const onWake = () => wake();
    this.#wake.add(onWake);
    let due = false;
    const stopAlive = this.#clock.every(ALIVE_MS, () => {
      due = true;
      wake();
    });
    signal?.addEventListener('abort', onWake);
    try {
      while (!signal?.aborted) {
        if (at < 0 || !this.#reaches(at) || this.#seq - at > MAX_BEHIND) {
          at = this.#seq;
          due = false;
          yield { kind: 'snapshot', epoch: this.epoch, seq: at, items: this.values() };
          continue;
        }
        const next = this.#history.find((delta) => delta.seq === at + 1);
        if (next) {
          at = next.seq;
          due = false;
          yield next;
          continue;
        }
        if (due) {
          due = false;
          yield { kind: 'alive', epoch: this.epoch, seq: at, stationTimeMs: this.#clock.nowMs() };
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stopAlive();
      this.#wake.delete(onWake);
      signal?.removeEventListener('abort', onWake);
    }
  }
  /** True when every delta after `seq` is still held. */
  #reaches(seq: number): boolean {
    if (seq > this.#seq) return false;
    return seq === this.#seq || (this.#history[0]?.seq ?? Infinity) <= seq + 1;
  }
}
