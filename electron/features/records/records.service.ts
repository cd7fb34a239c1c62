import type { ParkRecord } from '#contract/records.contract.ts';
import type { StationPorts } from '#station/ports.ts';
import { CsvWriter } from './csv.ts';
import type { IndexStep } from './indexer.ts';
import { localeWords, type Language } from './locale-words.ts';
import type { SearchArgs, SearchPage } from './search.ts';

export type RecordsServicePorts = Pick<
  StationPorts,
  'bus' | 'clock' | 'log' | 'paths' | 'readPool' | 'health' | 'site'
>;
export type RecordQuery = Omit<SearchArgs, 'resources'>;
export type Records = ReturnType<typeof createRecords>;

/** A search takes new rows in by itself; this keeps what it finds to do small. */
const INDEX_SOON_MS = 250;
const INDEX_EVERY_MS = 5_000;
const INDEX_ROWS = 5_000;
/** Behind by more than this, records are missing from searches: said in the foot bar. */
const BEHIND_WARN_ROWS = 2_000;
const EXPORT_PAGE_ROWS = 500;
const RETRY_MS = 30_000;

/** Search over all that is recorded. Index and search run in the read pool, never on the station's thread. */
export function createRecords(ports: RecordsServicePorts) {
  const { bus, clock, log, paths, readPool, health, site } = ports;
  let isIndexing = false;
  let isStopped = false;
  let cancelSoon: (() => void) | null = null;
  const stops: (() => void)[] = [];

  const soon = (delayMs = INDEX_SOON_MS) => {
    if (!isStopped) cancelSoon ??= clock.after(delayMs, () => void index());
  };
  const index = async () => {
    cancelSoon?.();
    cancelSoon = null;
    if (isIndexing || isStopped) return;
    isIndexing = true;
    let again: number | null = null;
    try {
      const { behind } = await readPool.run<IndexStep>('records.index', { limit: INDEX_ROWS });
      if (behind > BEHIND_WARN_ROWS) health.set('records', 'warn', 'indexing', { rows: behind });
      else health.set('records', 'ok', 'indexed');
      if (behind > 0) again = 0;
    } catch (error) {
      if (!isStopped) {
        log.error('records could not be indexed', { error: (error as Error).message });
        health.set('records', 'bad', 'index_failed', { message: (error as Error).message });
        again = RETRY_MS;
      }
    } finally {
      isIndexing = false;
    }
    if (again !== null) soon(again);
  };

  const search = async (query: RecordQuery): Promise<SearchPage & { tookMs: number }> => {
    const startMs = clock.monotonicMs();
    const page = await readPool.run<SearchPage>('records.search', { ...query, resources: paths.resources });
    return { ...page, tookMs: Math.round((clock.monotonicMs() - startMs) * 10) / 10 };
  };
  /** Every record that a query finds, in pages. */
  async function* pages(query: Omit<RecordQuery, 'cursor' | 'limit'>): AsyncGenerator<ParkRecord[]> {
    let cursor: string | undefined;
    do {
      const page = await search({
        ...query,
        limit: EXPORT_PAGE_ROWS,
        ...(cursor === undefined ? {} : { cursor }),
      });
      yield page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  return {
    search,
    /** CSV in parts; the first one carries the header. Ends early when `signal` aborts. */
    async *exportCsv(
      { language, ...query }: Omit<RecordQuery, 'cursor' | 'limit'> & { language: Language },
      signal?: AbortSignal,
    ): AsyncGenerator<{ text: string; rows: number }> {
      const writer = new CsvWriter(
        localeWords(paths.resources, language),
        site.current().site.timezone,
        (id) => {
          const name = site.placeName(id);
          return name && (name[language] || name.zh);
        },
      );
      let rows = 0;
      yield { text: writer.header(), rows };
      for await (const page of pages({ ...query, language })) {
        if (signal?.aborted) return;
        if (page.length === 0) continue;
        rows += page.length;
        yield { text: page.map((row) => writer.line(row)).join(''), rows };
      }
    },
    /** Indexes what is new soon after it is recorded. */
    start(): void {
      for (const name of ['park.event', 'alarm.changed', 'run.changed', 'broadcast.changed'] as const)
        stops.push(bus.on(name, () => soon()));
      // Receipts of commands are told to nobody.
      stops.push(clock.every(INDEX_EVERY_MS, () => soon()));
      soon(0);
    },
    stop(): void {
      isStopped = true;
      cancelSoon?.();
      for (const stop of stops.splice(0)) stop();
    },
  };
}
