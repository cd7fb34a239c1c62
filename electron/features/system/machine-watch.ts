import { statfs } from 'node:fs/promises';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { EventsPort, StationPorts } from '#station/ports.ts';

const EVERY_MS = 15_000;
/** Less free than this is an alarm: an hour of the worst flood that was measured (1000 events a second) needs about 1.5 GB. */
const LOW_BYTES = 2_000_000_000;
/** Back to rest only above this, so that one file does not make it chatter. */
const ENOUGH_BYTES = 2_500_000_000;
const JUMP_MS = 5_000;
const DISK_ALARM = 'system.disk';

/**
 * Watches the machine itself: the disk's room (an alarm before records are lost) and the wall clock
 * (a jump is recorded; timers do not follow it).
 * @param open open alarms, so that a condition is raised and cleared once, over restarts too
 */
export function watchMachine(
  { clock, health, write, log, paths }: Pick<StationPorts, 'clock' | 'health' | 'write' | 'log' | 'paths'>,
  events: EventsPort,
  open: () => Pick<Alarm, 'type' | 'active'>[],
): () => void {
  let offsetMs = clock.nowMs() - clock.monotonicMs();
  let stopped = false;
  const record = (type: string, state: 'raise' | 'clear' | 'info', data: Record<string, number>) => {
    try {
      write((tx) => events.record(tx, { deviceId: 'station', type, state, data }));
    } catch (error) {
      log.error('state of the machine not recorded', { type, error: (error as Error).message });
    }
  };
  const look = async () => {
    const nowOffsetMs = clock.nowMs() - clock.monotonicMs();
    const byMs = Math.round(nowOffsetMs - offsetMs);
    offsetMs = nowOffsetMs;
    if (Math.abs(byMs) > JUMP_MS) {
      record('system.clock_jump', 'info', { byMs });
      health.set('clock', 'warn', 'jumped', { byMs });
    }
    const { bavail, bsize } = await statfs(paths.data);
    if (stopped) return;
    const freeBytes = bavail * bsize;
    const raised = open().some((alarm) => alarm.type === DISK_ALARM && alarm.active);
    const low = freeBytes < (raised ? ENOUGH_BYTES : LOW_BYTES);
    // whole hundreds of megabytes: the foot bar is not a gauge
    health.set('disk', low ? 'bad' : 'ok', low ? 'low' : 'ok', {
      freeBytes: Math.floor(freeBytes / 1e8) * 1e8,
    });
    if (low !== raised) record(DISK_ALARM, low ? 'raise' : 'clear', { freeBytes });
  };
  const run = () =>
    void look().catch((error: Error) => log.warn('disk could not be asked', { error: error.message }));
  health.set('clock', 'ok', 'ok');
  run();
  const stop = clock.every(EVERY_MS, run);
  return () => {
    stopped = true;
    stop();
  };
}
