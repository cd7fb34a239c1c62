import type { BrokerAddress } from '#native/mqtt/address.ts';
import type { AlarmsPort, StationPorts } from '#station/ports.ts';
import { commandsOf } from './device-commands.ts';
import { MISHAPS, startMishaps } from './mishaps.ts';
import { createPark, type Park } from './park.ts';
import { openParkLink } from './park-link.ts';
import { random } from './random.ts';
import { startReadings } from './readings.ts';
import { raisedBy } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { openSpeakers } from './speakers.ts';
import { startTraffic } from './traffic.ts';
import { startPatrols } from './walking.ts';
import { createWorld } from './world.ts';

/** Everything of the demo park that talks over MQTT. */
export interface Life {
  readonly park: Park;
  stop(): Promise<void>;
}

const TIDY_AFTER_MS = 3000;

/** Connects the devices to the broker and lets them live. */
export async function startLife(options: {
  ports: Pick<StationPorts, 'clock' | 'log' | 'site' | 'settings'>;
  address: BrokerAddress;
  alarms: Pick<AlarmsPort, 'open'>;
  seed: number;
}): Promise<Life> {
  const { ports, address, alarms, seed } = options;
  const { clock, log, settings } = ports;
  const site = ports.site.current();
  const { timezone } = site.site;
  const now = () => clock.nowMs();
  const chance = random(seed);
  const setting = (key: string) => () => settings.number(key);
  const world = createWorld({ now, timezone, seed });
  const link = openParkLink({
    address,
    siteId: site.site.id,
    devices: site.devices,
    ports,
    onCommand: (deviceId, command) => commands.take(deviceId, command),
  });
  const park = createPark({ devices: site.devices, world, now, send: link.send });
  const commands = commandsOf(park, clock);
  const left = leftOver(alarms);

  const stops: (() => void)[] = [];
  let isStopped = false;
  const begin = () => {
    if (isStopped) return;
    stops.push(
      clock.after(TIDY_AFTER_MS, () => left.forEach((one) => park.event({ ...one, state: 'clear' }))),
      startReadings(park, clock, () => settings.number('demo.readingSeconds') * 1000),
      startTraffic(park, clock, chance, { timezone, pace: setting('demo.trafficPace') }),
      startPatrols(park, clock, chance, site.patrolRoutes, () => 1),
      startMishaps(park, clock, chance, setting('demo.mishapsPerHour')),
    );
  };
  // not awaited: a broker that refuses the devices must not hold up whoever wants to stop them
  void link.ready.then(begin);
  const closeSpeakers = await openSpeakers(park, site.broadcastZones, clock, log);
  return {
    park,
    async stop() {
      isStopped = true;
      for (const stop of stops) stop();
      commands.stop();
      await Promise.all([closeSpeakers(), link.stop()]);
    },
  };
}

/** Alarms that an earlier run's script left active; that script is not going on any more, so nobody else would clear them. */
function leftOver(alarms: Pick<AlarmsPort, 'open'>): { deviceId: string; type: string }[] {
  const own = [...MISHAPS, ...SCENARIOS.flatMap(raisedBy)].map(({ deviceId, type }) => `${deviceId} ${type}`);
  return alarms
    .open()
    .filter(({ active, drill, deviceId, type }) => active && !drill && own.includes(`${deviceId} ${type}`))
    .map(({ deviceId, type }) => ({ deviceId, type }));
}
