import type { Device } from '#contract/site.ts';
import type { Clock } from '#station/clock.ts';
import type { Park } from './park.ts';
import { hashOf } from './random.ts';

/** Meters and weather are read often; a detector on a wall says rarely that it is still there. */
const OFTEN: ReadonlySet<Device['kind']> = new Set([
  'energy_meter',
  'environment',
  'transformer',
  'pv',
  'gas',
  'server_room',
  'ups',
  'water_meter',
  'hvac',
  'parking',
  'gateway',
]);
/** Rarely is this many times as long. Ten minutes at the usual pace: within the site's 15 minutes of silence. */
const RARELY = 10;
/** The first round is quick, so that a park that was just started does not look dead. */
const FIRST_ROUND_MS = 12_000;
const STEP_MS = 1000;

/**
 * Lets every device report in turn: often-read ones each `periodMs`, the others each ten periods, spread evenly.
 * @returns a function that ends it
 */
export function startReadings(park: Park, clock: Clock, periodMs: () => number): () => void {
  const devices = park.devices();
  const startedMs = clock.monotonicMs();
  const due = new Map(
    devices.map((device, i) => [device.id, startedMs + (FIRST_ROUND_MS * (i + 1)) / devices.length]),
  );
  return clock.every(STEP_MS, () => {
    const nowMs = clock.monotonicMs();
    for (const device of devices) {
      const dueMs = due.get(device.id)!;
      if (dueMs > nowMs) continue;
      park.sendNumbers(device.id);
      park.sendStates(device.id);
      const period = periodMs() * (OFTEN.has(device.kind) ? 1 : RARELY);
      const isFirst = dueMs - startedMs <= FIRST_ROUND_MS;
      // after the quick first round each device takes its own place in the period
      const spread = isFirst ? ((hashOf(device.id) % 1000) / 1000) * period : period;
      due.set(device.id, nowMs + Math.max(STEP_MS, spread));
    }
  });
}
