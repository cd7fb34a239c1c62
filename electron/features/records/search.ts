import type { ParkRecord } from '#contract/records.contract.ts';
import type { Priority } from '#contract/base.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { indexOf } from './index-file.ts';
import { indexRecords, rowsBehind } from './indexer.ts';
import { KEY_END, keyAt } from './keys.ts';
import { siteLabels } from './labels.ts';
import type { Language } from './locale-words.ts';
import { shapesOf, type Shape } from './shapes.ts';
import type { RecordKind, SourceRow } from './source.ts';
import { sourceOfKind } from './sources.ts';
import {
  mergeStreams,
  shapeStream,
  termStream,
  type Budget,
  type Hit,
  type Span,
  type Step,
} from './streams.ts';
import { charactersOf, gramQuery, stringsOf, wordsOf } from './text.ts';

export interface SearchArgs {
  text: string;
  kinds: RecordKind[];
  /** Both ends included. */
  fromMs?: number;
  toMs?: number;
  deviceId?: string;
  priority?: Priority;
  cursor?: string;
  limit: number;
  /** Language of names; Chinese where there is no English one. */
  language?: Language;
  /** Folder of the locale files. */
  resources: string;
  /** For tests: other turning points between the ways to search. */
  tuning?: Partial<Tuning>;
}
interface Tuning {
  /** Work of one answer, in rows looked at; a page that is not full then is continued by its cursor. */
  budgetRows: number;
  /** Of a word that more texts than this contain, records are looked through instead. */
  manyTerms: number;
  /** Up to this many shapes are merged without further thought. */
  fewShapes: number;
}
/** 60,000 rows are about 50 ms here. */
const TUNING: Tuning = { budgetRows: 60_000, manyTerms: 5_000, fewShapes: 64 };
export interface SearchPage {
  items: ParkRecord[];
  nextCursor: string | null;
}
/** What a look at a record's own text costs, in rows of a scan. */
const READ_COST = 20;
/** A search waits for so many new rows to be indexed; more of them are left to the indexer. */
const CATCH_UP_ROWS = 2_000;

interface Word {
  text: string;
  characters: string[];
  /** Texts in data that contain it; `many`: too many to follow each; null: none. */
  terms: { id: number; upper: number }[] | 'many' | null;
}

/** Read query `records.search`: records in which all words occur, newest first. */
export function searchRecords(db: Readable, args: SearchArgs): SearchPage {
  if (rowsBehind(db) <= CATCH_UP_ROWS) indexRecords(db, { limit: CATCH_UP_ROWS });
  const index = indexOf(db);
  const { all, total } = shapesOf(index, args.resources);
  const span = spanOf(args);
  const tuning: Tuning = { ...TUNING, ...args.tuning };
  const budget: Budget = { left: tuning.budgetRows };
  const plan = { limit: args.limit, total, budget, fewShapes: tuning.fewShapes };
  const labels = siteLabels(db);
  const read = (hit: Hit): SourceRow | undefined =>
    sourceOfKind(all.get(hit.shape)!.kind).one(db, hit.ref, labels);

  const allowed = [...all.values()].filter((shape) => isAllowed(shape, args));
  const words = wordsOf(args.text).map((text): Word => ({
    text,
    characters: charactersOf(text),
    terms: termsWith(index, text, span, tuning.manyTerms),
  }));
  const full = allowed.filter((shape) => words.every((word) => shape.words.includes(word.text)));
  const streams = [shapeStream(index, full, span, plan)];

  // What the shape does not say, the record's own data may: only shapes whose records have any text,
  // and that say everything which no text contains.
  const fullIds = new Set(full.map(({ id }) => id));
  const partial = allowed.filter(
    (shape) =>
      shape.chars.size > 0 &&
      !fullIds.has(shape.id) &&
      words.every((word) => shape.words.includes(word.text) || mayStandInData(word, shape)),
  );
  if (partial.length > 0 && words.some((word) => word.terms !== null)) {
    const shapes = new Map(partial.map((shape) => [shape.id, shape]));
    const says = (hit: Hit, known: Word | null): boolean => {
      const shape = shapes.get(hit.shape);
      if (!shape) return false;
      const open = words.filter((word) => word !== known && !shape.words.includes(word.text));
      if (open.length === 0) return true;
      budget.left -= READ_COST;
      const strings = stringsOf(read(hit)?.data ?? {});
      return open.every((word) => strings.some((text) => text.includes(word.text)));
    };
    if (words.some((word) => word.terms === 'many'))
      streams.push(only(shapeStream(index, partial, span, plan), (hit) => says(hit, null)));
    else
      for (const word of words)
        if (word.terms !== null && word.terms !== 'many')
          streams.push(only(termStream(index, word.terms, span, budget), (hit) => says(hit, word)));
  }

  const items: ParkRecord[] = [];
  let lastKey: number | null = null;
  for (const step of mergeStreams(streams)) {
    if ('stop' in step) return { items, nextCursor: String(step.stop) };
    if (items.length === args.limit) return { items, nextCursor: String(lastKey) };
    lastKey = step.hit.key;
    const row = read(step.hit);
    // A row that is gone was deleted when its time was over.
    if (row) items.push(toRecord(row, all.get(step.hit.shape)!, args.language));
  }
  return { items, nextCursor: null };
}

function spanOf({ fromMs, toMs, cursor }: SearchArgs): Span {
  const end = toMs === undefined ? KEY_END : keyAt(toMs + 1);
  const at = cursor === undefined ? Infinity : Number(cursor);
  return { lower: keyAt(fromMs ?? 0), before: Math.min(end, Number.isFinite(at) ? at : KEY_END) };
}

const isAllowed = (shape: Shape, { kinds, deviceId, priority }: SearchArgs): boolean =>
  (kinds.length === 0 || kinds.includes(shape.kind)) &&
  (deviceId === undefined || shape.deviceId === deviceId) &&
  (priority === undefined || shape.priority === priority);

const mayStandInData = (word: Word, shape: Shape): boolean =>
  word.terms !== null && word.characters.every((character) => shape.chars.has(character));

/** The different texts in data that contain a word. */
function termsWith(index: Readable, word: string, span: Span, many: number): Word['terms'] {
  const query = gramQuery(word);
  if (query === null) return null;
  // The pairs of a longer word may stand in another order: the text itself decides.
  const rows = prepared(
    index,
    `SELECT term.id, last_key upper FROM term_fts JOIN term ON term.id = term_fts.rowid
     WHERE term_fts MATCH ? AND instr(text, ?) > 0 AND last_key >= ? LIMIT ?`,
  ).all(query, word, span.lower, many + 1) as { id: number; upper: number }[];
  if (rows.length === 0) return null;
  return rows.length > many ? 'many' : rows;
}

function* only(stream: Generator<Step>, test: (hit: Hit) => boolean): Generator<Step> {
  for (const step of stream) if ('stop' in step || test(step.hit)) yield step;
}

function toRecord(row: SourceRow, shape: Shape, language: Language = 'zh'): ParkRecord {
  return {
    id: `${sourceOfKind(shape.kind).name}:${row.ref}`,
    kind: shape.kind,
    occurredAtMs: row.occurredAtMs,
    receivedAtMs: row.receivedAtMs,
    deviceId: row.deviceId,
    deviceName: shape.name[language] || shape.name.zh,
    placeId: shape.placeId,
    type: row.type,
    state: row.state,
    priority: shape.priority as Priority | null,
    drill: row.drill,
    data: row.data,
  };
}
