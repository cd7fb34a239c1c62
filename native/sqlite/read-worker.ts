import { parentPort, workerData } from 'node:worker_threads';
import { openReadable } from './open.ts';
import type { Farewell } from './read-pool.ts';
import type { Readable } from './types.ts';

/** A heavy read: pure SQL over a readable database, arguments and answer by structured clone. */
export type ReadQuery = (db: Readable, args: never) => unknown;

/** Answers a read pool's jobs in this thread with the queries of a list. */
export function serveQueries(queries: Readonly<Record<string, ReadQuery>>): void {
  const db = openReadable((workerData as { file: string }).file);
  parentPort!.on('message', (asked: Farewell | { name: string; args: never }) => {
    if (asked === 'end') {
      db.close();
      // nothing else keeps the thread
      parentPort!.close();
      return;
    }
    const { name, args } = asked;
    try {
      const query = queries[name];
      if (!query) throw new Error(`no read query is named ${name}`);
      parentPort!.postMessage({ value: query(db, args) });
    } catch (error) {
      parentPort!.postMessage({ error: (error as Error).message });
    }
  });
}
