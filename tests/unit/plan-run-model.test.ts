import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPlan } from '#domain/plan-check.ts';
import { RUNGS } from '#domain/plan-actions.ts';
import { applyEvent, foldRun } from '#domain/plan-fold.ts';
import { decide, due, nextDueAtMs, startRun } from '#domain/plan-run.ts';
import type { RunCommand, RunEvent, RunState } from '#domain/plan-run-types.ts';
import { prerequisites, type AlarmContext, type PlanDefinition } from '#domain/plan-types.ts';
import { anyPlan, stepId } from './plan-arbitraries.ts';

const ALARM: AlarmContext = { alarmId: 'a', deviceId: 'd', cameraIds: ['c9'], zoneIds: ['z1'] };
type Move = { pass: number; jump: number } | { command: RunCommand };

/** Mostly low ids: small plans are common, and moves should meet steps that exist. */
const anyStep = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 2 }) }, fc.nat({ max: 7 })).map(stepId);
const anyPass = fc.record({
  pass: fc.integer({ min: 0, max: 400_000 }),
  jump: fc.integer({ min: -9_000_000, max: 9_000_000 }),
});
const anyDo = fc.record({
  type: fc.constant('do' as const),
  stepId: anyStep,
  by: fc.constant('wang'),
  answer: fc.constantFrom('yes', 'a', 'done', 'nonsense', undefined),
  comment: fc.constantFrom('ok', '', undefined),
});
const anySkip = fc.record({
  type: fc.constant('skip' as const),
  stepId: anyStep,
  by: fc.constant('li'),
  comment: fc.constantFrom('not needed', ' '),
});
const anyReceipt = fc.record({
  type: fc.constant('receipt' as const),
  stepId: anyStep,
  attempt: fc.constantFrom(1, 1, 1, 2),
  rung: fc.constantFrom(...RUNGS),
  reason: fc.constant(null),
});
const anyEnd = fc.record({
  type: fc.constant('end' as const),
  by: fc.constant('li'),
  outcome: fc.constantFrom('completed' as const, 'completed' as const, 'cancelled' as const),
  comment: fc.constant(''),
});
const asMove = (command: RunCommand): Move => ({ command });
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: anyPass },
  { weight: 8, arbitrary: anyDo.map(asMove) },
  { weight: 4, arbitrary: anySkip.map(asMove) },
  { weight: 8, arbitrary: anyReceipt.map(asMove) },
  { weight: 1, arbitrary: anyEnd.map(asMove) },
);

/** Plays a script; `restart` is called between moves and may hand back another state. */
function play(
  plan: PlanDefinition,
  alarm: AlarmContext | null,
  moves: Move[],
  options: { jumps: boolean; restart?: (state: RunState, events: RunEvent[]) => RunState } = { jumps: true },
): { events: RunEvent[]; state: RunState; refused: number } {
  let steadyMs = 1_000_000;
  let wallOffset = 0;
  const now = () => ({ atMs: 5_000_000_000 + steadyMs + (options.jumps ? wallOffset : 0), steadyMs });
  const events = startRun({ runId: 'run', plan, drill: false, alarm, by: 'zhao' }, now());
  let state = foldRun('run', plan, events);
  let refused = 0;
  for (const move of moves) {
    let news: RunEvent[] = [];
    if ('command' in move) {
      const decision = decide(state, move.command, now());
      if (decision.ok) news = decision.events;
      else refused += 1;
    } else {
      wallOffset += move.jump;
      steadyMs += move.pass;
      news = due(state, now());
    }
    events.push(...news);
    state = foldRun('run', plan, events);
    state = options.restart?.(state, events) ?? state;
  }
  return { events, state, refused };
}

const RUNS = { numRuns: 300 };
const script = [
  anyPlan,
  fc.constantFrom(ALARM, null),
  fc.array(anyMove, { maxLength: 60, size: 'max' }),
] as const;

test('generated plans are sound', () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      expect(checkPlan(plan)).toEqual([]);
    }),
    RUNS,
  );
});

test('no step is over twice, effects are asked for once per attempt, nothing but receipts after the end', () => {
  fc.assert(
    fc.property(...script, (plan, alarm, moves) => {
      const { events } = play(plan, alarm, moves);
      const closed = new Set<string>();
      const keys = new Set<string>();
      const overdue = new Set<string>();
      const ready = new Set<string>();
      let ended = false;
      for (const event of events) {
        if (ended) expect(event.kind).toBe('receipt');
        if (event.kind === 'ended') ended = true;
        if (event.kind === 'step_ready') {
          expect(ready.has(event.stepId)).toBe(false);
          ready.add(event.stepId);
        }
        if (event.kind === 'step_done' || event.kind === 'step_skipped') {
          expect(closed.has(event.stepId)).toBe(false);
          closed.add(event.stepId);
          if (event.kind === 'step_done') expect(ready.has(event.stepId)).toBe(true);
        }
        if (event.kind === 'step_overdue') {
          expect(closed.has(event.stepId) || overdue.has(event.stepId)).toBe(false);
          overdue.add(event.stepId);
        }
        if (event.kind === 'effect_requested') {
          expect(keys.has(event.params.key)).toBe(false);
          keys.add(event.params.key);
        }
      }
    }),
    RUNS,
  );
});

test('what the station does by itself starts only after everything before it is done or skipped', () => {
  fc.assert(
    fc.property(...script, (plan, alarm, moves) => {
      const { events } = play(plan, alarm, moves);
      for (const [at, event] of events.entries()) {
        if (event.kind !== 'step_ready') continue;
        const index = plan.steps.findIndex(({ id }) => id === event.stepId);
        const earlier = events.slice(0, at);
        const person = plan.steps[index]?.by === 'person';
        for (const id of prerequisites(plan, index)) {
          const mine = earlier.filter((other) => other.stepId === id);
          const over = mine.some(({ kind }) => kind === 'step_done' || kind === 'step_skipped');
          const letGo = mine.some(
            (other) =>
              other.kind === 'step_failed' || (other.kind === 'receipt' && other.params.rung === 'started'),
          );
          expect(over || (person && letGo)).toBe(true);
        }
      }
    }),
    RUNS,
  );
});

test('a timer fires once, never early, and at the first look after it is due', () => {
  fc.assert(
    fc.property(...script, (plan, alarm, moves) => {
      const { events, state } = play(plan, alarm, moves);
      for (const step of plan.steps.filter(({ by }) => by === 'timer')) {
        const mine = events.filter(({ stepId: id }) => id === step.id);
        const begun = mine.find(({ kind }) => kind === 'timer_started');
        const fired = mine.filter(({ kind, by }) => kind === 'step_done' && by === null);
        expect(fired.length).toBeLessThanOrEqual(1);
        const dueMs = (begun?.steadyMs ?? 0) + (step.waitSeconds ?? 0) * 1000;
        if (fired[0]) expect(fired[0].steadyMs).toBeGreaterThanOrEqual(dueMs);
        const last = events.at(-1)?.steadyMs ?? 0;
        const still = state.steps.find(({ id }) => id === step.id)?.phase === 'running';
        if (begun && still && !state.endedAt) expect(dueMs).toBeGreaterThan(last);
      }
    }),
    RUNS,
  );
});

test('a jump of the wall clock changes nothing but the times shown to people', () => {
  fc.assert(
    fc.property(...script, (plan, alarm, moves) => {
      const strip = (events: RunEvent[]) => events.map((event) => ({ ...event, atMs: 0 }));
      expect(strip(play(plan, alarm, moves, { jumps: true }).events)).toEqual(
        strip(play(plan, alarm, moves, { jumps: false }).events),
      );
    }),
    RUNS,
  );
});

test('a restart after any event goes on as if there had been none', () => {
  fc.assert(
    fc.property(...script, (plan, alarm, moves) => {
      const restart = (_state: RunState, events: RunEvent[]) =>
        foldRun('run', plan, JSON.parse(JSON.stringify(events)) as RunEvent[]);
      expect(play(plan, alarm, moves, { jumps: true, restart })).toEqual(play(plan, alarm, moves));
    }),
    RUNS,
  );
});

test('a person can always go on: skipping what is open lets every run be completed', () => {
  fc.assert(
    fc.property(...script, (plan, alarm, moves) => {
      const now = { atMs: 9e12, steadyMs: 9e12 };
      let { state } = play(
        plan,
        alarm,
        moves.filter((move) => !('command' in move && move.command.type === 'end')),
      );
      for (const step of state.steps.filter(({ phase }) => phase !== 'done' && phase !== 'skipped')) {
        const fresh = state.steps.find(({ id }) => id === step.id);
        if (fresh?.phase === 'done') continue;
        const skipped = decide(state, { type: 'skip', stepId: step.id, by: 'li', comment: 'by hand' }, now);
        if (!skipped.ok) throw new Error(skipped.code);
        for (const event of skipped.events) state = applyEvent(state, event);
      }
      expect(nextDueAtMs(state)).toBeNull();
      const end = decide(state, { type: 'end', by: 'li', outcome: 'completed', comment: '' }, now);
      expect(end.ok).toBe(true);
    }),
    RUNS,
  );
});

test('nextDueAtMs is the first moment at which something happens by itself', () => {
  fc.assert(
    fc.property(...script, (plan, alarm, moves) => {
      const { state } = play(plan, alarm, moves);
      const next = nextDueAtMs(state);
      const look = (steadyMs: number) => due(state, { atMs: 0, steadyMs });
      if (next === null) expect(look(9e12)).toEqual([]);
      else {
        expect(look(next - 1)).toEqual([]);
        expect(look(next)).not.toEqual([]);
      }
    }),
    RUNS,
  );
});
