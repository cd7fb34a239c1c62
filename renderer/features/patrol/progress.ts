import type { Patrol } from '#contract/patrol.contract.ts';
import type { PatrolRoute } from '#contract/site.ts';

export type MarkState = 'scanned' | 'last' | 'next' | 'open';
export interface Mark {
  id: string;
  state: MarkState;
}

/** The checkpoints of a walk in the order of its route; without a route, those that were scanned. */
export function marksOf(patrol: Patrol, route: Pick<PatrolRoute, 'checkpointIds'> | undefined): Mark[] {
  const ids = route?.checkpointIds ?? patrol.scannedIds;
  return ids.map((id) => ({ id, state: stateOf(patrol, id) }));
}
function stateOf(patrol: Patrol, id: string): MarkState {
  if (id === patrol.lastCheckpointId) return 'last';
  if (patrol.scannedIds.includes(id)) return 'scanned';
  return id === patrol.nextCheckpointId ? 'next' : 'open';
}

/** Time left to reach the next checkpoint (negative: late by so much); null where none is due. */
export function legLeftMs(
  patrol: Patrol,
  route: Pick<PatrolRoute, 'legMinutes'> | undefined,
  nowMs: number,
): number | null {
  if (!route || patrol.nextCheckpointId === null) return null;
  return patrol.lastScanAtMs + route.legMinutes * 60_000 - nowMs;
}
