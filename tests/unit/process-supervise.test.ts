import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tieredBackoffMs } from '#native/process/backoff.ts';
import { nextState, type SuperviseEvent, type SuperviseState } from '#native/process/supervise-state.ts';
import { supervise, type Worker, type WorkerContext } from '#native/process/supervise.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

/** A worker that a test ends by hand; counts how many are alive at once. */
function workshop() {
  const started: {
    context: WorkerContext;
    end: (error?: unknown) => void;
    up: () => void;
    refuse: (error: unknown) => void;
  }[] = [];
  let alive = 0;
  let mostAlive = 0;
  function start(context: WorkerContext): Promise<Worker> {
    alive += 1;
    mostAlive = Math.max(mostAlive, alive);
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => undefined);
    const ready = Promise.withResolvers<Worker>();
    let stopped = false;
    const stop = async () => {
      if (!stopped) alive -= 1;
      stopped = true;
    };
    context.signal.addEventListener('abort', () => {
      void stop();
      ready.reject(Object.assign(new Error('aborted'), { code: 'aborted' }));
    });
    started.push({
      context,
      end: (error) => (error === undefined ? ended.resolve() : ended.reject(error)),
      up: () => ready.resolve({ ended: ended.promise, stop }),
      refuse: (error) => {
        void stop();
        ready.reject(error);
      },
    });
    return ready.promise;
  }
  return {
    start,
    started,
    alive: () => alive,
    mostAlive: () => mostAlive,
    last: () => started[started.length - 1]!,
  };
}

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('tiered back-off', () => {
  it('waits 1 s five times, 5 s five times, 10 s ten times, then 60 s', () => {
    const waits = Array.from({ length: 23 }, (_, index) => tieredBackoffMs(index + 1));
    expect(waits).toEqual([
      ...Array<number>(5).fill(1_000),
      ...Array<number>(5).fill(5_000),
      ...Array<number>(10).fill(10_000),
      60_000,
      60_000,
      60_000,
    ]);
  });
});

describe('supervise', () => {
  it('starts, reports running, and restarts with the reason when the worker fails', async () => {
    const clock = fakeClock();
    const shop = workshop();
    const seen: SuperviseState[] = [];
    const supervised = supervise({ start: shop.start, clock, onState: (state) => seen.push(state) });
    supervised.start();
    await clock.advance(0);
    shop.last().up();
    await clock.advance(10);
    expect(supervised.state.kind).toBe('running');
    shop.last().end(failure('refused'));
    await clock.advance(0);
    expect(supervised.state).toMatchObject({
      kind: 'backing-off',
      attempt: 1,
      reason: 'refused',
      retryAtMs: clock.nowMs() + 1_000,
    });
    await clock.advance(999);
    expect(shop.started).toHaveLength(1);
    await clock.advance(1);
    expect(shop.started).toHaveLength(2);
    expect(seen.map((state) => state.kind)).toEqual(['starting', 'running', 'backing-off', 'starting']);
    await supervised.stop();
    expect(shop.alive()).toBe(0);
    expect(clock.pending()).toBe(0);
  });

  it('restarts a run that makes no progress, and leaves one that does', async () => {
    const clock = fakeClock();
    const shop = workshop();
    const supervised = supervise({ start: shop.start, clock, stallMs: 5_000 });
    supervised.start();
    await clock.advance(0);
    shop.last().up();
    for (let second = 0; second < 20; second += 1) {
      await clock.advance(1_000);
      shop.last().context.progress();
    }
    expect(supervised.state.kind).toBe('running');
    await clock.advance(4_999);
    expect(supervised.state.kind).toBe('running');
    await clock.advance(1);
    expect(supervised.state).toMatchObject({ kind: 'backing-off', reason: 'stalled' });
    expect(shop.alive()).toBe(0);
    await supervised.stop();
  });

  it('fails a start that never comes up', async () => {
    const clock = fakeClock();
    const shop = workshop();
    const supervised = supervise({ start: shop.start, clock, startTimeoutMs: 8_000 });
    supervised.start();
    await clock.advance(8_000);
    expect(supervised.state).toMatchObject({ kind: 'backing-off', reason: 'start_timeout' });
    await supervised.stop();
  });

  it('counts from the beginning again after a stable run, and not before', async () => {
    const clock = fakeClock();
    const shop = workshop();
    const supervised = supervise({ start: shop.start, clock, stableMs: 30_000 });
    supervised.start();
    for (let round = 0; round < 6; round += 1) {
      await clock.advance(5_000);
      shop.last().up();
      await clock.advance(29_999);
      shop.last().end();
      await clock.advance(0);
    }
    expect(supervised.state).toMatchObject({ kind: 'backing-off', attempt: 6 });
    await clock.advance(5_000);
    shop.last().up();
    await clock.advance(30_000);
    shop.last().end();
    await clock.advance(0);
    expect(supervised.state).toMatchObject({ kind: 'backing-off', attempt: 1, reason: 'ended' });
    await supervised.stop();
  });

  it('retries at once when asked to, and only while it waits', async () => {
    const clock = fakeClock();
    const shop = workshop();
    const supervised = supervise({ start: shop.start, clock });
    supervised.retryNow();
    expect(supervised.state.kind).toBe('idle');
    supervised.start();
    await clock.advance(0);
    shop.last().refuse(failure('no_route'));
    await clock.advance(0);
    supervised.retryNow();
    await clock.advance(0);
    expect(shop.started).toHaveLength(2);
    await supervised.stop();
  });

  it('stop waits for a run that is just starting', async () => {
    const clock = fakeClock();
    const shop = workshop();
    const supervised = supervise({ start: shop.start, clock });
    supervised.start();
    await clock.advance(0);
    await supervised.stop();
    expect(shop.alive()).toBe(0);
    expect(supervised.state.kind).toBe('stopped');
    supervised.start();
    await clock.advance(0);
    expect(shop.started).toHaveLength(2);
    await supervised.stop();
  });

  it('never has two runs alive, never acts on a discarded one, and leaves nothing behind', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 70_000 }) }),
      fc.record({
        kind: fc.constantFrom('up' as const, 'end' as const, 'refuse' as const),
        which: fc.nat(8),
      }),
      fc.record({
        kind: fc.constantFrom('start' as const, 'stop' as const, 'restart' as const, 'retry' as const),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = fakeClock();
        const shop = workshop();
        const generations: number[] = [];
        const supervised = supervise({
          start: (context) => {
            generations.push(context.generation);
            return shop.start(context);
          },
          clock,
          stallMs: 5_000,
        });
        const stops: Promise<void>[] = [];
        for (const next of steps) {
          if (next.kind === 'advance') await clock.advance(next.ms);
          else if (next.kind === 'start') supervised.start();
          else if (next.kind === 'stop') stops.push(supervised.stop());
          else if (next.kind === 'restart') supervised.restart('asked');
          else if (next.kind === 'retry') supervised.retryNow();
          else if ('which' in next) {
            const run = shop.started[next.which % Math.max(1, shop.started.length)];
            if (run && next.kind === 'up') run.up();
            if (run && next.kind === 'end') run.end(failure('gone'));
            if (run && next.kind === 'refuse') run.refuse(failure('no'));
          }
          await clock.advance(0);
        }
        await supervised.stop();
        await Promise.all(stops);
        expect(shop.mostAlive()).toBeLessThanOrEqual(1);
        expect(shop.alive()).toBe(0);
        expect(clock.pending()).toBe(0);
        expect(generations).toEqual([...generations].sort((a, b) => a - b));
        expect(new Set(generations).size).toBe(generations.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('nextState', () => {
  const backoff = (attempt: number) => attempt * 10;
  const anyState: fc.Arbitrary<SuperviseState> = fc.oneof(
    fc.constant<SuperviseState>({ kind: 'idle' }),
    fc.constant<SuperviseState>({ kind: 'stopped' }),
    fc.record({ kind: fc.constant('starting' as const), generation: fc.nat(5), attempt: fc.nat(9) }),
    fc.record({
      kind: fc.constant('running' as const),
      generation: fc.nat(5),
      attempt: fc.nat(9),
      sinceMs: fc.nat(),
    }),
    fc.record({
      kind: fc.constant('backing-off' as const),
      generation: fc.nat(5),
      attempt: fc.integer({ min: 1, max: 9 }),
      reason: fc.string(),
      retryAtMs: fc.nat(),
    }),
  );
  const report: fc.Arbitrary<SuperviseEvent> = fc.oneof(
    fc.record({ kind: fc.constant('up' as const), generation: fc.nat(5), nowMs: fc.nat() }),
    fc.record({ kind: fc.constant('stable' as const), generation: fc.nat(5) }),
    fc.record({
      kind: fc.constant('failed' as const),
      generation: fc.nat(5),
      reason: fc.string(),
      nowMs: fc.nat(),
    }),
    fc.record({ kind: fc.constant('retry' as const), generation: fc.nat(5) }),
  );

  it('ignores reports of another generation', () => {
    fc.assert(
      fc.property(anyState, report, (state, event) => {
        const mine = 'generation' in state && 'generation' in event && state.generation === event.generation;
        if (!mine) expect(nextState(state, event, backoff, 9)).toBe(state);
      }),
    );
  });

  it('stops from anywhere, and only a start leaves stopped', () => {
    fc.assert(
      fc.property(anyState, report, (state, event) => {
        const stopped = nextState(state, { kind: 'stop' }, backoff, 9);
        expect(stopped.kind).toBe('stopped');
        expect(nextState(stopped, event, backoff, 9)).toBe(stopped);
        expect(nextState(stopped, { kind: 'start' }, backoff, 9)).toEqual({
          kind: 'starting',
          generation: 10,
          attempt: 0,
        });
      }),
    );
  });
});
