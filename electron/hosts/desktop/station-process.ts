import { STATION_REPORT, type StationReport } from '#contract/bridge.ts';
import type { Clock } from '#native/process/clock.ts';
import {
  supervise,
  type SuperviseState,
  type Worker,
  type WorkerContext,
} from '#native/process/supervise.ts';

/** Host to station process. A `connect` message brings one end of a MessageChannel along. */
export type ToStation = { type: 'connect' } | { type: 'stop' };
/** Station process to host: it works; it is alive; it will not start, and why. */
export type FromStation = { type: 'ready' } | { type: 'alive' } | { type: 'refused'; reason: string };

/** The parts of Electron's `UtilityProcess` that are used. `Port` is what can be handed over: a `MessagePortMain`. */
export interface StationChild<Port> {
  postMessage(message: ToStation, transfer?: Port[]): void;
  on(event: 'message', listener: (message: FromStation) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

export interface StationProcessOptions<Port> {
  fork(): StationChild<Port>;
  clock: Clock;
  /** The station may take so long to close its database before it is killed. */
  stopDeadlineMs: number;
  onReport?: (report: StationReport) => void;
  /** The station works, for the first time or again: windows that wait for a line get one. */
  onReady?: () => void;
}

export interface StationProcess<Port> {
  readonly report: StationReport;
  start(): void;
  /** Hands one end of a channel to the running station; dropped while there is none. */
  connect(port: Port): void;
  /** Ends the station in good order; resolves when its process is gone. */
  stop(): Promise<void>;
}

/** Opening a large database checks and migrates it first. */
const START_TIMEOUT_MS = 10 * 60_000;
/** The station says that it is alive every two seconds. */
const STALL_MS = 30_000;

/** Keeps the station's process running: started again when it ends, refuses or hangs, with growing waits. */
export function superviseStation<Port>(options: StationProcessOptions<Port>): StationProcess<Port> {
  let child: StationChild<Port> | null = null;
  let report: StationReport = { type: STATION_REPORT, state: 'starting' };

  const supervised = supervise({
    start: (context) => startOnce(options, context, (running) => (child = running)),
    startTimeoutMs: START_TIMEOUT_MS,
    stallMs: STALL_MS,
    clock: options.clock,
    onState(state) {
      report = reportOf(state);
      options.onReport?.(report);
      if (state.kind === 'running') options.onReady?.();
    },
  });

  return {
    get report() {
      return report;
    },
    start: () => supervised.start(),
    connect: (port) => child?.postMessage({ type: 'connect' }, [port]),
    stop: () => supervised.stop(),
  };
}

function reportOf(state: SuperviseState): StationReport {
  const type = STATION_REPORT;
  if (state.kind === 'running') return { type, state: 'running' };
  if (state.kind === 'backing-off')
    return { type, state: 'failed', reason: state.reason, retryAtMs: state.retryAtMs };
  return state.kind === 'stopped'
    ? { type, state: 'failed', reason: 'stopped' }
    : { type, state: 'starting' };
}

/** One run of the process, from fork to exit. */
function startOnce<Port>(
  options: StationProcessOptions<Port>,
  context: WorkerContext,
  onChild: (child: StationChild<Port> | null) => void,
): Promise<Worker> {
  const child = options.fork();
  let gone = false;
  const exited = new Promise<number>((resolve) =>
    child.once('exit', (code) => {
      gone = true;
      onChild(null);
      resolve(code);
    }),
  );
  const stop = async (): Promise<void> => {
    if (gone) return;
    child.postMessage({ type: 'stop' });
    const cancel = options.clock.after(options.stopDeadlineMs, () => child.kill());
    await exited;
    cancel();
  };
  let refusal: string | undefined;
  const ended = exited.then((code) => fail(refusal ?? (code === 0 ? 'ended' : 'crashed')));
  ended.catch(() => undefined); // looked at only once it works

  return new Promise<Worker>((resolve, reject) => {
    child.on('message', (message) => {
      context.progress();
      if (message.type === 'refused') {
        refusal = message.reason;
        void stop(); // its exit rejects below: nothing is left of it before the next try
      }
      if (message.type !== 'ready') return;
      onChild(child);
      resolve({ ended, stop });
    });
    ended.catch(reject);
    context.signal.addEventListener('abort', () => void stop(), { once: true });
  });
}

function fail(code: string): never {
  throw Object.assign(new Error(`station process: ${code}`), { code });
}
