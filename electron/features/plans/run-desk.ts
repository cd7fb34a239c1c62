import type { Run } from '#contract/plans.contract.ts';
import { applyEvent, emptyRun, foldRun } from '#domain/plan-fold.ts';
import { MARK_EVERY_MS } from '#domain/plan-clock.ts';
import { decide, due, nextDueAtMs, openEffects } from '#domain/plan-run.ts';
import type { RunCommand, RunEvent, RunRefusal, RunState } from '#domain/plan-run-types.ts';
import { STATION_ACTOR, type Actor, type EffectReceipt, type EffectsPort } from '#station/ports.ts';
import type { StationPorts, Tx } from '#station/ports.ts';
import { openRunClock } from './run-clock.ts';
import { viewRun } from './run-view.ts';
import { appendEvents, insertRun, loadEvents, loadRecent, type RunHead } from './runs.store.ts';

/** An ended run stays among the live ones for so long. */
const LINGER_MS = 3_600_000;
/** Smaller drifts of the wall clock (NTP slewing it) are not worth telling every console. */
const JUMP_MS = 1000;

export interface OpenRun {
  head: RunHead;
  state: RunState;
}
export type Refused = { code: RunRefusal; params: Record<string, string | number> };

/**
 * Keeps the runs that are under way: appends what the rules decide, asks the gate for effects once
 * that is on disk, and wakes up when a timer is due. Knows no permissions and no alarms.
 */
export function createRunDesk(
  ports: Pick<StationPorts, 'db' | 'write' | 'clock' | 'bus' | 'log' | 'liveCollection'>,
  effects: EffectsPort,
) {
  const { db, write, clock, bus, log } = ports;
  const time = openRunClock(ports);
  const live = ports.liveCollection<Run>();
  const runs = new Map<string, OpenRun>();
  let cancelWake = () => {};
  let shownOffsetMs = time.offsetMs();

  const running = () => [...runs.values()].filter(({ state }) => state.endedAt === null);
  const view = ({ head, state }: OpenRun) => viewRun(head, state, time.offsetMs());

  /** Appends events; memory, consoles and effects follow when they are on disk. */
  const append = (tx: Tx, head: RunHead, events: RunEvent[], actor: Actor = STATION_ACTOR) => {
    if (events.length === 0) return;
    appendEvents(tx.db, head.id, events);
    time.mark(tx);
    tx.afterCommit(() => {
      let state = runs.get(head.id)?.state ?? emptyRun(head.id, head.plan);
      for (const event of events) state = applyEvent(state, event);
      const open = { head, state };
      runs.set(head.id, open);
      live.upsert(view(open));
      bus.emit('run.changed', view(open));
      for (const event of events) if (event.kind === 'effect_requested') carryOut(head, event, actor);
      arrange();
    });
  };

  const carryOut = (head: RunHead, event: RunEvent & { kind: 'effect_requested' }, actor: Actor) => {
    const { key, attempt, action } = event.params;
    const heard = ({ rung, reason }: EffectReceipt) => {
      command(head.id, { type: 'receipt', stepId: event.stepId, attempt, rung, reason });
    };
    const request = {
      action,
      idempotencyKey: key,
      drill: head.drill,
      runId: head.id,
      alarmId: head.alarmId,
      actor: event.by === null ? STATION_ACTOR : actor,
    };
    // Heard again at the end: a refusal of the gate itself reports no rung on the way.
    void effects
      .execute(request, heard)
      .then(heard)
      .catch((error: unknown) => log.error('receipt not recorded', { key, error: String(error) }));
  };

  /** Decides and appends; the refusal, if it is one. `also` joins the same transaction. */
  const command = (
    runId: string,
    what: RunCommand,
    actor?: Actor,
    also?: (tx: Tx, events: RunEvent[]) => void,
  ): Refused | null => {
    const open = runs.get(runId);
    if (!open) return null;
    const decision = decide(open.state, what, time.now());
    if (!decision.ok) return decision;
    if (decision.events.length === 0) return null;
    write((tx) => {
      append(tx, open.head, decision.events, actor);
      also?.(tx, decision.events);
    });
    return null;
  };

  /** Sets the one alarm clock to the earliest due time of all runs. */
  const arrange = () => {
    cancelWake();
    const times = running().flatMap(({ state }) => nextDueAtMs(state) ?? []);
    if (times.length === 0) return;
    const delayMs = Math.max(0, Math.min(...times) - time.now().steadyMs);
    cancelWake = clock.after(delayMs, wake);
  };
  /** A timer that fails (a full disk) must not end the station; the next one tries again. */
  const guarded = (run: () => void) => () => {
    try {
      run();
    } catch (error) {
      log.error('runs could not be continued', { error: String((error as Error).stack ?? error) });
    }
  };
  const wake = guarded(() => {
    for (const { head, state } of running()) {
      const events = due(state, time.now());
      if (events.length > 0) write((tx) => append(tx, head, events));
    }
    arrange();
  });

  /**
   * Now and then: saves where the clocks are, looks for what is due in case a timer failed, corrects
   * due times after a jump, lets old runs go.
   */
  const tend = guarded(() => {
    wake();
    if (running().length > 0) write((tx) => time.mark(tx));
    const offsetMs = time.offsetMs();
    if (Math.abs(offsetMs - shownOffsetMs) > JUMP_MS) {
      shownOffsetMs = offsetMs;
      live.upsert(...running().map(view));
    }
    const before = clock.nowMs() - LINGER_MS;
    for (const { head, state } of runs.values()) {
      if (!state.endedAt || state.endedAt.atMs >= before) continue;
      runs.delete(head.id);
      live.remove(head.id);
    }
  });

  for (const head of loadRecent(db, clock.nowMs() - LINGER_MS)) {
    runs.set(head.id, { head, state: foldRun(head.id, head.plan, loadEvents(db, head.id)) });
  }
  live.upsert(...[...runs.values()].map(view));
  let stopTending = () => {};

  return {
    live,
    now: time.now,
    offsetMs: time.offsetMs,
    running,
    get: (id: string) => runs.get(id),
    command,
    /** Puts a new run on record with its first events. */
    begin(tx: Tx, head: RunHead, events: RunEvent[], actor: Actor): void {
      insertRun(tx.db, head);
      append(tx, head, events, actor);
    },
    /**
     * Goes on with what an earlier start of the station left: says so in each log, fires what came
     * due, asks the gate again for effects without an end. Called once all executors are registered.
     */
    start(): void {
      for (const { head, state } of running()) {
        const open = openEffects(state).map(({ key }) => key);
        command(head.id, { type: 'resume', downMs: time.downMs });
        for (const event of loadEvents(db, head.id)) {
          if (event.kind === 'effect_requested' && open.includes(event.params.key)) {
            carryOut(head, event, STATION_ACTOR);
          }
        }
      }
      stopTending = clock.every(MARK_EVERY_MS, tend);
      arrange();
    },
    stop(): void {
      stopTending();
      cancelWake();
      if (running().length > 0) write((tx) => time.mark(tx));
    },
  };
}
