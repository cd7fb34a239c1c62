import { STATION_ACTOR, type StationPorts } from '#station/ports.ts';
import { pruneTelemetry } from './telemetry.store.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** One slice is one short write; between two of them alarms go first. */
const SLICE_ROWS = 5_000;
const BETWEEN_SLICES_MS = 250;

/**
 * Deletes telemetry past its time, in slices. Telemetry is measurement, not evidence: events, alarms
 * and handling records have clocks of their own.
 */
export function createTelemetryRetention({
  clock,
  log,
  settings,
  write,
  audit,
}: Pick<StationPorts, 'clock' | 'log' | 'settings' | 'write' | 'audit'>) {
  settings.define({ key: 'device.telemetryKeepDays', kind: 'number', defaultValue: 90, min: 1, max: 3650 });
  const stops: (() => void)[] = [];
  let cancelSlice: (() => void) | null = null;
  let deleted = 0;

  const slice = () => {
    cancelSlice = null;
    const keepDays = settings.number('device.telemetryKeepDays');
    try {
      const isMore = write((tx) => {
        const beforeMs = tx.nowMs - keepDays * DAY_MS;
        const rows = pruneTelemetry(tx.db, beforeMs, SLICE_ROWS);
        deleted += rows;
        if (rows === SLICE_ROWS) return true;
        if (deleted > 0)
          audit.append(tx, STATION_ACTOR, 'telemetry.prune', null, { rows: deleted, beforeMs, keepDays });
        deleted = 0;
        return false;
      });
      if (isMore) cancelSlice = clock.after(BETWEEN_SLICES_MS, slice);
    } catch (error) {
      log.error('telemetry could not be pruned', { error: (error as Error).message });
    }
  };
  return {
    start: () => void stops.push(clock.every(EVERY_MS, () => cancelSlice ?? slice())),
    stop(): void {
      for (const stop of stops.splice(0)) stop();
      cancelSlice?.();
    },
  };
}
