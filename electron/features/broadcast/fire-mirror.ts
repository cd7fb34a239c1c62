import { zonesOfFire } from '#domain/broadcast-fire.ts';
import type { AlarmsPort, StationPorts } from '#station/ports.ts';

/**
 * Follows the fire controller: which zones it has, by the confirmed fires among the open alarms. Calls `hold` with the
 * complete set at the start and whenever it changes.
 * @returns a function that ends the following
 */
export function mirrorFire(
  { bus, site }: Pick<StationPorts, 'bus' | 'site'>,
  alarms: Pick<AlarmsPort, 'open'>,
  hold: (zoneIds: string[]) => void,
): () => void {
  let known = '';
  const look = () => {
    const places = { chain: (placeId: string) => site.placeAndAbove(placeId) };
    const zoneIds = zonesOfFire(alarms.open(), site.current().broadcastZones, places).sort();
    if (zoneIds.join('\n') === known) return;
    known = zoneIds.join('\n');
    hold(zoneIds);
  };
  const ends = [
    bus.on('alarm.changed', (alarm) => {
      if (alarm.category === 'fire') look();
    }),
    bus.on('site.changed', look),
  ];
  look();
  return () => ends.forEach((end) => end());
}
