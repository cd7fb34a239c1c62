import { describe, expect, it } from 'vitest';
import { STATION_REPORT, type StationReport } from '#contract/bridge.ts';
import { stationLines, type LineEnd } from '#hosts/desktop/lines.ts';
import { quitCleanly } from '#hosts/desktop/quit.ts';
import { watchRenderer, type WatchedContents } from '#hosts/desktop/renderer-watch.ts';
import {
  superviseStation,
  type FromStation,
  type StationChild,
  type ToStation,
} from '#hosts/desktop/station-process.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

/** A station process that does what the test says. */
class Child implements StationChild<string> {
  readonly sent: [ToStation, string[]][] = [];
  killed = false;
  #message: (message: FromStation) => void = () => undefined;
  #exit: (code: number) => void = () => undefined;
  postMessage(message: ToStation, transfer: string[] = []): void {
    this.sent.push([message, transfer]);
  }
  on(_event: 'message', listener: (message: FromStation) => void): void {
    this.#message = listener;
  }
  once(_event: 'exit', listener: (code: number) => void): void {
    this.#exit = listener;
  }
  kill(): boolean {
    this.killed = true;
    this.exit(137);
    return true;
  }
  say(message: FromStation): void {
    this.#message(message);
  }
  exit(code: number): void {
    this.#exit(code);
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
};

function setUp() {
  const clock = fakeClock();
  const children: Child[] = [];
  const reports: StationReport[] = [];
  let ready = 0;
  const station = superviseStation<string>({
    fork: () => {
      const child = new Child();
      children.push(child);
      return child;
    },
    clock,
    stopDeadlineMs: 15_000,
    onReport: (report) => reports.push(report),
    onReady: () => (ready += 1),
  });
  const last = (): Child => children.at(-1)!;
  const up = async (): Promise<void> => {
    last().say({ type: 'ready' });
    await settle();
  };
  return { clock, children, reports, station, last, up, ready: () => ready };
}

describe('supervision of the station', () => {
  it('starts it again when it crashes, with growing waits, and says why', async () => {
    const { clock, children, station, last, up, reports, ready } = setUp();
    station.start();
    await settle();
    await up();
    expect(station.report).toEqual({ type: STATION_REPORT, state: 'running' });
    last().exit(1);
    await settle();
    expect(reports.at(-1)).toMatchObject({
      state: 'failed',
      reason: 'crashed',
      retryAtMs: clock.nowMs() + 1_000,
    });
    await clock.advance(1_000);
    expect(children).toHaveLength(2);
    await up();
    expect(ready()).toBe(2);
    for (let crash = 0; crash < 6; crash += 1) {
      last().exit(1);
      await clock.advance(5_000);
      await up();
    }
    last().exit(1);
    await settle();
    expect((station.report.retryAtMs ?? 0) - clock.nowMs()).toBe(5_000);
    expect(children).toHaveLength(8);
  });

  it('passes on why a station refuses to start, and leaves nothing of it before the next try', async () => {
    const { clock, children, station, last } = setUp();
    station.start();
    await settle();
    last().say({ type: 'refused', reason: 'database_newer' });
    await settle();
    expect(last().sent).toEqual([[{ type: 'stop' }, []]]);
    last().exit(1);
    await settle();
    expect(station.report).toMatchObject({ state: 'failed', reason: 'database_newer' });
    await clock.advance(1_000);
    expect(children).toHaveLength(2);
  });

  it('ends a station that hangs', async () => {
    const { clock, children, station, last, up } = setUp();
    station.start();
    await settle();
    await up();
    await clock.advance(20_000);
    last().say({ type: 'alive' });
    await clock.advance(25_000);
    expect(station.report.state).toBe('running');
    await clock.advance(5_000);
    expect(station.report).toMatchObject({ state: 'failed', reason: 'stalled' });
    await clock.advance(20_000);
    expect(children[0]?.killed).toBe(true);
    expect(children).toHaveLength(2);
  });

  it('stops in good order, and kills only at the deadline', async () => {
    const { clock, station, last, up } = setUp();
    station.start();
    await settle();
    await up();
    const stopped = station.stop();
    await settle();
    expect(last().sent.at(-1)?.[0]).toEqual({ type: 'stop' });
    expect(last().killed).toBe(false);
    last().exit(0);
    await stopped;
    await clock.advance(60_000);
    expect(last().killed).toBe(false);
    expect(station.report.state).toBe('failed');
  });

  it('kills a station that does not stop', async () => {
    const { clock, station, last, up } = setUp();
    station.start();
    await settle();
    await up();
    const stopped = station.stop();
    await clock.advance(15_000);
    await stopped;
    expect(last().killed).toBe(true);
  });
});

describe('lines between windows and the station', () => {
  it('come at once, or as soon as the station works, once for each window that waits', async () => {
    const { station, last, up, clock } = setUp();
    let made = 0;
    const lines = stationLines(station, () => ({ port1: `station-${(made += 1)}`, port2: `window-${made}` }));
    const got: unknown[] = [];
    const page = (id: number): LineEnd<string> => ({
      id,
      isDestroyed: () => id === 3,
      postMessage: (channel, _message, transfer) => got.push([id, channel, ...(transfer ?? [])]),
    });
    station.start();
    await settle();
    lines.want(page(1));
    lines.want(page(1));
    lines.want(page(3));
    expect(got).toEqual([
      [1, 'station:report'],
      [1, 'station:report'],
    ]);
    await up();
    lines.ready();
    lines.ready();
    lines.want(page(2));
    expect(got.slice(2)).toEqual([
      [1, 'station:port', 'window-1'],
      [2, 'station:port', 'window-2'],
    ]);
    expect(last().sent).toEqual([
      [{ type: 'connect' }, ['station-1']],
      [{ type: 'connect' }, ['station-2']],
    ]);
    last().exit(1);
    await settle();
    lines.want(page(2));
    await clock.advance(1_000);
    await up();
    lines.ready();
    expect(got.at(-1)).toEqual([2, 'station:port', 'window-3']);
  });
});

describe('quitting', () => {
  it('waits for the station, once, however often it is asked for', async () => {
    const listeners = new Map<string, (event: { preventDefault(): void }) => void>();
    const exits: number[] = [];
    const app = {
      on: (event: string, listener: (event: { preventDefault(): void }) => void) =>
        listeners.set(event, listener),
      exit: (code: number) => exits.push(code),
      quit: () => listeners.get('before-quit')?.({ preventDefault: () => undefined }),
    };
    let prepared = 0;
    let stopped = (): void => undefined;
    quitCleanly(
      app as never,
      () => (prepared += 1),
      () => new Promise((done) => (stopped = done)),
    );
    app.quit();
    app.quit();
    await settle();
    expect([prepared, exits]).toEqual([1, []]);
    stopped();
    await settle();
    expect(exits).toEqual([0]);
  });
});

describe('watch over a window', () => {
  function watched() {
    const clock = fakeClock();
    const listeners = new Map<string, (...args: unknown[]) => void>();
    const state = { reloads: 0, crashed: 0, mounted: 5 as number | 'silent', troubles: [] as string[] };
    const contents = {
      on: (event: string, listener: (...args: unknown[]) => void) => listeners.set(event, listener),
      executeJavaScript: () =>
        state.mounted === 'silent' ? new Promise(() => undefined) : Promise.resolve(state.mounted),
      forcefullyCrashRenderer: () => (state.crashed += 1),
      isDestroyed: () => false,
    };
    watchRenderer({
      contents: contents as unknown as WatchedContents,
      reload: () => (state.reloads += 1),
      clock,
      onTrouble: (trouble) => state.troubles.push(trouble),
    });
    const emit = (event: string, ...args: unknown[]): void => listeners.get(event)?.(...args);
    return { clock, state, emit };
  }

  it('loads it again after a crash, quickly a few times, then once a minute and without end', async () => {
    const { clock, state, emit } = watched();
    for (let crash = 0; crash < 5; crash += 1) {
      emit('render-process-gone', {}, { reason: 'crashed' });
      await clock.advance(1_000);
    }
    expect(state.reloads).toBe(5);
    emit('render-process-gone', {}, { reason: 'oom' });
    await clock.advance(59_000);
    expect(state.reloads).toBe(5);
    await clock.advance(1_000);
    expect(state.reloads).toBe(6);
  });

  it('ends and loads one that hangs, unless it comes back by itself', async () => {
    const { clock, state, emit } = watched();
    emit('unresponsive');
    await clock.advance(10_000);
    emit('responsive');
    await clock.advance(60_000);
    expect(state.crashed).toBe(0);
    emit('unresponsive');
    await clock.advance(16_000);
    expect([state.crashed, state.reloads]).toEqual([1, 1]);
  });

  it('finds a page that stays blank or silent, and leaves one alone that shows something', async () => {
    const { clock, state, emit } = watched();
    emit('did-finish-load');
    await clock.advance(120_000);
    expect(state.reloads).toBe(0);
    state.mounted = 0;
    await clock.advance(60_000);
    expect([state.reloads, state.troubles]).toEqual([1, ['blank']]);
    state.mounted = 'silent';
    await clock.advance(120_000);
    expect(state.reloads).toBeGreaterThanOrEqual(2);
  });

  it('loads again what failed to load, but not what another load has replaced', async () => {
    const { clock, state, emit } = watched();
    emit('did-fail-load', {}, -3, 'ERR_ABORTED', '', true);
    emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', '', false);
    await clock.advance(5_000);
    expect(state.reloads).toBe(0);
    emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', '', true);
    await clock.advance(1_000);
    expect(state.reloads).toBe(1);
  });
});
