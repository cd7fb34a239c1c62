import { z } from 'zod';
import { command, commandInput, epochMs, live, lngLat, query, siteId } from './base.ts';
import { commandReceipt } from './devices.contract.ts';

/** One walking guard. */
export const patrol = z.object({
  /** The guard's name as scanned, with the route. */
  id: z.string(),
  guard: z.string(),
  routeId: siteId.nullable(),
  lastCheckpointId: siteId,
  lastScanAtMs: epochMs,
  position: lngLat,
  /** Checkpoints of the route scanned on this round, in order. */
  scannedIds: z.array(siteId),
  nextCheckpointId: siteId.nullable(),
});
export type Patrol = z.infer<typeof patrol>;
export const ZONE_CONDITIONS = ['disarmed', 'armed', 'alarm', 'tamper', 'fault', 'offline'] as const;
export const perimeterZoneState = z.object({
  id: siteId,
  armed: z.boolean(),
  /** The worst that is true: offline > tamper > alarm > fault > armed > disarmed (an unavailable device counts as triggered). */
  condition: z.enum(ZONE_CONDITIONS),
  /** Devices that make it so. */
  causeIds: z.array(siteId),
  sinceMs: epochMs,
});
export type PerimeterZoneState = z.infer<typeof perimeterZoneState>;

export const patrolContract = {
  live: live('overview.view', '/patrols/live', patrol),
  /** Rounds of the current shift. */
  figures: query('overview.view', '/patrols/figures').output(
    z.object({ scannedToday: z.int(), checkpoints: z.int() }),
  ),
};
export const perimeterContract = {
  live: live('overview.view', '/perimeter/live', perimeterZoneState),
  arm: command('perimeter.arm', '/perimeter/{zoneId}/arm')
    .input(
      commandInput({ zoneId: siteId, armed: z.boolean(), reason: z.string().trim().max(500).default('') }),
    )
    .output(commandReceipt),
};
