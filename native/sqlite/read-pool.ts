import { Worker } from 'node:worker_threads';

/** Asks a thread to end. */
export type Farewell = 'end';

interface Waiting {
  name: string;
  args: unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}
interface Seat {
  worker: Worker;
  job: Waiting | null;
}
export interface ReadPool {
  /** Runs a named query of the worker's list in another thread, so that it never delays an alarm. */
  run<T>(name: string, args: unknown): Promise<T>;
  /**
   * Rejects what waits, lets what runs come to its end, and resolves when the threads are gone. A thread that does not end
   * in time is terminated.
   */
  stop(): Promise<void>;
}

/** For a query that runs; the host has more patience than this before it ends the process. */
const FAREWELL_MS = 5_000;

/**
 * Threads with a read-only connection each.
 * @param workerUrl module that calls `serveQueries`
 * @param file database
 * @param size threads, started when first needed
 */
export function openReadPool(workerUrl: URL, file: string, size = 2): ReadPool {
  const seats: Seat[] = [];
  const queue: Waiting[] = [];
  let stopped = false;

  const finish = (seat: Seat, settle: (job: Waiting) => void) => {
    const job = seat.job;
    seat.job = null;
    if (job) settle(job);
    next();
  };
  const hire = (): Seat => {
    const seat: Seat = { worker: new Worker(workerUrl, { workerData: { file } }), job: null };
    seat.worker.unref();
    seat.worker.on('message', (answer: { value?: unknown; error?: string }) =>
      finish(seat, (job) =>
        answer.error === undefined ? job.resolve(answer.value) : job.reject(new Error(answer.error)),
      ),
    );
    const gone = (error: Error) => {
      const index = seats.indexOf(seat);
      if (index >= 0) seats.splice(index, 1);
      finish(seat, (job) => job.reject(error));
    };
    seat.worker.on('error', gone);
    seat.worker.on('exit', () => gone(new Error('read worker ended')));
    seats.push(seat);
    return seat;
  };
  const next = () => {
    if (stopped || queue.length === 0) return;
    const seat = seats.find((one) => !one.job) ?? (seats.length < size ? hire() : undefined);
    if (!seat) return;
    seat.job = queue.shift()!;
    seat.worker.ref();
    seat.worker.postMessage({ name: seat.job.name, args: seat.job.args });
  };

  return {
    run<T>(name: string, args: unknown): Promise<T> {
      if (stopped) return Promise.reject(new Error('read pool is stopped'));
      return new Promise<T>((resolve, reject) => {
        queue.push({ name, args, resolve: resolve as (value: unknown) => void, reject });
        next();
      });
    },
    async stop() {
      stopped = true;
      for (const job of queue.splice(0)) job.reject(new Error('read pool is stopped'));
      await Promise.all(seats.map((seat) => farewell(seat.worker)));
    },
  };
}

/**
 * The thread closes its connection and ends by itself. One that is terminated while it loads SQLite or is inside a call
 * takes the whole process with it ("FATAL ERROR: Error::New napi_get_last_error_info"; `tests/fixtures/read-pool-ends.ts` forces it).
 */
async function farewell(worker: Worker): Promise<void> {
  // not `once`: an error of the thread comes before its end, and is the job's
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.ref();
  worker.postMessage('end' satisfies Farewell);
  const patience = setTimeout(() => void worker.terminate(), FAREWELL_MS);
  await gone;
  clearTimeout(patience);
}
