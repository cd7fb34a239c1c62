/**
 * What the plan rules read of a plan. The same shapes as `electron/contract/plan.ts`, written again
 * because rules import nothing; the compiler keeps the two assignable where features use them.
 */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export interface Words {
  zh: string;
  en: string;
}
export type AnnounceSource = { kind: 'speech'; text: string } | { kind: 'message'; messageId: string };
export type AnnounceClass = 'emergency_live' | 'emergency_recorded' | 'manual' | 'scheduled' | 'background';

/** An action as a plan writes it: `alarm` stands for the device, cameras or zones of the run's alarm. */
export type PlanAction =
  | { type: 'show_cameras'; cameraIds: 'alarm' | string[] }
  | {
      type: 'announce';
      zoneIds: 'alarm' | string[];
      source: AnnounceSource;
      class: AnnounceClass;
      /** How often it is said, 1 to 20. */
      repeat: number;
    }
  | { type: 'device_command'; deviceId: string; command: string; params: { [key: string]: Json } }
  | { type: 'notify'; contactIds: string[]; text: Words };
export type ActionType = PlanAction['type'];

/** An action with `alarm` replaced: what the gate executes. */
export type ResolvedAction =
  | { type: 'show_cameras'; cameraIds: string[] }
  | (Extract<PlanAction, { type: 'announce' }> & { zoneIds: string[] })
  | Extract<PlanAction, { type: 'device_command' }>
  | Extract<PlanAction, { type: 'notify' }>;

export type StepAnswer =
  { kind: 'done' } | { kind: 'yes_no' } | { kind: 'choice'; options: { value: string; label: Words }[] };

export interface StepDefinition {
  id: string;
  /** Steps that must be over before; absent: the step above; empty: none. */
  after?: string[];
  by: 'person' | 'auto' | 'timer';
  action?: PlanAction;
  waitSeconds?: number;
  targetSeconds?: number;
  answer: StepAnswer;
  commentRequired: boolean;
}
export interface PlanDefinition {
  id: string;
  steps: StepDefinition[];
}

/** What a run keeps of its alarm, as it was when the run started: later edits of the site change nothing. */
export interface AlarmContext {
  alarmId: string;
  deviceId: string;
  /** Cameras that see the device. */
  cameraIds: string[];
  /** Broadcast zones of the device's place. */
  zoneIds: string[];
}

/** Ids that the step waits for, in the order of the plan. */
export function prerequisites(plan: PlanDefinition, index: number): string[] {
  const step = plan.steps[index];
  if (!step) return [];
  if (step.after) return step.after;
  const above = plan.steps[index - 1];
  return above ? [above.id] : [];
}
