import type { JsonObject } from '#contract/base.ts';
import type { Scalar } from '#contract/park-messages.ts';
import type { Clock } from '#station/clock.ts';
import type { Park } from './park.ts';
import type { Random } from './random.ts';

/** Small things that go wrong in any park, and right again after a while. */
interface Mishap {
  deviceId: string;
  type: string;
  /** Seconds until it is over, from and to. */
  lasts: readonly [number, number];
  /** What the device's points show meanwhile. */
  shows?: Readonly<Record<string, Scalar>>;
  data?: JsonObject;
}

export const MISHAPS: readonly Mishap[] = [
  { deviceId: 'dr-b2-archive', type: 'door.held', lasts: [90, 240], shows: { open: true, locked: false }, data: { seconds: 180 } },
  { deviceId: 'dr-b5-dock', type: 'door.held', lasts: [120, 300], shows: { open: true, locked: false }, data: { seconds: 300 } },
  { deviceId: 'ts-e-2', type: 'access.denied', lasts: [15, 40], data: { card: 'C02233', why: 'expired' } },
  { deviceId: 'ts-e-3', type: 'access.denied', lasts: [15, 40], data: { card: 'C00117', why: 'unknown_card' } },
  { deviceId: 'ac-07', type: 'hvac.fault', lasts: [180, 600], shows: { running: false } },
  { deviceId: 'pb-03', type: 'device.battery_low', lasts: [400, 900], shows: { battery: 14 } },
  { deviceId: 'sd-b1-f3-1', type: 'fire.fault', lasts: [120, 400], shows: { fault: true } },
  { deviceId: 'ev-04', type: 'environment.noise', lasts: [60, 200], shows: { noise: 71.4 } },
  { deviceId: 'pk-02', type: 'vehicle.illegal_parking', lasts: [200, 600], data: { plate: '演A·00817' } },
  { deviceId: 'pm-06', type: 'pump.fault', lasts: [150, 500], shows: { fault: true, running: false } },
  { deviceId: 'em-06', type: 'energy.abnormal', lasts: [120, 360], shows: { power: 412.6 } },
  { deviceId: 'el-b2-2', type: 'elevator.fault', lasts: [120, 420], shows: { fault: true } },
]; // prettier-ignore

const FIRST_AFTER_MS = 75_000;
const HOUR_MS = 3_600_000;

/** Raises one of the mishaps now and then, and clears it. @returns a function that ends it and clears what is open */
export function startMishaps(park: Park, clock: Clock, random: Random, perHour: () => number): () => void {
  const open = new Map<Mishap, () => void>();
  const known = MISHAPS.filter(({ deviceId }) => park.device(deviceId));
  let cancelNext: () => void = () => undefined;

  const tell = (deviceId: string) => {
    park.sendNumbers(deviceId);
    park.sendStates(deviceId);
  };
  const over = (mishap: Mishap) => {
    open.delete(mishap);
    park.world.release(mishap.deviceId);
    park.event({ deviceId: mishap.deviceId, type: mishap.type, state: 'clear' });
    tell(mishap.deviceId);
  };
  const happen = () => {
    const free = known.filter((one) => ![...open.keys()].some(({ deviceId }) => deviceId === one.deviceId));
    if (free.length === 0) return;
    const mishap = random.pick(free);
    const { deviceId, type, data, shows = {}, lasts } = mishap;
    for (const [key, value] of Object.entries(shows)) park.world.force(deviceId, key, value);
    tell(deviceId);
    park.event({ deviceId, type, state: 'raise', data });
    const seconds = random.between(...lasts);
    open.set(
      mishap,
      clock.after(seconds * 1000, () => over(mishap)),
    );
  };
  const plan = (afterMs: number) => {
    cancelNext = clock.after(afterMs, () => {
      const rate = perHour();
      if (rate > 0) happen();
      // exponential waits make a Poisson process; without a rate, look again in a minute
      const waitMs = rate > 0 ? (-Math.log(1 - random.next()) * HOUR_MS) / rate : 60_000;
      plan(Math.round(Math.min(HOUR_MS, Math.max(5000, waitMs))));
    });
  };
  plan(FIRST_AFTER_MS);
  return () => {
    cancelNext();
    for (const [mishap, cancel] of [...open]) {
      cancel();
      over(mishap);
    }
  };
}
