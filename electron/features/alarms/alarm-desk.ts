import type { Alarm } from '#contract/alarms.contract.ts';
import type { AlarmCondition, AlarmLogItem } from '#domain/alarm-condition.ts';
import { isOpen } from '#domain/alarm-condition.ts';
import { alarmTypeOf } from '#domain/alarm-types.ts';
import type { StationPorts, Tx } from '#station/ports.ts';
import { toAlarm, type StoredAlarm } from './alarm-row.ts';
import { appendLog } from './alarm-log.store.ts';
import { openAlarms, saveAlarm } from './alarms.store.ts';
import { surroundingsOf } from './surroundings.ts';

export interface DeskDeps {
  /** Plans for an alarm, best first. */
  offersFor(alarm: Pick<Alarm, 'type' | 'priority' | 'placeId'>): string[];
}

/** Writes changed alarms and shows them: the database first, memory and bus once it is on disk. */
export function createAlarmDesk(
  { db, bus, site, liveCollection }: Pick<StationPorts, 'db' | 'bus' | 'site' | 'liveCollection'>,
  { offersFor }: DeskDeps,
) {
  const live = liveCollection<Alarm>();
  live.upsert(...openAlarms(db).map(toAlarm));

  /** Alarms changed in a transaction: a thousand changes of one commit are one delta. */
  const pending = new WeakMap<Tx, Map<string, Alarm>>();
  const show = (tx: Tx, alarm: Alarm) => {
    const known = pending.get(tx);
    if (known) {
      known.set(alarm.id, alarm);
      return;
    }
    const changed = new Map([[alarm.id, alarm]]);
    pending.set(tx, changed);
    tx.afterCommit(() => {
      pending.delete(tx);
      const all = [...changed.values()];
      const closed = all.filter(({ closedAtMs }) => closedAtMs !== null).map(({ id }) => id);
      live.change(
        all.filter(({ closedAtMs }) => closedAtMs === null),
        closed.filter((id) => live.get(id) !== undefined),
      );
      for (const one of all) bus.emit('alarm.changed', one);
    });
  };

  return {
    live,
    /** Saves a new state with its lines of the handling record. */
    save(
      tx: Tx,
      before: StoredAlarm | null,
      condition: AlarmCondition,
      log: readonly AlarmLogItem[],
    ): StoredAlarm {
      let surroundings = before?.surroundings ?? { ...surroundingsOf(site, condition.deviceId), planIds: [] };
      if (isOpen(condition) && condition.priority !== before?.condition.priority) {
        const { type, priority } = condition;
        surroundings = {
          ...surroundings,
          planIds: offersFor({ type, priority, placeId: surroundings.placeId }),
        };
      }
      const category = before?.category ?? alarmTypeOf(condition.type).category;
      const stored: StoredAlarm = { condition, category, surroundings };
      saveAlarm(tx.db, before, stored);
      appendLog(tx.db, condition.id, log);
      show(tx, toAlarm(stored));
      return stored;
    },
  };
}
