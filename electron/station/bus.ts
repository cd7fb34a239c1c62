import type { Alarm } from '#contract/alarms.contract.ts';
import type { Broadcast } from '#contract/broadcast.contract.ts';
import type { Run } from '#contract/plans.contract.ts';
import type { Scalar } from '#contract/park-messages.ts';
import type { StoredEvent } from './ports.ts';
import type { Log } from './log.ts';

/** What features tell each other, always after it is on disk. One line each. */
export interface BusEvents {
  /** Something a device (or the station itself) said. */
  'park.event': StoredEvent;
  /** Telemetry or reported state. */
  'park.values': {
    deviceId: string;
    leaf: 'telemetry' | 'state';
    values: Record<string, Scalar>;
    atMs: number;
  };
  'device.availability': { deviceId: string; availability: 'online' | 'offline'; atMs: number };
  'alarm.changed': Alarm;
  'run.changed': Run;
  'broadcast.changed': Broadcast;
  'camera.lost': { cameraId: string; reason: string; atMs: number };
  'camera.back': { cameraId: string; atMs: number };
  'zone.failed': { zoneId: string; reason: string; atMs: number };
  'zone.ok': { zoneId: string; atMs: number };
  'site.changed': { revision: number };
  'setting.changed': { key: string };
}
export interface Bus {
  on<K extends keyof BusEvents>(name: K, listener: (event: BusEvents[K]) => void): () => void;
  emit<K extends keyof BusEvents>(name: K, event: BusEvents[K]): void;
}

/** In-process, synchronous, in order. A listener that throws is logged and delays nobody. */
export function createBus(log: Log): Bus {
  const listeners = new Map<string, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener as (event: never) => void);
      return () => set.delete(listener as (event: never) => void);
    },
    emit(name, event) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          listener(event as never);
        } catch (error) {
          log.error('bus listener failed', { event: name, error: String((error as Error).stack ?? error) });
        }
      }
    },
  };
}
