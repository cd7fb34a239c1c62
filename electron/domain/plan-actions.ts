import type { ActionType, AlarmContext, PlanAction, ResolvedAction } from './plan-types.ts';

/** Why an action cannot be carried out for this run; worded as `error.effect.<code>`. */
export type ResolveFailure = 'effect.no_alarm' | 'effect.no_cameras' | 'effect.no_zones';

/** Replaces `alarm` by what the run's alarm means. Fails where there is no alarm or it has none of that. */
export function resolveAction(
  action: PlanAction,
  alarm: AlarmContext | null,
): { action: ResolvedAction } | { reason: ResolveFailure } {
  switch (action.type) {
    case 'show_cameras': {
      if (action.cameraIds !== 'alarm') return { action: { ...action, cameraIds: action.cameraIds } };
      if (!alarm) return { reason: 'effect.no_alarm' };
      if (alarm.cameraIds.length === 0) return { reason: 'effect.no_cameras' };
      return { action: { ...action, cameraIds: alarm.cameraIds } };
    }
    case 'announce': {
      if (action.zoneIds !== 'alarm') return { action: { ...action, zoneIds: action.zoneIds } };
      if (!alarm) return { reason: 'effect.no_alarm' };
      if (alarm.zoneIds.length === 0) return { reason: 'effect.no_zones' };
      return { action: { ...action, zoneIds: alarm.zoneIds } };
    }
    case 'device_command': {
      if (action.deviceId !== 'alarm') return { action };
      return alarm ? { action: { ...action, deviceId: alarm.deviceId } } : { reason: 'effect.no_alarm' };
    }
    case 'notify':
      return { action };
  }
}

/** Actions whose success only a person can report: the station shows whom to ring, the guard rings them. */
export function confirmedByPerson(type: ActionType): boolean {
  return type === 'notify';
}

/** Rungs of an effect's receipt, lowest first; the last four are final. */
export const RUNGS = ['accepted', 'started', 'confirmed', 'ended', 'failed', 'simulated'] as const;
export type Rung = (typeof RUNGS)[number];

/** True when nothing more is to come. */
export function isFinal(rung: Rung): boolean {
  return rung !== 'accepted' && rung !== 'started';
}

/** True when `next` says something that `before` did not: receipts may come twice and out of order. */
export function climbs(before: Rung | null, next: Rung): boolean {
  if (before === null) return true;
  if (isFinal(before)) return false;
  return isFinal(next) || RUNGS.indexOf(next) > RUNGS.indexOf(before);
}

/** Idempotency key of a step's effect: an attempt repeated by a person is a new effect, a restart is not. */
export function effectKey(runId: string, stepId: string, attempt: number): string {
  return attempt === 1 ? `${runId}:${stepId}` : `${runId}:${stepId}:${attempt}`;
}
