import type { Ignored } from './parse.ts';

/** What ingest has counted since the station started. */
export interface Tally {
  messages: number;
  events: number;
  /** Events that were on record already. */
  repeated: number;
  quarantined: number;
  ignored: Partial<Record<Ignored['reason'], number>>;
  /** Events of devices that the site does not list: recorded all the same. */
  unknownDevices: Set<string>;
  /** Devices whose claimed time could not be true. */
  suspectClocks: Set<string>;
  /** Messages missing by their sequence numbers. */
  missed: number;
  /** Recorded events to which the alarm rules could not be applied: a fault of this program. */
  rulesFailed: number;
}

export const emptyTally = (): Tally => ({
  messages: 0,
  events: 0,
  repeated: 0,
  quarantined: 0,
  ignored: {},
  unknownDevices: new Set(),
  suspectClocks: new Set(),
  missed: 0,
  rulesFailed: 0,
});

/** Adds what one committed batch counted. */
export function addTally(total: Tally, batch: Tally): void {
  total.messages += batch.messages;
  total.events += batch.events;
  total.repeated += batch.repeated;
  total.quarantined += batch.quarantined;
  total.missed += batch.missed;
  total.rulesFailed += batch.rulesFailed;
  for (const [reason, count] of Object.entries(batch.ignored) as [Ignored['reason'], number][])
    total.ignored[reason] = (total.ignored[reason] ?? 0) + count;
  for (const device of batch.unknownDevices) total.unknownDevices.add(device);
  for (const device of batch.suspectClocks) total.suspectClocks.add(device);
}
