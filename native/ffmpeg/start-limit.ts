import { afterReading, type Clock } from '#native/process/clock.ts';
import type { WorkerContext } from '#native/process/supervise.ts';
import { FfmpegError } from './failure.ts';

export interface StartLimit {
  /** For the pull that starts; aborted when its time is over. */
  context: WorkerContext;
  /** What to tell: the limit's own reason if it ended the try, else `error`. */
  reason(error: unknown): unknown;
  /** It has started, or failed. */
  done(): void;
}

/**
 * Ends one try to start a pull after `quietMs` without anything from the camera, however useless: a 'timeout' if nothing
 * came at all, else 'stalled'. How long a key frame is waited for while pictures come is the pull's own affair. Each try of
 * a start has a limit of its own: what a second pull takes must not make the first one's reason a 'timeout'.
 */
export function limitStart(context: WorkerContext, clock: Clock, quietMs: number): StartLimit {
  const abort = new AbortController();
  const onAbort = () => abort.abort();
  let lastSignMs: number | undefined;
  let over: FfmpegError | undefined;
  let cancel = afterReading(clock, quietMs, look);

  function look(): void {
    const leftMs = lastSignMs === undefined ? 0 : lastSignMs + quietMs - clock.monotonicMs();
    if (leftMs > 0) {
      cancel = afterReading(clock, leftMs, look);
      return;
    }
    over = new FfmpegError(lastSignMs === undefined ? 'timeout' : 'stalled', { what: 'start' });
    abort.abort();
  }

  // Stays after `done`: what has started ends with the context.
  if (context.signal.aborted) onAbort();
  else context.signal.addEventListener('abort', onAbort, { once: true });

  return {
    context: {
      generation: context.generation,
      signal: abort.signal,
      progress() {
        lastSignMs = clock.monotonicMs();
        context.progress();
      },
    },
    reason: (error) => (context.signal.aborted ? error : (over ?? error)),
    done: () => cancel(),
  };
}
