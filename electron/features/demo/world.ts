import type { Scalar } from '#contract/park-messages.ts';
import type { Device } from '#contract/site.ts';
import { hourOfDay, sunshine } from './day.ts';
import { quietValue } from './curves.ts';

type Values = Record<string, Scalar>;

/** What every device would say if asked now: curves, switches that people or commands turned, and what a scenario does. */
export interface World {
  /** Values of the device's number points. */
  numbers(device: Device): Values;
  /** Values of its boolean and state points. */
  states(device: Device): Values;
  /** Turns a switch (a door, an armed zone, a lamp). */
  set(deviceId: string, key: string, value: Scalar): void;
  /** Adds to a counter that starts at zero with the program. */
  count(deviceId: string, key: string, by?: number): void;
  /** A scenario's value instead of the curve or switch, until `release`. */
  force(deviceId: string, key: string, value: Scalar): void;
  /** Ends all that was forced for a device. */
  release(deviceId: string): void;
}

const USUAL: Readonly<Record<string, Scalar>> = {
  alarm: false,
  fault: false,
  isolated: false,
  tamper: false,
  open: false,
  locked: true,
  calling: false,
  doorOpen: false,
  flow: false,
  trapped: false,
  leak: false,
  playing: false,
  running: true,
  mainPower: 'ok',
  backupPower: 'ok',
  direction: 'idle',
};
const MODES: Partial<Record<Device['kind'], string>> = {
  fire_controller: 'auto',
  turnstile: 'normal',
  hvac: 'cooling',
  ups: 'mains',
  other: 'idle',
};
/** Devices that run only when something happens. */
const RESTING = new Set(['gn-01', 'pm-01', 'pm-02', 'pm-03']);

export function createWorld(options: { now(): number; timezone: string; seed: number }): World {
  const { now, timezone, seed } = options;
  const switches = new Map<string, Scalar>();
  const forced = new Map<string, Map<string, Scalar>>();
  const at = (deviceId: string, key: string) => `${deviceId} ${key}`;

  const usual = (device: Device, key: string): Scalar => {
    if (key === 'armed') return true;
    if (key === 'mode') return MODES[device.kind] ?? 'normal';
    if (key === 'on') return sunshine(hourOfDay(now(), timezone)) < 0.05;
    if (key === 'running' && RESTING.has(device.id)) return false;
    return USUAL[key] ?? false;
  };
  const value = (device: Device, point: Device['points'][number]): Scalar => {
    const pinned = forced.get(device.id)?.get(point.key);
    if (pinned !== undefined) return pinned;
    const turned = switches.get(at(device.id, point.key));
    if (turned !== undefined) return turned;
    if (point.kind === 'number') return quietValue(device, point, now(), timezone, seed);
    return usual(device, point.key);
  };
  const collect = (device: Device, isNumber: boolean): Values =>
    Object.fromEntries(
      device.points
        .filter(({ kind }) => (kind === 'number') === isNumber)
        .map((point) => [point.key, value(device, point)]),
    );

  return {
    numbers: (device) => collect(device, true),
    states: (device) => collect(device, false),
    set: (deviceId, key, next) => void switches.set(at(deviceId, key), next),
    count(deviceId, key, by = 1) {
      const before = switches.get(at(deviceId, key));
      switches.set(at(deviceId, key), (typeof before === 'number' ? before : 0) + by);
    },
    force(deviceId, key, next) {
      const pins = forced.get(deviceId) ?? new Map<string, Scalar>();
      forced.set(deviceId, pins.set(key, next));
    },
    release: (deviceId) => void forced.delete(deviceId),
  };
}
