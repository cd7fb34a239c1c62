/** The condition of a perimeter zone (防区), from its detectors and the device that arms it. */

/** What is known of one device; null: it has not said. */
export interface PerimeterDevice {
  id: string;
  availability: 'online' | 'offline' | 'unknown';
  armed: boolean | null;
  alarm: boolean | null;
  tamper: boolean | null;
  fault: boolean | null;
}
export type ZoneCondition = 'disarmed' | 'armed' | 'alarm' | 'tamper' | 'fault' | 'offline';
export interface ZoneVerdict {
  armed: boolean;
  condition: ZoneCondition;
  /** Devices that make it so; empty for armed and disarmed. */
  causeIds: string[];
}

/**
 * The worst that is true: offline, then tamper, alarm, fault, armed, disarmed. A device that is away
 * comes first because nothing else can be believed then (an unavailable device counts as triggered);
 * one never heard of is away. The zone is armed when its controller says so; where the controller
 * does not say, when every detector that says anything does: a zone armed in part is not armed.
 */
export function zoneVerdict(controller: PerimeterDevice, detectors: readonly PerimeterDevice[]): ZoneVerdict {
  const said = detectors.filter(({ armed }) => armed !== null);
  const armed = controller.armed ?? (said.length > 0 && said.every((device) => device.armed));
  const all = detectors.some(({ id }) => id === controller.id) ? detectors : [...detectors, controller];
  const causes = (test: (device: PerimeterDevice) => boolean) => all.filter(test).map(({ id }) => id);
  const ladder: [ZoneCondition, string[]][] = [
    ['offline', causes((device) => device.availability === 'offline' || isUnheard(device))],
    ['tamper', causes(({ tamper }) => tamper === true)],
    ['alarm', causes(({ alarm }) => alarm === true)],
    ['fault', causes(({ fault }) => fault === true)],
  ];
  const worst = ladder.find(([, ids]) => ids.length > 0);
  if (worst) return { armed, condition: worst[0], causeIds: worst[1] };
  return { armed, condition: armed ? 'armed' : 'disarmed', causeIds: [] };
}

function isUnheard({ availability, armed, alarm, tamper, fault }: PerimeterDevice): boolean {
  return availability === 'unknown' && [armed, alarm, tamper, fault].every((value) => value === null);
}

/** Which of a detector's bits an event type speaks of; null: none of them. */
export function bitOfEvent(type: string): 'alarm' | 'tamper' | 'fault' | null {
  const parts = type.split('.');
  if (parts.includes('tamper')) return 'tamper';
  if (parts.includes('fault')) return 'fault';
  return parts[0] === 'intrusion' ? 'alarm' : null;
}

/** True when both say the same, so that `sinceMs` stays. */
export function sameVerdict(a: ZoneVerdict, b: ZoneVerdict): boolean {
  return a.armed === b.armed && a.condition === b.condition && a.causeIds.join() === b.causeIds.join();
}
