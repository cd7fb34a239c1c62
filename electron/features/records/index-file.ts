import { openWritable } from '#native/sqlite/open.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';
import { recordSources } from './sources.ts';

/** Another number makes every station build its index anew. */
const VERSION = 1;

/**
 * The index has a file of its own beside the database: it is made from the records and can be made
 * again, so it needs no back-up, and writing it never holds up an alarm.
 *
 * `shape`: everything that many records share (kind, device, type, state, priority, names), so that a
 * record is three numbers and words are looked for in thousands of shapes, not in millions of records.
 * `shape.chars` are the characters that stand in its records' texts: most words are ruled out by them.
 * `term`: each different text in records' data, once, with its characters and pairs in `term_fts`.
 * `record.key` sorts by time: milliseconds x 2048 + a number.
 */
const SCHEMA = `
  CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, touched INTEGER NOT NULL) STRICT;
  CREATE TABLE cursor (source TEXT PRIMARY KEY, ref INTEGER NOT NULL, mark TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE shape (
    id INTEGER PRIMARY KEY, print TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, device_id TEXT, name_zh TEXT, name_en TEXT,
    place_id TEXT, names TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, priority INTEGER, drill INTEGER NOT NULL,
    chars TEXT NOT NULL, count INTEGER NOT NULL, first_key INTEGER NOT NULL, last_key INTEGER NOT NULL,
    touched INTEGER NOT NULL) STRICT;
  CREATE INDEX shape_touched ON shape (touched);
  CREATE TABLE record (key INTEGER PRIMARY KEY, shape INTEGER NOT NULL, ref INTEGER NOT NULL) STRICT;
  CREATE INDEX record_shape ON record (shape);
  CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, last_key INTEGER NOT NULL) STRICT;
  CREATE VIRTUAL TABLE term_fts USING fts5(grams, content='', detail=none, columnsize=0, tokenize='ascii');
  CREATE TABLE posting (term INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (term, key)) STRICT, WITHOUT ROWID;
`;
const TABLES = ['posting', 'term_fts', 'term', 'record', 'shape', 'cursor', 'state'];
const opened = new WeakMap<Readable, Writable>();

/** Name of the index file of a database. */
export const indexFileOf = (databaseFile: string): string =>
  `${databaseFile.replace(/\.sqlite$/, '')}.records.sqlite`;

/**
 * This thread's connection to the index of a database; makes or remakes the index when there is none,
 * when it was made by another version, or when the database is not the one that it was made from.
 */
export function indexOf(db: Readable): Writable {
  const known = opened.get(db);
  if (known) return known;
  const index = openWritable(indexFileOf(db.name));
  // What a power cut takes is made again; what is committed stays whole either way.
  index.pragma('synchronous = NORMAL');
  index.pragma('wal_autocheckpoint = 4000');
  index
    .transaction(() => {
      if (isFitting(db, index)) return;
      for (const table of TABLES) index.exec(`DROP TABLE IF EXISTS ${table}`);
      index.exec(SCHEMA);
      index.prepare('INSERT INTO state (id, version, touched) VALUES (1, ?, 1)').run(VERSION);
    })
    .immediate();
  opened.set(db, index);
  return index;
}

function isFitting(db: Readable, index: Writable): boolean {
  const has = index.prepare("SELECT 1 FROM sqlite_master WHERE name = 'state'").get();
  if (!has) return false;
  const state = index.prepare('SELECT version FROM state WHERE id = 1').get() as
    { version: number } | undefined;
  if (state?.version !== VERSION) return false;
  // A database that was restored from a back-up has other rows under the same numbers.
  return recordSources.every((source) => {
    const at = index.prepare('SELECT ref, mark FROM cursor WHERE source = ?').get(source.name) as
      { ref: number; mark: string | null } | undefined;
    return !at || at.ref === 0 || (at.mark !== null && source.mark(db, at.ref) === at.mark);
  });
}

/** Closes this thread's index of a database, for tests and benchmarks. */
export function closeIndex(db: Readable): void {
  opened.get(db)?.close();
  opened.delete(db);
}
