import type { EventsPort, StationPorts } from '#station/ports.ts';

/** Fault that several features report, as the alarm type and the id under which it is raised and cleared. */
interface Fault {
  deviceId: string;
  type: 'video.lost' | 'broadcast.zone_failed';
}

/**
 * Turns what other features notice (camera lost, broadcast zone failed) into events of the station,
 * with the camera's or zone's own id, so that each has one alarm however often it comes and goes.
 * A clear is recorded only for what is known to be raised: a working camera is no news.
 */
export function watchInternalSources(
  { bus, write, log }: Pick<StationPorts, 'bus' | 'write' | 'log'>,
  events: EventsPort,
  isActive: (deviceId: string, type: string) => boolean,
): () => void {
  const record = (fault: Fault, state: 'raise' | 'clear', reason?: string) => {
    if (isActive(fault.deviceId, fault.type) === (state === 'raise')) return;
    try {
      write((tx) => events.record(tx, { ...fault, state, data: reason === undefined ? {} : { reason } }));
    } catch (error) {
      log.error('station event not recorded', { ...fault, state, error: (error as Error).message });
    }
  };
  const camera = (deviceId: string): Fault => ({ deviceId, type: 'video.lost' });
  const zone = (deviceId: string): Fault => ({ deviceId, type: 'broadcast.zone_failed' });
  const stops = [
    bus.on('camera.lost', ({ cameraId, reason }) => record(camera(cameraId), 'raise', reason)),
    bus.on('camera.back', ({ cameraId }) => record(camera(cameraId), 'clear')),
    bus.on('zone.failed', ({ zoneId, reason }) => record(zone(zoneId), 'raise', reason)),
    bus.on('zone.ok', ({ zoneId }) => record(zone(zoneId), 'clear')),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
