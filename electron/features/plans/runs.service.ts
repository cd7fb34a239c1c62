import type { Alarm } from '#contract/alarms.contract.ts';
import type { Run, RunEvent as LoggedEvent } from '#contract/plans.contract.ts';
import type { JsonObject } from '#contract/base.ts';
import { foldRun } from '#domain/plan-fold.ts';
import { zonesAround } from '#domain/plan-offers.ts';
import { startRun } from '#domain/plan-run.ts';
import type { Outcome, RunCommand } from '#domain/plan-run-types.ts';
import type { AlarmContext } from '#domain/plan-types.ts';
import { may, type Permission } from '#domain/permissions.ts';
import { fail } from '#station/errors.ts';
import type { Actor, AlarmsPort, EffectsPort, StationPorts, Tx } from '#station/ports.ts';
import type { Plans } from './plans.service.ts';
import { createRunDesk, type Refused } from './run-desk.ts';
import type { RunPageArgs } from './run-reads.ts';
import { viewEvent, viewRun } from './run-view.ts';
import { chainHead, loadEvents, loadHead, type RunHead } from './runs.store.ts';

export type Runs = ReturnType<typeof createRuns>;
export interface RunsDeps {
  plans: Pick<Plans, 'find'>;
  alarms: Pick<AlarmsPort, 'get' | 'linkRun'>;
  effects: EffectsPort;
}
/** Refusals that are about the input itself; all others are about the moment. */
const INPUT_CODES = ['run.answer_required', 'run.answer_unknown', 'run.comment_required'];

/** What people do with runs: who may, what is on the audit, how runs and alarms belong together. */
export function createRuns(ports: StationPorts, { plans, alarms, effects }: RunsDeps) {
  const { db, site, audit, write, readPool } = ports;
  const desk = createRunDesk(ports, effects);

  const require = (actor: Actor, permission: Permission) => {
    if (actor.role && may(actor.role, permission)) return;
    fail('FORBIDDEN', 'permission', { permission, role: actor.role });
  };
  const refuse = ({ code, params }: Refused): never => {
    if (code === 'run.step_unknown') return fail('NOT_FOUND', code, params);
    return fail(INPUT_CODES.includes(code) ? 'INVALID' : 'CONFLICT', code, params);
  };
  const contextOf = (alarm: Alarm): AlarmContext => {
    const { places, broadcastZones } = site.current();
    const zoneIds = zonesAround(places, broadcastZones, alarm.placeId);
    return { alarmId: alarm.id, deviceId: alarm.deviceId, cameraIds: alarm.cameraIds, zoneIds };
  };
  /** Audits an action together with the head of the runs' chain, see `verifyRuns`. */
  const note = (tx: Tx, actor: Actor, action: string, runId: string, params: JsonObject) => {
    const { seq, hash } = chainHead(tx.db);
    audit.append(tx, actor, action, runId, { ...params, chainSeq: seq, chainHash: hash });
  };
  /** Carries out a person's command on a run, with its audit entry in the same transaction. */
  const act = (actor: Actor, runId: string, command: RunCommand, action: string, params: JsonObject) => {
    const open = desk.get(runId);
    if (!open)
      return fail(
        loadHead(db, runId) ? 'CONFLICT' : 'NOT_FOUND',
        loadHead(db, runId) ? 'run.ended' : 'run.unknown',
      );
    const refused = desk.command(runId, command, actor, (tx, events) => {
      for (const event of events) {
        if (event.kind !== 'receipt' || event.by === null) continue;
        const step = open.state.steps.find(({ id }) => id === event.stepId);
        if (step?.effect) effects.confirm(tx, step.effect.key, actor);
      }
      note(tx, actor, action, runId, { ...params, drill: open.head.drill });
    });
    if (refused) refuse(refused);
  };

  return {
    live: desk.live,
    /** Whether a run is a drill; undefined: there is no such run. For the gate. */
    isDrill: (runId: string): boolean | undefined =>
      desk.get(runId)?.head.drill ?? loadHead(db, runId)?.drill,
    resume: () => desk.start(),
    stop: () => desk.stop(),

    async list(
      cursor: string | undefined,
      limit: number,
    ): Promise<{ items: Run[]; nextCursor: string | null }> {
      const args: RunPageArgs = { before: cursor ?? null, limit, offsetMs: desk.offsetMs() };
      const items = await readPool.run<Run[]>('runs.page', args);
      return { items, nextCursor: items.length === limit ? (items.at(-1)?.id ?? null) : null };
    },

    get(id: string): Run & { log: LoggedEvent[] } {
      const head = loadHead(db, id);
      if (!head) return fail('NOT_FOUND', 'run.unknown', { id });
      const events = loadEvents(db, id);
      const state = foldRun(id, head.plan, events);
      return { ...viewRun(head, state, desk.offsetMs()), log: events.map(viewEvent) };
    },

    /**
     * Starts a plan. A real run becomes the alarm's run. A drill only becomes that of a drill's
     * alarm: beside a real alarm it stays a drill and the alarm still waits for its response.
     */
    start(actor: Actor, input: { planId: string; alarmId?: string; drill: boolean }): Run {
      const { planId, drill } = input;
      require(actor, drill ? 'plan.drill' : 'plan.run');
      const plan = plans.find(planId) ?? fail('NOT_FOUND', 'plan.unknown', { planId });
      const alarm =
        input.alarmId === undefined
          ? null
          : (alarms.get(input.alarmId) ?? fail('NOT_FOUND', 'alarm.unknown', { id: input.alarmId }));
      // Nothing real may happen because of an alarm that is only played.
      if (alarm?.drill && !drill) fail('CONFLICT', 'run.drill_alarm');
      const same = desk
        .running()
        .find(
          ({ head }) => alarm && head.alarmId === alarm.id && head.plan.id === planId && head.drill === drill,
        );
      if (same) fail('CONFLICT', 'run.already_running', { runId: same.head.id });

      const now = desk.now();
      const head: RunHead = {
        id: ports.newId(),
        plan,
        drill,
        alarmId: alarm?.id ?? null,
        alarmTitle: alarm?.deviceName ?? null,
        startedAtMs: now.atMs,
      };
      const events = startRun(
        { runId: head.id, plan, drill, alarm: alarm && contextOf(alarm), by: actor.name },
        now,
      );
      write((tx) => {
        desk.begin(tx, head, events, actor);
        if (alarm && (!drill || alarm.drill)) alarms.linkRun(tx, alarm.id, head.id, actor);
        const { version } = plan;
        note(tx, actor, 'run.start', head.id, { planId, version, drill, alarmId: head.alarmId });
      });
      return this.get(head.id);
    },

    doStep(actor: Actor, runId: string, stepId: string, answer?: string, comment?: string): void {
      const params = { stepId, answer: answer ?? null, comment: comment ?? null };
      act(actor, runId, { type: 'do', stepId, by: actor.name, answer, comment }, 'run.step_do', params);
    },
    skipStep(actor: Actor, runId: string, stepId: string, comment: string): void {
      const params = { stepId, comment };
      act(actor, runId, { type: 'skip', stepId, by: actor.name, comment }, 'run.step_skip', params);
    },
    note(actor: Actor, runId: string, text: string): void {
      act(actor, runId, { type: 'note', by: actor.name, text }, 'run.note', { text });
    },
    /** To break off a real response needs `plan.end`; to complete one, or to end a drill, does not. */
    end(actor: Actor, runId: string, outcome: Outcome, comment: string): void {
      const drill = desk.get(runId)?.head.drill ?? false;
      if (outcome === 'cancelled' && !drill) require(actor, 'plan.end');
      const params = { outcome, comment };
      act(actor, runId, { type: 'end', by: actor.name, outcome, comment }, 'run.end', params);
    },
  };
}
