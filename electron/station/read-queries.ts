import { readAlarmPage } from '#features/alarms/alarm-reads.ts';
import { readHistory } from '#features/devices/telemetry.store.ts';
import { readRunPage } from '#features/plans/run-reads.ts';
import { readDays, readTimeline, readVolumeUse } from '#features/recording/timeline.reads.ts';
import { indexRecords } from '#features/records/indexer.ts';
import { searchRecords } from '#features/records/search.ts';
import type { ReadQuery } from '#native/sqlite/read-worker.ts';

/** Heavy reads that run in the read pool, by name: one line for each feature that has any. */
export const readQueries: Readonly<Record<string, ReadQuery>> = {
  'alarms.page': readAlarmPage,
  'devices.history': readHistory,
  'recording.days': readDays,
  'recording.timeline': readTimeline,
  'recording.volumeUse': readVolumeUse,
  'records.index': indexRecords,
  'records.search': searchRecords,
  'runs.page': readRunPage,
};
