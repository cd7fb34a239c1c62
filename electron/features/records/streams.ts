/** Lists of keys, newest first, merged without reading more of each than is asked for. */
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable } from '#native/sqlite/types.ts';
import type { Shape } from './shapes.ts';

export interface Hit {
  key: number;
  shape: number;
  ref: number;
}
/** `stop`: the budget is used up; everything down to this key was looked at. */
export type Step = { hit: Hit } | { stop: number };
/** Part of the keys: from `lower` to below `before`. */
export interface Span {
  lower: number;
  before: number;
}
/** Work that one answer may cost, in rows looked at; a page that is not full when it ends is continued by its cursor. */
export interface Budget {
  left: number;
}
/** A seek costs about as much as so many rows of a scan. */
const SEEK_COST = 8;
const SCAN_ROWS = 512;
/** Rows that a scan may be expected to need before seeking in each list is the better way. */
const SCAN_WORTH = 20_000;

/** One list: a shape's records, or a term's postings. */
interface List {
  id: number;
  /** No key of it is greater. */
  upper: number;
}
/** A list with the keys read from it, or with none yet and the bound of the next ones. */
interface Head extends List {
  keys: number[];
  at: number;
  /** Keys asked for at a time. */
  rows: number;
}
const FIRST_ROWS = 8;
const MORE_ROWS = 64;

/**
 * Merges lists. A list is opened only when its upper bound comes to the top, so that the newest of ten
 * thousand lists cost about as many seeks as results.
 * @param read up to `limit` keys of a list below `before`, newest first
 */
export function* mergeLists(
  lists: readonly List[],
  span: Span,
  read: (id: number, span: Span, limit: number) => number[],
  budget: Budget,
): Generator<{ key: number; id: number } | { stop: number }> {
  const heap = new Heap();
  let last = Infinity;
  for (const { id, upper } of lists)
    if (upper >= span.lower)
      heap.push({ id, upper: Math.min(upper, span.before - 1), keys: [], at: 0, rows: FIRST_ROWS });
  for (let top = heap.pop(); top; top = heap.pop()) {
    const key = top.keys[top.at];
    if (key === undefined) {
      // Only where it gets somewhere: a page that ends where it began would be asked for again for ever.
      // And not in the middle of a key that several lists have.
      const isProgress = top.upper + 1 < span.before && top.upper < last;
      if (budget.left <= 0 && isProgress) return yield { stop: top.upper + 1 };
      budget.left -= SEEK_COST;
      const keys = read(top.id, { lower: span.lower, before: top.upper + 1 }, top.rows);
      if (keys.length > 0) heap.push({ ...top, keys, at: 0, upper: keys[0]! });
      continue;
    }
    yield { key, id: top.id };
    last = key;
    top.at += 1;
    const next = top.keys[top.at];
    if (next !== undefined) heap.push(Object.assign(top, { upper: next }));
    else if (top.keys.length === top.rows)
      heap.push({ ...top, keys: [], at: 0, upper: key - 1, rows: MORE_ROWS });
  }
}

/** Records of some shapes, newest first: by seeks in each shape's list, or by looking through all records. */
export function* shapeStream(
  index: Readable,
  shapes: readonly Shape[],
  span: Span,
  { limit, total, budget, fewShapes }: { limit: number; total: number; budget: Budget; fewShapes: number },
): Generator<Step> {
  const within = shapes.filter(
    (shape) => shape.count > 0 && shape.lastKey >= span.lower && shape.firstKey < span.before,
  );
  if (within.length === 0) return;
  const records = within.reduce((sum, shape) => sum + shape.count, 0);
  let rest = span;
  if (within.length > fewShapes && (limit * total) / records < SCAN_WORTH) {
    const wanted = new Set(within.map(({ id }) => id));
    const end = yield* scan(index, wanted, span, Math.min(budget.left, 2 * SCAN_WORTH), budget);
    if (end === null) return;
    rest = { lower: span.lower, before: end };
  }
  const read = prepared(
    index,
    'SELECT key FROM record WHERE shape = ? AND key < ? AND key >= ? ORDER BY key DESC LIMIT ?',
  ).pluck();
  const keys = (id: number, { lower, before }: Span, rows: number) =>
    read.all(id, before, lower, rows) as number[];
  const lists = within.map(({ id, lastKey }) => ({ id, upper: lastKey }));
  const refOf = prepared(index, 'SELECT ref FROM record WHERE key = ?').pluck();
  for (const step of mergeLists(lists, rest, keys, budget)) {
    if ('stop' in step) return yield step;
    yield { hit: { key: step.key, shape: step.id, ref: refOf.get(step.key) as number } };
  }
}

/** Looks through at most `rows` records; returns the key where it stopped, null when it came to the end. */
function* scan(
  index: Readable,
  wanted: ReadonlySet<number>,
  { lower, before }: Span,
  rows: number,
  budget: Budget,
): Generator<Step, number | null> {
  const read = prepared(
    index,
    `SELECT key, shape, ref FROM record WHERE key < ? AND key >= ? ORDER BY key DESC LIMIT ${SCAN_ROWS}`,
  ).raw();
  for (let looked = 0; looked < rows; looked += SCAN_ROWS) {
    const chunk = read.all(before, lower) as [number, number, number][];
    budget.left -= chunk.length;
    for (const [key, shape, ref] of chunk) if (wanted.has(shape)) yield { hit: { key, shape, ref } };
    if (chunk.length < SCAN_ROWS) return null;
    before = chunk.at(-1)![0];
  }
  return before;
}

/** Records that have one of some terms, newest first. */
export function* termStream(
  index: Readable,
  terms: readonly List[],
  span: Span,
  budget: Budget,
): Generator<Step> {
  const read = prepared(
    index,
    'SELECT key FROM posting WHERE term = ? AND key < ? AND key >= ? ORDER BY key DESC LIMIT ?',
  ).pluck();
  const keys = (id: number, { lower, before }: Span, rows: number) =>
    read.all(id, before, lower, rows) as number[];
  const record = prepared(index, 'SELECT shape, ref FROM record WHERE key = ?');
  for (const step of mergeLists(terms, span, keys, budget)) {
    if ('stop' in step) return yield step;
    budget.left -= 2;
    const { shape, ref } = record.get(step.key) as { shape: number; ref: number };
    yield { hit: { key: step.key, shape, ref } };
  }
}

/** Merges streams, newest first, each record once. Ends with the first stop: below it something may be missing. */
export function* mergeStreams(streams: readonly Generator<Step>[]): Generator<Step> {
  const keyOf = (step: Step) => ('stop' in step ? step.stop : step.hit.key);
  const heads = streams.map((stream) => ({ stream, step: stream.next().value as Step | undefined }));
  let last = Infinity;
  for (;;) {
    let top: (typeof heads)[number] | undefined;
    for (const head of heads) if (head.step && (!top?.step || keyOf(head.step) > keyOf(top.step))) top = head;
    if (!top?.step) return;
    const { step } = top;
    if ('stop' in step || step.hit.key < last) yield step;
    if ('stop' in step) return;
    last = step.hit.key;
    top.step = top.stream.next().value as Step | undefined;
  }
}

/** Greatest `upper` first. */
class Heap {
  readonly #items: Head[] = [];
  push(item: Head): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]!.upper >= item.upper) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }
  pop(): Head | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]!.upper > items[child]!.upper) child += 1;
      if (items[child]!.upper <= last.upper) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
