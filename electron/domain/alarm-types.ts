/**
 * The catalog of alarm and event types: dotted code -> category and default priority. A park system
 * that sends a code of its own below a known one (`fire.flame.uv`) is placed by the longest known
 * prefix, so nothing that arrives is without a category. Worded as `alarmType.<code>`.
 */

/** 1 critical, 2 high, 3 medium, 4 low: a smaller number is more urgent. */
export type AlarmPriority = 1 | 2 | 3 | 4;

export const ALARM_CATEGORIES = [
  'fire',
  'gas',
  'duress',
  'intrusion',
  'access',
  'patrol',
  'video',
  'broadcast',
  'equipment',
  'environment',
  'system',
  'other',
] as const;
export type AlarmCategory = (typeof ALARM_CATEGORIES)[number];

export interface AlarmType {
  category: AlarmCategory;
  priority: AlarmPriority;
  /** Only recorded, never an alarm by itself (a patrol scan, a gate pass). */
  info: boolean;
}

const alarm = (category: AlarmCategory, priority: AlarmPriority): AlarmType => ({
  category,
  priority,
  info: false,
});
const info = (category: AlarmCategory): AlarmType => ({ category, priority: 4, info: true });

/**
 * Priorities are defaults of this project, spread after ISA-18.2's rule of few critical ones: danger
 * to life 1, intrusion and danger to plant 2, degraded protection 3, housekeeping 4. A park sets its
 * own in the site file (`alarmPriorities`).
 */
export const ALARM_TYPES: Readonly<Record<string, AlarmType>> = {
  fire: alarm('fire', 1),
  'fire.smoke': alarm('fire', 1),
  'fire.heat': alarm('fire', 1),
  'fire.flame': alarm('fire', 1),
  'fire.manual': alarm('fire', 1),
  'fire.sprinkler': alarm('fire', 1),
  'fire.confirmed': alarm('fire', 1),
  'fire.electrical': alarm('fire', 2),
  'fire.hydrant_pressure': alarm('fire', 3),
  'fire.door_open': alarm('fire', 3),
  'fire.supervisory': alarm('fire', 3),
  'fire.shielded': alarm('fire', 3),
  'fire.fault': alarm('fire', 3),
  'fire.feedback': info('fire'),
  gas: alarm('gas', 1),
  'gas.low': alarm('gas', 2),
  'gas.high': alarm('gas', 1),
  'gas.toxic': alarm('gas', 1),
  'gas.oxygen': alarm('gas', 1),
  'gas.fault': alarm('gas', 3),
  duress: alarm('duress', 1),
  'duress.button': alarm('duress', 1),
  'duress.code': alarm('duress', 1),
  'duress.intercom': alarm('duress', 1),
  'duress.man_down': alarm('duress', 1),
  intrusion: alarm('intrusion', 2),
  'intrusion.fence': alarm('intrusion', 2),
  'intrusion.beam': alarm('intrusion', 2),
  'intrusion.area': alarm('intrusion', 2),
  'intrusion.climb': alarm('intrusion', 2),
  'intrusion.cut': alarm('intrusion', 2),
  'intrusion.line': alarm('intrusion', 2),
  'intrusion.loitering': alarm('intrusion', 3),
  'intrusion.object_left': alarm('intrusion', 3),
  'intrusion.object_taken': alarm('intrusion', 3),
  'intrusion.drone': alarm('intrusion', 2),
  perimeter: alarm('intrusion', 3),
  'perimeter.fault': alarm('intrusion', 3),
  'perimeter.tamper': alarm('intrusion', 2),
  'perimeter.offline': alarm('intrusion', 2),
  'perimeter.bypassed': alarm('intrusion', 4),
  'perimeter.armed': info('intrusion'),
  'perimeter.disarmed': info('intrusion'),
  tamper: alarm('intrusion', 2),
  'tamper.enclosure': alarm('intrusion', 2),
  'tamper.wiring': alarm('intrusion', 2),
  'tamper.masked': alarm('intrusion', 2),
  door: alarm('access', 3),
  'door.forced': alarm('access', 2),
  'door.held': alarm('access', 3),
  'door.fault': alarm('access', 4),
  'door.opened': info('access'),
  'door.closed': info('access'),
  access: alarm('access', 3),
  'access.tailgating': alarm('access', 3),
  'access.denied': alarm('access', 4),
  'access.blacklist': alarm('access', 2),
  'access.expired': alarm('access', 4),
  'access.pass': info('access'),
  vehicle: alarm('access', 3),
  'vehicle.blacklist': alarm('access', 2),
  'vehicle.rammed': alarm('access', 2),
  'vehicle.overstay': alarm('access', 4),
  'vehicle.illegal_parking': alarm('access', 4),
  'vehicle.pass': info('access'),
  visitor: alarm('access', 4),
  'visitor.overstay': alarm('access', 4),
  'visitor.pass': info('access'),
  patrol: alarm('patrol', 3),
  'patrol.missed': alarm('patrol', 3),
  'patrol.late': alarm('patrol', 4),
  'patrol.deviation': alarm('patrol', 3),
  'patrol.lone_worker': alarm('duress', 1),
  'patrol.scan': info('patrol'),
  'patrol.started': info('patrol'),
  'patrol.finished': info('patrol'),
  tour: alarm('patrol', 3),
  'tour.missed': alarm('patrol', 3),
  'tour.late': alarm('patrol', 4),
  video: alarm('video', 3),
  'video.lost': alarm('video', 3),
  'video.tamper': alarm('video', 2),
  'video.recording_failed': alarm('video', 3),
  'video.analytics': alarm('video', 3),
  'video.sound': alarm('video', 3),
  'video.no_signal': alarm('video', 3),
  'video.storage': alarm('video', 4),
  'video.fault': alarm('video', 4),
  'video.motion': info('video'),
  'video.object': info('video'),
  'video.input': info('video'),
  recording: alarm('video', 3),
  'recording.disk_low': alarm('video', 2),
  'recording.disk_missing': alarm('video', 2),
  'recording.stopped': alarm('video', 2),
  broadcast: alarm('broadcast', 3),
  'broadcast.zone_failed': alarm('broadcast', 3),
  'broadcast.amplifier_fault': alarm('broadcast', 3),
  device: alarm('equipment', 4),
  'device.offline': alarm('equipment', 4),
  'device.battery_low': alarm('equipment', 4),
  'device.clock': alarm('equipment', 4),
  fault: alarm('equipment', 3),
  'fault.communication': alarm('equipment', 3),
  'fault.power': alarm('equipment', 3),
  'fault.sensor': alarm('equipment', 3),
  'fault.wiring': alarm('equipment', 3),
  power: alarm('equipment', 2),
  'power.lost': alarm('equipment', 2),
  'power.overload': alarm('equipment', 3),
  'power.leakage': alarm('equipment', 2),
  'power.breaker': alarm('equipment', 3),
  ups: alarm('equipment', 3),
  'ups.battery': alarm('equipment', 3),
  'ups.on_battery': alarm('equipment', 3),
  'ups.overload': alarm('equipment', 3),
  generator: alarm('equipment', 3),
  'generator.failed': alarm('equipment', 2),
  'generator.fuel': alarm('equipment', 3),
  transformer: alarm('equipment', 3),
  'transformer.temperature': alarm('equipment', 2),
  'transformer.gas': alarm('equipment', 2),
  elevator: alarm('equipment', 3),
  'elevator.trapped': alarm('equipment', 1),
  'elevator.fault': alarm('equipment', 3),
  pump: alarm('equipment', 3),
  'pump.fault': alarm('equipment', 3),
  hvac: alarm('equipment', 4),
  'hvac.fault': alarm('equipment', 4),
  boiler: alarm('equipment', 2),
  'boiler.pressure': alarm('equipment', 1),
  tank: alarm('equipment', 2),
  'tank.level': alarm('equipment', 2),
  'tank.pressure': alarm('equipment', 1),
  'tank.temperature': alarm('equipment', 2),
  pv: alarm('equipment', 4),
  'pv.fault': alarm('equipment', 4),
  lighting: alarm('equipment', 4),
  'lighting.fault': alarm('equipment', 4),
  energy: alarm('equipment', 4),
  'energy.abnormal': alarm('equipment', 4),
  water: alarm('environment', 3),
  'water.level': alarm('environment', 2),
  'water.leak': alarm('environment', 3),
  'water.quality': alarm('environment', 3),
  'water.abnormal': alarm('environment', 4),
  environment: alarm('environment', 3),
  'environment.temperature': alarm('environment', 3),
  'environment.humidity': alarm('environment', 4),
  'environment.wind': alarm('environment', 3),
  'environment.rain': alarm('environment', 3),
  'environment.lightning': alarm('environment', 3),
  'environment.noise': alarm('environment', 4),
  'environment.dust': alarm('environment', 4),
  'environment.emission': alarm('environment', 2),
  'environment.radiation': alarm('environment', 1),
  'environment.leak': alarm('environment', 3),
  system: alarm('system', 3),
  'system.disk': alarm('system', 2),
  'system.database': alarm('system', 1),
  'system.backup': alarm('system', 3),
  'system.broker': alarm('system', 2),
  'system.clock': alarm('system', 3),
  'system.sound': alarm('system', 2),
  'system.overflow': alarm('system', 2),
  'system.integrity': alarm('system', 1),
  'system.sign_in': alarm('system', 3),
  'system.gap': info('system'),
};

const UNKNOWN: AlarmType = alarm('other', 3);

/** Longest entry of `table` that is `code` or a dotted prefix of it; null when none is. */
function longestPrefix<T>(
  table: Readonly<Record<string, T>>,
  code: string,
): { code: string; value: T } | null {
  for (let end = code.length; end > 0; end = code.lastIndexOf('.', end - 1)) {
    const head = code.slice(0, end);
    // Own entries only: a device may well send the code "constructor".
    if (Object.hasOwn(table, head)) return { code: head, value: table[head] as T };
  }
  return null;
}

/** The code itself, or the longest known code above it, for wording; null when nothing is known. */
export function knownTypeOf(code: string): string | null {
  return longestPrefix(ALARM_TYPES, code)?.code ?? null;
}

/** Category and default priority of any code; never fails. */
export function alarmTypeOf(code: string): AlarmType {
  return longestPrefix(ALARM_TYPES, code)?.value ?? UNKNOWN;
}

/**
 * Priority of an occurrence: what the device says, else what the park set for the code or the nearest
 * one above it, else the catalog's. `park.default` is for codes that the catalog does not know.
 */
export function priorityOf(
  code: string,
  severity: AlarmPriority | null | undefined,
  park: Readonly<Record<string, AlarmPriority>> = {},
): AlarmPriority {
  if (severity != null) return severity;
  const own = longestPrefix(ALARM_TYPES, code);
  const set = longestPrefix(park, code);
  // A park's rule for a family does not override the catalog's exact entry below it.
  if (set && set.code !== 'default' && set.code.length >= (own?.code.length ?? 0)) return set.value;
  return own?.value.priority ?? park.default ?? UNKNOWN.priority;
}
