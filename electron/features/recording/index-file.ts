import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { integrityProblem } from '#native/sqlite/backup.ts';
import { versionOf } from '#native/sqlite/migrate.ts';
import { openReadable, openWritable } from '#native/sqlite/open.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

const VERSION = 1;

/**
 * The index of the recordings has a file of its own: what is written each second never waits for, nor holds up, an alarm's
 * commit. It needs no back-up, because every file says itself what it is (`reconcile.ts` makes the index again from them).
 *
 * `part` is a journal: what was written to files that are still open, one row a second and camera, in the order of writing,
 * so that a commit touches one page; a closed file keeps its parts as one blob in `file_parts` and its rows go.
 */
const SCHEMA = `
  CREATE TABLE stream (
    id INTEGER PRIMARY KEY, camera_id TEXT NOT NULL, stream TEXT NOT NULL, folder TEXT NOT NULL UNIQUE,
    first_ms INTEGER NOT NULL, UNIQUE (camera_id, stream)) STRICT;
  CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, volume TEXT NOT NULL,
    stream INTEGER NOT NULL REFERENCES stream (id), path TEXT NOT NULL, codec TEXT NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, bytes INTEGER NOT NULL,
    epoch INTEGER NOT NULL, cause TEXT NOT NULL, closed INTEGER NOT NULL) STRICT;
  CREATE INDEX file_time ON file (stream, start_ms);
  CREATE INDEX file_volume ON file (volume, id);
  CREATE INDEX file_open ON file (closed) WHERE closed = 0;
  CREATE TABLE file_parts (file INTEGER PRIMARY KEY REFERENCES file (id), parts BLOB NOT NULL) STRICT;
  CREATE TABLE part (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, part BLOB NOT NULL) STRICT;
  CREATE TABLE note (id INTEGER PRIMARY KEY, camera_id TEXT NOT NULL, at_ms INTEGER NOT NULL, reason TEXT) STRICT;
  CREATE INDEX note_time ON note (camera_id, at_ms);
  CREATE TABLE garbage (id INTEGER PRIMARY KEY, volume TEXT NOT NULL, path TEXT NOT NULL) STRICT;
  CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

export const indexFile = (dataDir: string): string => join(dataDir, 'recordings.sqlite');

/**
 * Opens the index, makes it if there is none. A damaged one is put aside (`.damaged-<ms>`), never deleted.
 * @returns `isNew`: it is empty and has to be made from the files
 */
export function openIndex(dataDir: string, nowMs: number): { db: Writable; isNew: boolean } {
  const file = indexFile(dataDir);
  const existed = existsSync(file);
  if (existed) {
    const db = tryOpen(file);
    if (db) return { db, isNew: false };
    for (const side of ['', '-wal', '-shm'])
      if (existsSync(file + side)) renameSync(file + side, `${file}.damaged-${nowMs}${side}`);
  }
  const db = prepare(openWritable(file));
  db.transaction(() => {
    db.exec(SCHEMA);
    db.pragma(`user_version = ${VERSION}`);
  })();
  return { db, isNew: true };
}

function tryOpen(file: string): Writable | undefined {
  try {
    const db = prepare(openWritable(file));
    if (versionOf(db) === VERSION && integrityProblem(db) === null) return db;
    db.close();
  } catch {
    // not a database: the same as a damaged one
  }
  return undefined;
}

function prepare(db: Writable): Writable {
  // What a power cut takes from the index is found again in the files, which are written first.
  db.pragma('synchronous = NORMAL');
  db.pragma('cache_size = -8000');
  return db;
}

const opened = new WeakMap<Readable, Readable>();
/** The index beside a station's database, for a thread of the read pool. */
export function indexBeside(db: Readable): Readable {
  let index = opened.get(db);
  if (!index) opened.set(db, (index = openReadable(join(db.name, '..', 'recordings.sqlite'))));
  return index;
}
