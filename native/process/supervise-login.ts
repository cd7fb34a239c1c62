import { tieredBackoffMs } from './backoff.ts';
import type { LoginDoor } from './login-memory.ts';
import {
  supervise,
  type Supervised,
  type SuperviseOptions,
  type Worker,
  type WorkerContext,
} from './supervise.ts';

/**
 * `supervise` for what logs in to a device: after a refused login it waits for the device's next try, and goes at once
 * when another was let in. `retryNow` is a person's wish, which the device's wait gives way to.
 * @param door asked each time, because the login may change
 */
export function superviseLogin(options: SuperviseOptions, door: () => LoginDoor): Supervised {
  const usual = options.backoff ?? tieredBackoffMs;
  let stopListening: (() => void) | undefined;
  const supervised = supervise({
    ...options,
    backoff: (attempt, reason) => (reason === 'wrong_password' && door().waitMs()) || usual(attempt, reason),
    onState(state) {
      stopListening?.();
      stopListening =
        state.kind === 'backing-off' && state.reason === 'wrong_password'
          ? door().onChange(() => supervised.retryNow())
          : undefined;
      // what was let in before is not taken for granted after anything else
      if (state.kind === 'backing-off' && state.reason !== 'wrong_password') door().doubt();
      options.onState?.(state);
    },
  });
  return {
    get state() {
      return supervised.state;
    },
    start: supervised.start,
    restart: supervised.restart,
    stop: supervised.stop,
    retryNow() {
      const { state } = supervised;
      if (state.kind === 'backing-off' && state.reason === 'wrong_password') door().allow();
      supervised.retryNow();
    },
  };
}

/** Starts a worker through a door: once it works it was let in, and what it ends with later is heard too. */
export function startThrough(
  door: LoginDoor,
  context: WorkerContext,
  start: (letIn: () => void) => Promise<Worker>,
): Promise<Worker> {
  const { signal } = context;
  return door.pass(
    async (letIn) => {
      const worker = await start(letIn);
      letIn();
      worker.ended.catch((error: unknown) => signal.aborted || door.heard(error));
      return worker;
    },
    { signal },
  );
}
