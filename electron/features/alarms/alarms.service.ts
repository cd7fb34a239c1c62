import type { Alarm, AlarmLogEntry } from '#contract/alarms.contract.ts';
import type { AlarmKey } from '#domain/alarm-condition.ts';
import * as handling from '#domain/alarm-handling.ts';
import { clear, raise } from '#domain/alarm.ts';
import { priorityOf } from '#domain/alarm-types.ts';
import { may } from '#domain/permissions.ts';
import { fail } from '#station/errors.ts';
import type { Actor, AlarmsPort, StationPorts, StoredEvent, Tx } from '#station/ports.ts';
import { createAlarmDesk, type DeskDeps } from './alarm-desk.ts';
import { figuresOf, logOf, verifyAlarmLog, type AlarmFigures } from './alarm-log.store.ts';
import { toAlarm, type StoredAlarm } from './alarm-row.ts';
import { lastSeal, sealAlarmLog } from './alarm-seal.ts';
import { addOccurrence, findAlarm, findTrack, saveTrack } from './alarms.store.ts';
import { startOfDayMs } from '#domain/day-start.ts';

export type AlarmsServicePorts = Pick<
  StationPorts,
  | 'db'
  | 'log'
  | 'bus'
  | 'site'
  | 'liveCollection'
  | 'settings'
  | 'audit'
  | 'write'
  | 'clock'
  | 'newId'
  | 'readPool'
>;
export type AlarmsDeps = DeskDeps;
const SEAL_EVERY_MS = 600_000;
export type Alarms = ReturnType<typeof createAlarms>;
export type AlarmPageInput = {
  cursor?: string;
  limit: number;
  fromMs?: number;
  toMs?: number;
  deviceId?: string;
  priority?: number;
  open?: boolean;
};

/** Conditions that ask for a response: what devices do to them, and what operators do. See README.md. */
export function createAlarms(ports: AlarmsServicePorts, deps: AlarmsDeps) {
  const { db, site, settings, audit, write, clock, newId, readPool } = ports;
  settings.define({ key: 'alarm.backlogMinutes', kind: 'number', defaultValue: 10, min: 1, max: 10_080 });
  const desk = createAlarmDesk(ports, deps);

  const apply = (tx: Tx, event: StoredEvent): void => {
    if (event.state === 'info') return;
    const key: AlarmKey = { deviceId: event.deviceId, type: event.type, drill: event.drill };
    const { alarm: before, lastClear } = findTrack(tx.db, key);
    const track = { alarm: before?.condition ?? null, lastClear };
    const { occurredAtMs, receivedAtMs, bootId, seq, data } = event;
    const stamp = { occurredAtMs, receivedAtMs, bootId, seq };
    const priority = priorityOf(event.type, event.severity, site.current().alarmPriorities);
    const result =
      event.state === 'raise'
        ? raise(track, key, { stamp, priority, data }, newId(), {
            backlogMs: settings.number('alarm.backlogMinutes') * 60_000,
          })
        : clear(track, stamp);
    const after = result.track.alarm;
    if (after !== null && (after !== track.alarm || result.log.length > 0)) {
      const known = before?.condition.id === after.id ? before : null;
      desk.save(tx, known, after, result.log);
      addOccurrence(tx.db, after.id, event.rowId);
    }
    if (after?.id !== before?.condition.id || result.track.lastClear !== lastClear)
      saveTrack(tx.db, key, after?.id ?? null, result.track.lastClear);
  };

  const stops: (() => void)[] = [];
  const seal = () => {
    try {
      sealAlarmLog(ports);
    } catch (error) {
      ports.log.error('handling records could not be sealed', { error: (error as Error).message });
    }
  };

  const stored = (id: string): StoredAlarm => findAlarm(db, id) ?? fail('NOT_FOUND', 'alarm.unknown', { id });
  /** Applies an operator's step; a refusal leaves nothing behind. */
  const handle = (
    tx: Tx,
    id: string,
    step: (alarm: StoredAlarm['condition']) => handling.Handled,
  ): boolean => {
    const before = stored(id);
    const result = step(before.condition);
    if (!result.ok) return fail('CONFLICT', result.refusal, { id });
    if (result.log.length === 0) return false;
    desk.save(tx, before, result.alarm, result.log);
    return true;
  };

  const port: AlarmsPort = {
    apply,
    get: (id) => {
      const alarm = desk.live.get(id);
      if (alarm) return alarm;
      const found = findAlarm(db, id);
      return found && toAlarm(found);
    },
    open: () => desk.live.values(),
    linkRun(tx, alarmId, runId, actor) {
      handle(tx, alarmId, (alarm) => handling.startRun(alarm, actor.name, tx.nowMs, runId));
    },
  };

  return {
    port,
    live: desk.live,
    verify: () => verifyAlarmLog(db, lastSeal(db)),
    start: () => void stops.push(clock.every(SEAL_EVERY_MS, seal)),
    stop(): void {
      for (const stop of stops.splice(0)) stop();
      seal();
    },
    get(id: string): Alarm & { log: AlarmLogEntry[] } {
      return { ...toAlarm(stored(id)), log: logOf(db, id) };
    },
    async list({
      cursor,
      ...filter
    }: AlarmPageInput): Promise<{ items: Alarm[]; nextCursor: string | null }> {
      const items = await readPool.run<Alarm[]>('alarms.page', { ...filter, before: cursor ?? null });
      return { items, nextCursor: items.length === filter.limit ? (items.at(-1)?.id ?? null) : null };
    },
    figures(): AlarmFigures {
      const nowMs = clock.nowMs();
      return figuresOf(db, nowMs, startOfDayMs(nowMs, site.current().site.timezone));
    },

    /** Acknowledges those that are open and not yet acknowledged; answers how many. One transaction. */
    acknowledge(actor: Actor, ids: readonly string[]): number {
      return write((tx) => {
        const done = ids.filter((id) => {
          const { condition } = stored(id);
          // Closed by somebody else a moment ago: there is nothing left to do, and the others must not wait.
          if (condition.workflow === 'closed') return false;
          return handle(tx, id, (alarm) => handling.acknowledge(alarm, actor.name, tx.nowMs));
        });
        for (const id of done) audit.append(tx, actor, 'alarm.acknowledge', id);
        return done.length;
      });
    },
    comment(actor: Actor, id: string, text: string): void {
      write((tx) => {
        handle(tx, id, (alarm) => handling.comment(alarm, actor.name, tx.nowMs, text));
        audit.append(tx, actor, 'alarm.comment', id, { text });
      });
    },
    setWorkflow(actor: Actor, id: string, workflow: 'in_progress' | 'on_hold' | 'resolved'): void {
      write((tx) => {
        if (handle(tx, id, (alarm) => handling.setWorkflow(alarm, actor.name, tx.nowMs, workflow)))
          audit.append(tx, actor, 'alarm.workflow', id, { workflow });
      });
    },
    /** Closes; what is still active takes the right to force and a reason. */
    close(actor: Actor, id: string, closing: Omit<handling.Closing, 'mayForce'>): void {
      const mayForce = actor.role !== null && may(actor.role, 'alarm.force');
      write((tx) => {
        const { active } = stored(id).condition;
        handle(tx, id, (alarm) => handling.close(alarm, actor.name, tx.nowMs, { ...closing, mayForce }));
        audit.append(tx, actor, 'alarm.close', id, { ...closing, forced: active });
      });
    },
  };
}
