import type { StationPorts } from './ports.ts';

/**
 * Says in the foot bar that logins were sealed with another key than the station has: a back-up that was put in place on
 * another machine, or `station.key` lost. The station works without them (alarms come in, cameras refuse) until the key is
 * put back, or each login is entered again.
 * @param camerasWithout how many cameras' logins cannot be opened
 */
export function watchSealed(
  { bus, health, log, settings }: Pick<StationPorts, 'bus' | 'health' | 'log' | 'settings'>,
  camerasWithout: () => number,
): () => void {
  const look = () => {
    const params = { cameras: camerasWithout(), settings: settings.unreadable() };
    const isWhole = params.cameras + params.settings === 0;
    health.set('key', isWhole ? 'ok' : 'bad', isWhole ? 'ok' : 'other_key', params);
  };
  const found = { cameras: camerasWithout(), settings: settings.unreadable() };
  // a key does not change while the station runs: where all is well there is nothing to look at again
  if (found.cameras + found.settings === 0) return () => undefined;
  log.error('logins sealed with another station.key', found);
  look();
  const stops = [bus.on('site.changed', look), bus.on('setting.changed', look)];
  return () => {
    for (const stop of stops) stop();
  };
}
