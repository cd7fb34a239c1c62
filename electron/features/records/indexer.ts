import { believedAtMs } from '#domain/alarm-order.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { indexOf } from './index-file.ts';
import { keysFor } from './keys.ts';
import { siteLabels, type SiteLabels } from './labels.ts';
import type { RecordSource, SourceRow } from './source.ts';
import { recordSources } from './sources.ts';
import { charactersOf, gramsOf, normalise, stringsOf } from './text.ts';

export interface IndexStep {
  indexed: number;
  /** Rows that are not in the index yet. */
  behind: number;
}
interface Touched {
  count: number;
  firstKey: number;
  lastKey: number;
  chars: Set<string>;
}

const cursorOf = (index: Readable, source: RecordSource): number =>
  (prepared(index, 'SELECT ref FROM cursor WHERE source = ?').get(source.name) as { ref: number } | undefined)
    ?.ref ?? 0;

/** Rows of all tables that are not in the index. */
export function rowsBehind(db: Readable): number {
  const index = indexOf(db);
  return recordSources.reduce(
    (sum, source) => sum + Math.max(0, source.last(db) - cursorOf(index, source)),
    0,
  );
}

/**
 * Read query `records.index`: takes up to `limit` new rows of each table into the index, in one
 * transaction of the index file; the database itself is only read.
 */
export function indexRecords(db: Readable, { limit }: { limit: number }): IndexStep {
  const index = indexOf(db);
  if (rowsBehind(db) === 0) return { indexed: 0, behind: 0 };
  const labels = siteLabels(db);
  const indexed = index
    .transaction(() => {
      const { touched } = prepared(
        index,
        'UPDATE state SET touched = touched + 1 RETURNING touched',
      ).get() as {
        touched: number;
      };
      const batch = new Batch(index, labels, touched);
      let taken = 0;
      for (const source of recordSources) {
        const rows = source.after(db, cursorOf(index, source), limit, labels);
        for (const row of rows) batch.add(row);
        const last = rows.at(-1);
        if (!last) continue;
        taken += rows.length;
        prepared(
          index,
          `INSERT INTO cursor (source, ref, mark) VALUES (?, ?, ?)
           ON CONFLICT (source) DO UPDATE SET ref = excluded.ref, mark = excluded.mark`,
        ).run(source.name, last.ref, source.mark(db, last.ref));
      }
      batch.finish();
      return taken;
    })
    .immediate();
  return { indexed, behind: rowsBehind(db) };
}

/** Names under which a record is found: its thing's, its place's and their ids, in both languages. */
function namesOf(row: SourceRow, labels: SiteLabels) {
  const label = row.deviceId === null ? undefined : labels.of(row.deviceId);
  const name = row.deviceName ?? label?.name;
  const placeId = row.placeId ?? label?.placeId ?? null;
  return {
    nameZh: name?.zh ?? null,
    nameEn: name?.en ?? null,
    placeId,
    names: normalise([row.deviceId, name?.zh, name?.en, label?.placeText, placeId].filter(Boolean).join(' ')),
  };
}

class Batch {
  readonly #index: Writable;
  readonly #labels: SiteLabels;
  readonly #touched: number;
  readonly #shapes = new Map<string, number>();
  readonly #shapeChanges = new Map<number, Touched>();
  readonly #terms = new Map<string, number>();
  readonly #termKeys = new Map<number, number>();

  constructor(index: Writable, labels: SiteLabels, touched: number) {
    this.#index = index;
    this.#labels = labels;
    this.#touched = touched;
  }
  add(row: SourceRow): void {
    const shape = this.#shapeOf(row);
    const { occurredAtMs, receivedAtMs } = row;
    const atMs = believedAtMs({ occurredAtMs, receivedAtMs, bootId: null, seq: null });
    const insert = prepared(this.#index, 'INSERT OR IGNORE INTO record (key, shape, ref) VALUES (?, ?, ?)');
    let key = 0;
    for (key of keysFor(atMs, row.ref)) if (insert.run(key, shape, row.ref).changes === 1) break;
    const strings = stringsOf(row.data);
    for (const text of strings) {
      const term = this.#termOf(text, key);
      prepared(this.#index, 'INSERT OR IGNORE INTO posting (term, key) VALUES (?, ?)').run(term, key);
      this.#termKeys.set(term, Math.max(key, this.#termKeys.get(term) ?? 0));
    }
    const change = this.#shapeChanges.get(shape) ?? {
      count: 0,
      firstKey: key,
      lastKey: key,
      chars: new Set<string>(),
    };
    change.count += 1;
    change.firstKey = Math.min(change.firstKey, key);
    change.lastKey = Math.max(change.lastKey, key);
    for (const text of strings) for (const character of charactersOf(text)) change.chars.add(character);
    this.#shapeChanges.set(shape, change);
  }
  #shapeOf(row: SourceRow): number {
    const { kind, deviceId, type, state, priority, drill } = row;
    // The label is part of the print: a thing that was renamed is found under the name that it had.
    const revision = row.deviceName
      ? `${row.deviceName.zh}\t${row.deviceName.en}\t${row.placeId ?? ''}`
      : this.#labels.revision;
    const short = [kind, deviceId, type, state, priority, drill, revision].join('\t');
    const known = this.#shapes.get(short);
    if (known !== undefined) return known;
    const { nameZh, nameEn, placeId, names } = namesOf(row, this.#labels);
    const print = JSON.stringify([
      kind,
      deviceId,
      type,
      state,
      priority,
      drill,
      nameZh,
      nameEn,
      placeId,
      names,
    ]);
    const found = prepared(this.#index, 'SELECT id FROM shape WHERE print = ?').get(print) as
      { id: number } | undefined;
    const id =
      found?.id ??
      Number(
        prepared(
          this.#index,
          `INSERT INTO shape (print, kind, device_id, name_zh, name_en, place_id, names, type, state, priority, drill,
             chars, count, first_key, last_key, touched) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?, 0, ?)`,
        ).run(
          print,
          kind,
          deviceId,
          nameZh,
          nameEn,
          placeId,
          names,
          type,
          state,
          priority,
          Number(drill),
          Number.MAX_SAFE_INTEGER,
          this.#touched,
        ).lastInsertRowid,
      );
    this.#shapes.set(short, id);
    return id;
  }
  #termOf(text: string, key: number): number {
    const known = this.#terms.get(text);
    if (known !== undefined) return known;
    const found = prepared(this.#index, 'SELECT id FROM term WHERE text = ?').get(text) as
      { id: number } | undefined;
    const id = found?.id ?? this.#newTerm(text, key);
    this.#terms.set(text, id);
    return id;
  }
  #newTerm(text: string, key: number): number {
    const made = prepared(this.#index, 'INSERT INTO term (text, last_key) VALUES (?, ?)').run(text, key);
    const id = Number(made.lastInsertRowid);
    prepared(this.#index, 'INSERT INTO term_fts (rowid, grams) VALUES (?, ?)').run(
      id,
      gramsOf(text).join(' '),
    );
    return id;
  }
  /** Brings the sums of the shapes and terms up to date. */
  finish(): void {
    const shape = prepared(
      this.#index,
      `UPDATE shape SET count = count + ?, first_key = min(first_key, ?), last_key = max(last_key, ?),
         chars = chars || ?, touched = ? WHERE id = ?`,
    );
    const charsOf = prepared(this.#index, 'SELECT chars FROM shape WHERE id = ?').pluck();
    for (const [id, one] of this.#shapeChanges) {
      const known = new Set(one.chars.size === 0 ? '' : (charsOf.get(id) as string));
      const added = [...one.chars].filter((character) => !known.has(character)).join('');
      shape.run(one.count, one.firstKey, one.lastKey, added, this.#touched, id);
    }
    const term = prepared(this.#index, 'UPDATE term SET last_key = max(last_key, ?) WHERE id = ?');
    for (const [id, key] of this.#termKeys) term.run(key, id);
  }
}
