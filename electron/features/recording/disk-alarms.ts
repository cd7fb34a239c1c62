import type { JsonObject } from '#contract/base.ts';
import type { EventsPort, StationPorts } from '#station/ports.ts';
import type { Volume } from './volumes.ts';

const STATION = 'station';
export const DISK_ALARMS = ['recording.disk_low', 'recording.disk_missing', 'recording.stopped'] as const;
type DiskAlarm = (typeof DISK_ALARMS)[number];

/**
 * Alarms about the disks: while there is still room (an hour of it) and nothing more may be deleted; when a disk is not
 * there or another one is in its place; when recording has stopped. Each is raised once and cleared once, over restarts too.
 */
export function diskAlarms(
  { write, log }: Pick<StationPorts, 'write' | 'log'>,
  events: EventsPort,
  isActive: (deviceId: string, type: string) => boolean,
) {
  function set(type: DiskAlarm, is: boolean, data: JsonObject): void {
    if (isActive(STATION, type) === is) return;
    try {
      write((tx) => events.record(tx, { deviceId: STATION, type, state: is ? 'raise' : 'clear', data }));
    } catch (error) {
      log.error('state of the recording disks not recorded', { type, error: (error as Error).message });
    }
  }
  return {
    /** @param stopped streams that are to be recorded and cannot be written */
    look(volumes: readonly Volume[], stopped: number): void {
      const low = volumes.filter(({ state }) => state === 'low' || state === 'full');
      const isShort = low.length > 0 && !volumes.some(({ state }) => state === 'ok');
      const away = volumes.filter(
        ({ state }) => state === 'missing' || state === 'swapped' || state === 'error',
      );
      const paths = (list: readonly Volume[]) => list.map(({ row }) => row.path);
      set('recording.disk_low', isShort, { paths: paths(low) });
      set('recording.disk_missing', away.length > 0, {
        paths: paths(away),
        states: away.map(({ state }) => state),
      });
      set('recording.stopped', stopped > 0, { streams: stopped });
    },
  };
}
