import { tieredBackoffMs } from './backoff.ts';
import { afterReading, systemClock, type Clock } from './clock.ts';
import { errorCode } from './errors.ts';
import { nextState, type Backoff, type SuperviseEvent, type SuperviseState } from './supervise-state.ts';

export type { SuperviseState } from './supervise-state.ts';

/** One run of a child process or connection. */
export interface Worker {
  /** Settles when it has ended by itself; a rejection's `code` becomes the reason, a fulfilment means 'ended'. */
  ended: Promise<unknown>;
  /** Ends it; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

export interface WorkerContext {
  generation: number;
  /** Aborted when this run is no longer wanted, also while it is still starting. */
  signal: AbortSignal;
  /** To be called for every sign of real progress (a frame, a packet, an answer), not of mere life. */
  progress(): void;
}

export interface SuperviseOptions {
  /** Starts one run; resolves when it works (is connected, has its first frame). A rejection's `code` is the reason. */
  start(context: WorkerContext): Promise<Worker>;
  /** A start that takes longer fails with 'start_timeout'. Default 20 s. */
  startTimeoutMs?: number;
  /** A run without progress for this long fails with 'stalled'. Absent: no watchdog. */
  stallMs?: number;
  /** A run this old has recovered: the next failure counts as the first again. Default 30 s. */
  stableMs?: number;
  backoff?: Backoff;
  clock?: Clock;
  onState?: (state: SuperviseState) => void;
}

export interface Supervised {
  readonly state: SuperviseState;
  start(): void;
  /** Ends the present run for `reason` and starts another after the usual wait. Does nothing unless one is there. */
  restart(reason: string): void;
  /** Starts now instead of waiting for the next retry (a guard pressed "again"). */
  retryNow(): void;
  /** Resolves when the present run, also one that is just starting, has ended. `start` may follow. */
  stop(): Promise<void>;
}

/**
 * Keeps one child process or connection alive: explicit states, tiered back-off, a watchdog on progress, and a
 * generation number, so that what a discarded run still reports changes nothing. A new run starts only when the one
 * before has ended entirely.
 */
export function supervise(options: SuperviseOptions): Supervised {
  const clock = options.clock ?? systemClock();
  const backoff = options.backoff ?? tieredBackoffMs;
  const startTimeoutMs = options.startTimeoutMs ?? 20_000;
  const stableMs = options.stableMs ?? 30_000;
  let state: SuperviseState = { kind: 'idle' };
  let generation = 0;
  let timers: (() => void)[] = [];
  let watchdog: (() => void) | undefined;
  let abort: AbortController | undefined;
  /** Everything of earlier runs that is still ending. */
  let remains: Promise<unknown> = Promise.resolve();

  function apply(event: SuperviseEvent): void {
    const next = nextState(state, event, backoff, generation);
    if (next === state) return;
    const before = state;
    state = next;
    // The same run, only calmer: its timers go on.
    if (before.kind === 'running' && next.kind === 'running') return options.onState?.(next);
    clearTimers();
    if (next.kind === 'starting') begin(next.generation);
    if (next.kind === 'running') watch(next.generation);
    if (next.kind === 'backing-off') {
      discard();
      after(next.retryAtMs - clock.nowMs(), { kind: 'retry', generation: next.generation });
    }
    if (next.kind === 'stopped') discard();
    options.onState?.(next);
  }

  function after(delayMs: number, event: SuperviseEvent): void {
    timers.push(clock.after(delayMs, () => apply(event)));
  }

  function clearTimers(): void {
    for (const cancel of timers) cancel();
    timers = [];
    watchdog?.();
    watchdog = undefined;
  }

  function discard(): void {
    abort?.abort();
    abort = undefined;
  }

  function fail(of: number, reason: string): void {
    apply({ kind: 'failed', generation: of, reason, nowMs: clock.nowMs() });
  }

  function begin(of: number): void {
    generation = of;
    const controller = new AbortController();
    abort = controller;
    timers.push(clock.after(startTimeoutMs, () => fail(of, 'start_timeout')));
    const previous = remains;
    remains = run(of, controller.signal, previous);
  }

  /** One run from its start until nothing of it is left; never rejects. */
  async function run(of: number, signal: AbortSignal, previous: Promise<unknown>): Promise<void> {
    await previous;
    if (signal.aborted) return;
    let worker: Worker;
    try {
      worker = await options.start({ generation: of, signal, progress: () => progress(of) });
    } catch (error) {
      fail(of, errorCode(error, 'failed'));
      return;
    }
    if (!signal.aborted) {
      apply({ kind: 'up', generation: of, nowMs: clock.nowMs() });
      await Promise.race([aborted(signal), endOf(of, worker)]);
    }
    // Also after it ended by itself: its tree may have left something behind.
    await worker.stop().catch(() => undefined);
  }

  async function endOf(of: number, worker: Worker): Promise<void> {
    try {
      await worker.ended;
      fail(of, 'ended');
    } catch (error) {
      fail(of, errorCode(error, 'failed'));
    }
  }

  function watch(of: number): void {
    after(stableMs, { kind: 'stable', generation: of });
    lastProgressMs = clock.monotonicMs();
    if (options.stallMs !== undefined) armWatchdog(of, options.stallMs, options.stallMs);
  }

  let lastProgressMs = 0;

  /** One timer per stall period instead of one per frame: it looks how long ago the last progress was. */
  function armWatchdog(of: number, stallMs: number, delayMs: number): void {
    watchdog = afterReading(clock, delayMs, () => {
      const leftMs = lastProgressMs + stallMs - clock.monotonicMs();
      if (leftMs <= 0) fail(of, 'stalled');
      else armWatchdog(of, stallMs, leftMs);
    });
  }

  function progress(of: number): void {
    if (of === generation) lastProgressMs = clock.monotonicMs();
  }

  return {
    get state() {
      return state;
    },
    start: () => apply({ kind: 'start' }),
    restart: (reason) => fail(generation, reason),
    retryNow: () => apply({ kind: 'retry', generation }),
    async stop() {
      apply({ kind: 'stop' });
      await remains;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
