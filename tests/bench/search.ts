import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeIndex, indexFileOf } from '#features/records/index-file.ts';
import { indexRecords, rowsBehind } from '#features/records/indexer.ts';
import { searchRecords, type SearchArgs } from '#features/records/search.ts';
import { openReadable, openWritable } from '#native/sqlite/open.ts';
import { migrate } from '#native/sqlite/migrate.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { migrations } from '#station/migrations/index.ts';
import { eventWriter } from '#tests/fixtures/park-records.ts';
import { DAY_MS, parkEvent, plate, writeParkSite, type Park } from '#tests/fixtures/park-year.ts';
import type { BenchRow } from './report.ts';

const RESOURCES = fileURLToPath(new URL('../../resources', import.meta.url));
const START_MS = Date.UTC(2026, 0, 1);
const DEVICES = 600;
const ROUNDS = 60;

interface Asked {
  name: string;
  args: (n: number) => Partial<SearchArgs>;
  /**
   * The same rows by a bare query on the events table with the best index for it: SQL and what is bound; for words, the
   * device or type that the word stands for. Absent: no index gives the same rows.
   */
  floor?: (n: number, park: Park) => [sql: string, ...args: (string | number)[]];
}
const COLUMNS = 'row_id, device_id, type, state, severity, occurred_at_ms, received_at_ms, drill, data';

function questions(park: Park, endMs: number): Asked[] {
  const day = (n: number) =>
    START_MS + ((n * 37) % Math.max(1, Math.floor((endMs - START_MS) / DAY_MS))) * DAY_MS;
  const device = (n: number) => park.devices[(n * 97) % DEVICES]!;
  return [
    {
      name: 'newest 100',
      args: () => ({}),
      floor: () => [`SELECT ${COLUMNS} FROM event ORDER BY occurred_at_ms DESC LIMIT 100`],
    },
    {
      name: 'word of two characters (入侵)',
      args: () => ({ text: '入侵' }),
      floor: () => [`SELECT ${COLUMNS} FROM event WHERE type = 'intrusion.fence' ORDER BY occurred_at_ms DESC LIMIT 100`],
    },
    {
      name: 'word of one character (侵)',
      args: () => ({ text: '侵' }),
      floor: () => [`SELECT ${COLUMNS} FROM event WHERE type = 'intrusion.fence' ORDER BY occurred_at_ms DESC LIMIT 100`],
    },
    {
      name: 'device by a part of its name',
      args: (n) => ({ text: device(n).name }),
      floor: (n) => [`SELECT ${COLUMNS} FROM event WHERE device_id = ? ORDER BY occurred_at_ms DESC LIMIT 100`, device(n).id],
    },
    {
      name: 'plate in data',
      args: (n) => ({ text: plate(n * 7919) }),
      floor: (n) => [`SELECT ${COLUMNS} FROM event WHERE plate = ? ORDER BY occurred_at_ms DESC LIMIT 100`, plate(n * 7919)],
    },
    {
      name: 'part of a plate (A12)',
      args: (n) => ({ text: `a${10 + (n % 90)}` }),
    },
    {
      name: 'device and day',
      args: (n) => ({ deviceId: device(n).id, fromMs: day(n), toMs: day(n) + DAY_MS - 1 }),
      floor: (n) => [
        `SELECT ${COLUMNS} FROM event WHERE device_id = ? AND occurred_at_ms BETWEEN ? AND ? ORDER BY occurred_at_ms DESC LIMIT 100`,
        device(n).id, day(n), day(n) + DAY_MS - 1,
      ],
    },
    {
      name: 'priority 1',
      args: () => ({ priority: 1 }),
      floor: () => [`SELECT ${COLUMNS} FROM event WHERE severity = 1 ORDER BY occurred_at_ms DESC LIMIT 100`],
    },
    {
      name: 'priority, kind, word, day',
      args: (n) => ({ priority: 2, kinds: ['perimeter'], text: '北围界', fromMs: day(n), toMs: day(n) + DAY_MS - 1 }),
      floor: (n) => [
        `SELECT ${COLUMNS} FROM event WHERE severity = 2 AND occurred_at_ms BETWEEN ? AND ? ORDER BY occurred_at_ms DESC LIMIT 100`,
        day(n), day(n) + DAY_MS - 1,
      ],
    },
    {
      name: 'two words that never meet',
      args: (n) => ({ text: `${device(n).name} 京A12345` }),
      floor: (n) => [`SELECT ${COLUMNS} FROM event WHERE device_id = ? AND plate = '' ORDER BY occurred_at_ms DESC LIMIT 100`, device(n).id],
    },
    {
      name: 'word of an old time only (no match since)',
      args: () => ({ text: '拆除前' }),
      floor: () => [`SELECT ${COLUMNS} FROM event WHERE device_id = 'retired' ORDER BY occurred_at_ms DESC LIMIT 100`],
    },
  ]; // prettier-ignore
}

const quantile = (values: number[], q: number) =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!;
function measure(run: (n: number) => unknown): { p50: number; p95: number } {
  run(ROUNDS);
  const times = Array.from({ length: ROUNDS }, (_, n) => {
    const startMs = performance.now();
    run(n);
    return performance.now() - startMs;
  });
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
}

/** Search over a year of a park's events, in this thread: what a read pool's thread does for one call. */
async function searchOver(count: number): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-bench-search-'));
  try {
    const file = join(folder, 'guardroom.sqlite');
    const db = openWritable(file);
    migrate(db, migrations);
    const park = writeParkSite(db, DEVICES);
    const write = eventWriter(db);
    const stepMs = (365 * DAY_MS) / count;
    db.pragma('synchronous = OFF');
    for (let n = 0; n < count;) {
      db.transaction(() => {
        for (const end = Math.min(count, n + 50_000); n < end; n += 1)
          write(parkEvent(park, n, START_MS + n * stepMs));
      })();
    }
    const endMs = START_MS + count * stepMs;
    const reader: Readable & { close(): void } = openReadable(file);
    const startMs = performance.now();
    while (rowsBehind(reader) > 0) indexRecords(reader, { limit: 5000 });
    const perSecond = count / ((performance.now() - startMs) / 1000);
    const million = `${count / 1_000_000} M`;
    const rows: BenchRow[] = [
      { name: `records indexed, ${million}`, value: Math.round(perSecond), unit: 'rows/s' },
      {
        name: `index file, ${million}`, value: Math.round(statSync(indexFileOf(file)).size / 1e6), unit: 'MB',
        floorName: 'database file', floor: Math.round(statSync(file).size / 1e6), ratio: statSync(indexFileOf(file)).size / statSync(file).size,
      },
    ]; // prettier-ignore
    // What the floor reads: the best index for each question, and the plate as a column of its own.
    db.exec(`ALTER TABLE event ADD COLUMN plate TEXT AS (data ->> '$.plate') VIRTUAL;
      CREATE INDEX bench_time ON event (occurred_at_ms); CREATE INDEX bench_type ON event (type, occurred_at_ms);
      CREATE INDEX bench_device ON event (device_id, occurred_at_ms); CREATE INDEX bench_severity ON event (severity, occurred_at_ms);
      CREATE INDEX bench_plate ON event (plate, occurred_at_ms) WHERE plate IS NOT NULL;`);
    for (const { name, args, floor } of questions(park, endMs)) {
      const ours = measure((n) =>
        searchRecords(reader, { text: '', kinds: [], limit: 100, resources: RESOURCES, ...args(n) }),
      );
      const bare =
        floor &&
        measure((n) => {
          const [sql, ...bound] = floor(n, park);
          return (reader.prepare(sql).all(...bound) as { data: string }[]).map(
            (row) => JSON.parse(row.data) as unknown,
          );
        });
      for (const part of ['p50', 'p95'] as const)
        rows.push({
          name: `search ${million}: ${name}, ${part}`, value: ours[part], unit: 'ms',
          ...(bare ? { floorName: 'bare indexed query', floor: bare[part], ratio: ours[part] / bare[part] } : {}),
          ...(part === 'p95' ? { target: { max: 50 } } : {}),
        }); // prettier-ignore
    }
    closeIndex(reader);
    reader.close();
    db.close();
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 1 million events, or also 10 million with GUARDROOM_BENCH_FULL=1 (some minutes and 6 GB of temporary space). */
export async function run(): Promise<BenchRow[]> {
  const rows = await searchOver(1_000_000);
  return process.env.GUARDROOM_BENCH_FULL === '1' ? [...rows, ...(await searchOver(10_000_000))] : rows;
}
