import type { Device } from '#contract/site.ts';
import type { Clock } from '#station/clock.ts';
import { hourOfDay, rush } from './day.ts';
import type { Park } from './park.ts';
import type { Random } from './random.ts';

/** People and vehicles at the busiest minute of the day. */
const PEOPLE_A_MINUTE = 8;
const VEHICLES_A_MINUTE = 3;
const STEP_MS = 2000;
const MINUTE_MS = 60_000;

const COMPANIES = ['管委会', '数据中心', '五号厂房', '物业', '访客'];
/** "演" is no province: these plates exist on no vehicle. */
const plateOf = (random: Random): string => `演A·${String(random.between(0, 99_999)).padStart(5, '0')}`;
const cardOf = (random: Random): string => `C${String(random.between(1, 2400)).padStart(5, '0')}`;

/** Passes at turnstiles and barriers, more at the rush hours. @returns a function that ends it */
export function startTraffic(
  park: Park,
  clock: Clock,
  random: Random,
  options: { timezone: string; pace(): number },
): () => void {
  const of = (kind: Device['kind']) => park.devices().filter((device) => device.kind === kind);
  const [turnstiles, barriers] = [of('turnstile'), of('barrier')];
  const happens = (perMinute: number): boolean =>
    random.next() < 1 - Math.exp((-perMinute * options.pace() * STEP_MS) / MINUTE_MS);
  const inward = (hour: number): boolean => random.next() < (hour < 12.5 ? 0.75 : 0.3);

  const pass = (device: Device, hour: number) => {
    const isIn = inward(hour);
    park.world.count(device.id, isIn ? 'passesIn' : 'passesOut');
    park.event({
      deviceId: device.id,
      type: 'access.pass',
      state: 'info',
      data: { direction: isIn ? 'in' : 'out', card: cardOf(random), unit: random.pick(COMPANIES) },
    });
  };
  const drive = (device: Device, hour: number) => {
    const isIn = inward(hour);
    park.world.count(device.id, isIn ? 'vehiclesIn' : 'vehiclesOut');
    park.event({
      deviceId: device.id,
      type: 'vehicle.pass',
      state: 'info',
      data: { direction: isIn ? 'in' : 'out', plate: plateOf(random), registered: random.next() < 0.85 },
    });
  };
  return clock.every(STEP_MS, () => {
    const hour = hourOfDay(clock.nowMs(), options.timezone);
    const share = rush(hour);
    if (turnstiles.length > 0 && happens(PEOPLE_A_MINUTE * share)) pass(random.pick(turnstiles), hour);
    if (barriers.length > 0 && happens(VEHICLES_A_MINUTE * share)) drive(random.pick(barriers), hour);
  });
}
