/**
 * Keys of the index: time first, so that the order of keys is the order of what happened. 42 bits of
 * milliseconds (to the year 2109) and 11 bits of number, together within a double's 53.
 */
const PER_MS = 2048;

/** Smallest key of a millisecond. */
export const keyAt = (atMs: number): number => Math.max(0, Math.floor(atMs)) * PER_MS;
/** Greater than every key. */
export const KEY_END = Number.MAX_SAFE_INTEGER;

/** Keys to try for the `n`-th record of a table at a time: any free one of that millisecond, then of the next. */
export function* keysFor(atMs: number, n: number): Generator<number> {
  for (let ms = Math.max(0, Math.floor(atMs)); ; ms += 1) {
    for (let offset = 0; offset < PER_MS; offset += 1) yield ms * PER_MS + ((n + offset) % PER_MS);
  }
}
