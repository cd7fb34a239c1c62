import { describe, expect, it } from 'vitest';
import { migrate } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import { base } from '#station/migrations/001-base.ts';
import { transcoder } from '#station/migrations/015-transcoder.ts';

/** The settings of a database of the version before, after the step. */
function after(...before: [string, string][]): unknown {
  const db = openWritable(':memory:');
  try {
    migrate(db, [base]);
    for (const row of before) db.prepare('INSERT INTO setting (key, value) VALUES (?, ?)').run(...row);
    migrate(db, [base, transcoder]);
    return db.prepare('SELECT key, value FROM setting ORDER BY key').all();
  } finally {
    db.close();
  }
}

describe('migration 015', () => {
  it.each([
    ['switched on', [['video.transcodeH265', 'true']], []],
    ['switched off by hand', [['video.transcodeH265', 'false']], [['video.transcoder', '"never"']]],
    ['never touched', [], []],
    ['others', [['video.pull', '"auto"']], [['video.pull', '"auto"']]],
  ] as [string, [string, string][], [string, string][]][])('%s', (_name, before, expected) => {
    expect(after(...before)).toEqual(expected.map(([key, value]) => ({ key, value })));
  });
});
