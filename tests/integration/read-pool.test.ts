import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openWritable } from '#native/sqlite/open.ts';
import { openReadPool, type ReadPool } from '#native/sqlite/read-pool.ts';

/** The end of the read pool: SQLite's threads leave by themselves, whatever they are doing. */
const WORKER = new URL('../fixtures/read-pool-worker.ts', import.meta.url);
const LINES = 400;
const folder = mkdtempSync(join(tmpdir(), 'guardroom-pool-'));
const file = join(folder, 'x.sqlite');
let pool: ReadPool;

beforeEach(() => {
  const db = openWritable(file);
  db.exec('CREATE TABLE IF NOT EXISTS line (n INTEGER PRIMARY KEY, text TEXT)');
  const put = db.prepare('INSERT OR REPLACE INTO line VALUES (?, ?)');
  db.transaction(() => {
    for (let n = 0; n < LINES; n += 1) put.run(n, `line ${n}`);
  })();
  db.close();
  pool = openReadPool(WORKER, file, 2);
});
afterEach(async () => {
  vi.useRealTimers();
  await pool.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const begun = async (started: Int32Array): Promise<void> => {
  const waited = Atomics.waitAsync(started, 0, 0, 20_000);
  if (waited.async) await waited.value;
};
const flag = () => new Int32Array(new SharedArrayBuffer(4));

it('what runs comes to its end, what waits is told', async () => {
  const starts = [flag(), flag()];
  const gate = flag();
  const running = starts.map((started) => pool.run<number>('count', { started, gate }));
  const waiting = pool.run('all', {}).catch((error: Error) => error.message);
  await Promise.all(starts.map(begun));
  // neither may end before both have begun, or the one that waits would have its turn
  const stopped = pool.stop();
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await stopped;
  const bytes = 200 * Array.from({ length: LINES }, (_, n) => `line ${n}`.length).reduce((a, b) => a + b);
  expect(await Promise.all(running)).toEqual([bytes, bytes]);
  expect(await waiting).toBe('read pool is stopped');
  await expect(pool.run('all', {})).rejects.toThrow('read pool is stopped');
});

it('a thread that does not end in time is ended', async () => {
  const started = flag();
  const endless = pool.run('forever', { started }).catch((error: Error) => error.message);
  await begun(started);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const stopped = pool.stop();
  vi.advanceTimersByTime(5_000);
  await stopped;
  expect(await endless).toBe('read worker ended');
});

it('a query that there is not, and a thread that cannot begin, are told and end', async () => {
  await expect(pool.run('nothing', {})).rejects.toThrow('no read query is named nothing');
  const blind = openReadPool(WORKER, join(folder, 'none', 'x.sqlite'), 1);
  await expect(blind.run('all', {})).rejects.toThrow(/directory does not exist|unable to open/);
  await blind.stop();
});

it('pools end while their threads load SQLite, and the process lives on', async () => {
  // In a process of its own: what goes wrong here ends it without a word of JavaScript.
  const script = fileURLToPath(new URL('../fixtures/read-pool-ends.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, file, '80']);
  expect(stdout).toBe('80 pools ended\n');
});
