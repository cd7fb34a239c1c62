import type { JsonObject, LocalText, Priority } from '#contract/base.ts';
import type { RECORD_KINDS } from '#contract/records.contract.ts';
import type { Readable } from '#native/sqlite/types.ts';
import type { SiteLabels } from './labels.ts';

export type RecordKind = (typeof RECORD_KINDS)[number];

/** One row of a record table, in the form that all records share. */
export interface SourceRow {
  /** Its number in its table: rises with each row, never used again. */
  ref: number;
  kind: RecordKind;
  occurredAtMs: number;
  receivedAtMs: number;
  deviceId: string | null;
  /** As it was then, where the record keeps it; else the site's present name is taken. */
  deviceName?: LocalText;
  placeId?: string | null;
  type: string;
  state: string;
  priority: Priority | null;
  drill: boolean;
  data: JsonObject;
}

/** A table whose rows are records. The index is made from it, and an answer reads it again. */
export interface RecordSource {
  /** Prefix of the records' ids. */
  name: string;
  kinds: readonly RecordKind[];
  /** Rows after `ref`, in order. */
  after(db: Readable, ref: number, limit: number, labels: SiteLabels): SourceRow[];
  one(db: Readable, ref: number, labels: SiteLabels): SourceRow | undefined;
  /** Something that another database would not have in the same row: tells a restored one. */
  mark(db: Readable, ref: number): string | null;
  last(db: Readable): number;
}

interface Table<Row> {
  name: string;
  kinds: readonly RecordKind[];
  table: string;
  /** Its INTEGER PRIMARY KEY. */
  key: string;
  /** FROM clause and columns, with the key as `ref`. */
  select: string;
  mark: string;
  read(row: Row, labels: SiteLabels): SourceRow;
}
/** Makes a source of one SELECT. */
export function sourceOf<Row extends { ref: number }>(
  { name, kinds, table, key, select, mark, read }: Table<Row>,
  prepared: (
    db: Readable,
    sql: string,
  ) => { all(...args: unknown[]): unknown[]; get(...args: unknown[]): unknown },
): RecordSource {
  return {
    name,
    kinds,
    after: (db, ref, limit, labels) =>
      (prepared(db, `${select} WHERE ${key} > ? ORDER BY ${key} LIMIT ?`).all(ref, limit) as Row[]).map(
        (row) => read(row, labels),
      ),
    one(db, ref, labels) {
      const row = prepared(db, `${select} WHERE ${key} = ?`).get(ref) as Row | undefined;
      return row && read(row, labels);
    },
    mark(db, ref) {
      const row = prepared(db, `SELECT ${mark} mark FROM ${table} WHERE ${key} = ?`).get(ref) as
        { mark: string } | undefined;
      return row?.mark ?? null;
    },
    last: (db) =>
      (prepared(db, `SELECT ifnull(max(${key}), 0) last FROM ${table}`).get() as { last: number }).last,
  };
}
