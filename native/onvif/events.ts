import { createLoginMemory, type LoginDoor, type LoginMemory } from '#native/process/login-memory.ts';
import type { SuperviseState, Worker, WorkerContext } from '#native/process/supervise.ts';
import { startThrough, superviseLogin } from '#native/process/supervise-login.ts';
import { systemClock, type Clock } from '#native/process/clock.ts';
import { createOnvifClient, type OnvifOptions } from './client.ts';
import type { OnvifEvent } from './event-message.ts';
import { createPullPoint } from './pull-point.ts';

/** A reader that does not keep up loses the oldest. */
const MAX_WAITING = 1_000;
const EMPTY_PAUSE_MS = 1_000;

export interface EventStream extends AsyncIterable<OnvifEvent> {
  readonly state: SuperviseState;
  /** Ends the iteration and the subscription on the device. */
  close(): Promise<void>;
}

export interface EventOptions extends OnvifOptions {
  clock?: Clock;
  onState?: (state: SuperviseState) => void;
  /** Which logins the devices of the whole station have refused, and whose device this is. */
  shared?: { logins: LoginMemory; device: string };
}

/** Where pictures come from the device too, its events follow them: some devices keep accounts of ONVIF apart. */
function eventDoor({ url, login, shared }: EventOptions, clock: Clock): LoginDoor {
  const { user = '', password = '' } = login ?? {};
  const logins = shared?.logins ?? createLoginMemory(clock);
  const device = shared?.device ?? url;
  return logins.door({ device, user, password }, url, { isBeside: shared !== undefined });
}

/**
 * Events of one device for as long as it is wanted: subscribes, pulls, renews, and subscribes again after the device or
 * the network was away (supervised, 1 s to 60 s between tries; a refused login is tried seldom). Iterate it once.
 */
export function createEventStream(options: EventOptions): EventStream {
  const clock = options.clock ?? systemClock();
  const door = eventDoor(options, clock);
  const waiting: OnvifEvent[] = [];
  let wake: (() => void) | undefined;
  let isClosed = false;

  const supervised = superviseLogin(
    {
      clock,
      ...(options.onState ? { onState: options.onState } : {}),
      // three pulls without an answer
      stallMs: 90_000,
      start: (context) => startThrough(door, context, () => subscribe(context)),
    },
    () => door,
  );

  async function subscribe({ signal, progress }: WorkerContext): Promise<Worker> {
    const client = createOnvifClient(options);
    try {
      const point = await createPullPoint(client, clock);
      const abort = new AbortController();
      const stopWith = () => abort.abort();
      signal.addEventListener('abort', stopWith, { once: true });
      const ended = (async () => {
        while (!abort.signal.aborted) {
          const askedMs = clock.monotonicMs();
          const events = await point.pull(abort.signal);
          progress();
          // a device that does not hold the question would be asked without end
          if (events.length === 0 && clock.monotonicMs() - askedMs < EMPTY_PAUSE_MS)
            await pause(clock, EMPTY_PAUSE_MS, abort.signal);
          waiting.push(...events);
          waiting.splice(0, waiting.length - MAX_WAITING);
          if (events.length > 0) wake?.();
        }
      })();
      return {
        ended,
        async stop() {
          abort.abort();
          await ended.catch(() => undefined);
          await point.unsubscribe();
          client.close();
        },
      };
    } catch (error) {
      client.close();
      throw error;
    }
  }
  supervised.start();

  return {
    get state() {
      return supervised.state;
    },
    async close() {
      isClosed = true;
      wake?.();
      await supervised.stop();
    },
    async *[Symbol.asyncIterator]() {
      while (!isClosed) {
        const next = waiting.shift();
        if (next) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
