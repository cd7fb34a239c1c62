import type { Device } from '#contract/site.ts';
import { activity, hourOfDay, sunshine } from './day.ts';
import { chance, drift } from './random.ts';

/**
 * What the numbers of a quiet day look like. Pure: device, point and time give the value, so history, restarts and
 * tests agree. Figures are plausible ones for a park of this size, not anybody's measurements.
 */

interface Moment {
  /** 0..24. */
  hour: number;
  /** 0..1. */
  busy: number;
  sun: number;
  /** A share of this device's own, 0..1, the same for ever. */
  own: number;
  /** Smooth noise from -1 to 1 over some minutes. */
  wobble(minutes: number): number;
  /** Hours since 2026 began: counters grow with it. */
  hours: number;
  unit: string | undefined;
}
type Curve = (m: Moment) => number;

const COUNTING_SINCE_MS = Date.UTC(2026, 0, 1);

/** Mean power of a meter by its device, kW. */
const meanPower = (m: Moment): number => 40 + 160 * m.own;
const powerNow: Curve = (m) => meanPower(m) * (0.45 + 0.75 * m.busy) + 4 * m.wobble(9);
const temperatureOutside: Curve = (m) =>
  23.5 + 4.5 * Math.cos(((m.hour - 15) / 24) * 2 * Math.PI) + 0.8 * m.wobble(90);

const CURVES: Partial<Record<Device['kind'], Readonly<Record<string, Curve>>>> = {
  fire_controller: { fires: () => 0, faults: () => 0, isolated: () => 1 },
  smoke: { obscuration: (m) => 0.12 + 0.1 * m.own + 0.05 * m.wobble(40) },
  heat: { temperature: (m) => 25 + 3 * m.busy + 0.8 * m.wobble(60) },
  hydrant: { pressure: (m) => 0.55 + 0.05 * m.own + 0.012 * m.wobble(25) },
  sprinkler: { pressure: (m) => 0.45 + 0.05 * m.own + 0.01 * m.wobble(25) },
  gas: { concentration: (m) => (m.unit === 'ppm' ? 1.6 + 0.8 * m.wobble(30) : 0.4 + 0.4 * Math.max(0, m.wobble(45))) },
  fence_vibration: { amplitude: (m) => 14 + 6 * m.own + 6 * m.wobble(4) },
  fence_beam: { signal: (m) => 88 + 4 * m.own + 3 * m.wobble(50) },
  panic_button: { battery: (m) => 72 + 24 * m.own },
  elevator: { floor: (m) => Math.round(1 + Math.abs(m.wobble(1.5)) * (1 + 4 * m.busy)) },
  pump: {
    pressure: (m) => 0.52 + 0.12 * m.own + 0.02 * m.wobble(12),
    current: (m) => (m.own > 0.5 ? 18 + 6 * m.busy + m.wobble(5) : 0),
  },
  hvac: { supply: (m) => 15.5 + 2 * m.own + 0.6 * m.wobble(15), return: (m) => 23.5 + 1.5 * m.busy + 0.5 * m.wobble(30) },
  light: { power: (m) => (m.sun < 0.05 ? 3 + 5 * m.own : 0) },
  energy_meter: {
    power: powerNow,
    energy: (m) => m.hours * meanPower(m),
    voltage: (m) => 228 + 3 * m.wobble(20) - 3 * m.busy,
    factor: (m) => 0.92 + 0.03 * m.own + 0.01 * m.wobble(15),
  },
  water_meter: { flow: (m) => Math.max(0, (1 + 7 * m.own) * m.busy + 0.3 * m.wobble(6)), total: (m) => m.hours * (0.5 + 3 * m.own) },
  transformer: {
    winding: (m) => 58 + 22 * m.busy + 2 * m.wobble(45),
    oil: (m) => 44 + 14 * m.busy + 1.5 * m.wobble(60),
    load: (m) => 24 + 34 * m.busy + 3 * m.wobble(12),
  },
  ups: { load: (m) => 38 + 10 * m.own + 2 * m.wobble(20), battery: () => 100, temperature: (m) => 24.5 + 0.8 * m.wobble(80) },
  generator: { fuel: (m) => 78 + 10 * m.own, battery: (m) => 26.6 + 0.2 * m.wobble(90) },
  pv: {
    power: (m) => 118 * m.sun * (0.82 + 0.18 * m.wobble(8)),
    energy: (m) => m.hours * 21,
    temperature: (m) => temperatureOutside(m) + 26 * m.sun,
  },
  environment: {
    temperature: temperatureOutside,
    humidity: (m) => 72 - 14 * m.sun + 5 * m.wobble(80),
    pm25: (m) => 32 + 12 * m.wobble(120) + 6 * m.busy,
    noise: (m) => 43 + 12 * m.busy + 2 * m.wobble(3),
    wind: (m) => Math.max(0.2, 2.1 + 1.4 * m.wobble(18)),
    windDirection: (m) => (130 + 40 * m.wobble(70) + 360) % 360,
    rain: () => 0,
  },
  water_level: { level: (m) => 2.1 + 0.4 * m.own + 0.05 * m.wobble(100) },
  parking: { used: (m) => Math.round(PARKING_SPACES * (0.08 + 0.8 * m.busy)), free: (m) => PARKING_SPACES - Math.round(PARKING_SPACES * (0.08 + 0.8 * m.busy)) },
  speaker: { volume: () => 70 },
  patrol_terminal: { battery: (m) => 96 - ((m.hours * 4.5 + 40 * m.own) % 62), signal: (m) => -76 + 9 * m.wobble(5) },
  gateway: { children: (m) => Math.round(40 + 20 * m.own), cpu: (m) => 14 + 8 * m.own + 4 * m.wobble(3), uptime: (m) => Math.round(m.hours % 2000) },
  server_room: { temperature: (m) => 22.6 + 1.2 * m.own + 0.4 * m.wobble(25), humidity: (m) => 48 + 4 * m.wobble(60) },
  other: {
    ph: (m) => 7.2 + 0.15 * m.wobble(60),
    cod: (m) => 90 + 25 * m.busy + 8 * m.wobble(50),
    flow: (m) => Math.max(0, 5 * m.busy + 0.6 * m.wobble(10)),
    power: (m) => (m.busy > 0.3 && m.wobble(70) > 0 ? 28 + 4 * m.wobble(5) : 0),
  },
}; // prettier-ignore

const PARKING_SPACES = 120;

/** A counter or measurement to as many digits as its instrument would show. */
function rounded(value: number): number {
  const digits = Math.abs(value) >= 1000 ? 1 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits));
}

/**
 * Value of a number point at a time. A point that no curve knows (somebody edited the site) stays in the middle of
 * its limits, or near zero.
 */
export function quietValue(
  device: Pick<Device, 'id' | 'kind'>,
  point: Device['points'][number],
  atMs: number,
  timezone: string,
  seed = 0,
): number {
  const key = `${seed} ${device.id} ${point.key}`;
  const hour = hourOfDay(atMs, timezone);
  const moment: Moment = {
    hour,
    busy: activity(hour),
    sun: sunshine(hour),
    own: chance(seed, device.id),
    wobble: (minutes) => drift(key, atMs, minutes * 60_000),
    hours: Math.max(0, (atMs - COUNTING_SINCE_MS) / 3_600_000),
    unit: point.unit,
  };
  const curve = CURVES[device.kind]?.[point.key];
  if (curve) return rounded(curve(moment));
  const { low, high } = point;
  const middle = low !== undefined && high !== undefined ? (low + high) / 2 : (high ?? low ?? 1) * 0.5;
  return rounded(middle * (1 + 0.02 * moment.wobble(20)));
}
