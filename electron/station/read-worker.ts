/** Entry of a read pool thread. */
import { serveQueries } from '#native/sqlite/read-worker.ts';
import { readQueries } from './read-queries.ts';

serveQueries(readQueries);
