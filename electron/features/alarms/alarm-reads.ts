import type { Alarm } from '#contract/alarms.contract.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { toAlarm } from './alarm-row.ts';
import { pageOfAlarms, type AlarmFilter } from './alarms.store.ts';

/** Read query `alarms.page`: alarms, newest first. */
export function readAlarmPage(db: Readable, filter: AlarmFilter): Alarm[] {
  return pageOfAlarms(db, filter).map(toAlarm);
}
