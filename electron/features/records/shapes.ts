import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { LANGUAGES, localeWords, typeWord } from './locale-words.ts';
import type { RecordKind } from './source.ts';
import { normalise } from './text.ts';

/** What many records share; `words` is all its text, normalised. */
export interface Shape {
  id: number;
  kind: RecordKind;
  deviceId: string | null;
  name: { zh: string | null; en: string | null };
  placeId: string | null;
  priority: number | null;
  words: string;
  /** Letters and digits in its records' texts. */
  chars: ReadonlySet<string>;
  count: number;
  firstKey: number;
  lastKey: number;
}
interface ShapeRow {
  id: number;
  kind: RecordKind;
  device_id: string | null;
  name_zh: string | null;
  name_en: string | null;
  place_id: string | null;
  names: string;
  type: string;
  state: string;
  priority: number | null;
  chars: string;
  count: number;
  first_key: number;
  last_key: number;
  touched: number;
}
export interface Shapes {
  all: ReadonlyMap<number, Shape>;
  /** Records in the index. */
  total: number;
}
interface Cache {
  shapes: Map<number, Shape>;
  total: number;
  touched: number;
}
const caches = new WeakMap<Readable, Cache>();

/** All shapes, kept in memory of this thread; only those that have changed since are read again. */
export function shapesOf(index: Readable, resources: string): Shapes {
  let cache = caches.get(index);
  if (!cache) caches.set(index, (cache = { shapes: new Map(), total: 0, touched: 0 }));
  const rows = prepared(
    index,
    `SELECT id, kind, device_id, name_zh, name_en, place_id, names, type, state, priority, chars, count, first_key,
       last_key, touched FROM shape WHERE touched > ?`,
  ).all(cache.touched) as ShapeRow[];
  for (const row of rows) {
    const before = cache.shapes.get(row.id);
    cache.total += row.count - (before?.count ?? 0);
    cache.touched = Math.max(cache.touched, row.touched);
    const sums = {
      chars: charsOf(row.chars, before),
      count: row.count,
      firstKey: row.first_key,
      lastKey: row.last_key,
    };
    if (before) Object.assign(before, sums);
    else
      cache.shapes.set(row.id, {
        id: row.id,
        kind: row.kind,
        deviceId: row.device_id,
        name: { zh: row.name_zh, en: row.name_en },
        placeId: row.place_id,
        priority: row.priority,
        words: wordsOfShape(row, resources),
        ...sums,
      });
  }
  return { all: cache.shapes, total: cache.total };
}

/** Sets of characters are large and seldom change. */
const charsOf = (chars: string, before: Shape | undefined): ReadonlySet<string> =>
  before && before.chars.size === [...chars].length ? before.chars : new Set(chars);

/** The codes' words come from the locale files of now: a better word finds old records too. */
function wordsOfShape(row: ShapeRow, resources: string): string {
  const worded = LANGUAGES.flatMap((language) => {
    const words = localeWords(resources, language);
    return [
      typeWord(words, row.type),
      words.word('records.kind', row.kind),
      words.word('records.state', row.state),
    ];
  });
  return `${row.names} ${normalise([row.type, ...worded].filter(Boolean).join(' '))}`;
}
