/** Words of a run: its events (what is stored), its state (what they add up to), its commands. */
import type { Rung } from './plan-actions.ts';
import type { AlarmContext, PlanDefinition, ResolvedAction } from './plan-types.ts';

/** `atMs`: wall clock, for people. `steadyMs`: see plan-clock.ts, for timers. */
export interface Moment {
  atMs: number;
  steadyMs: number;
}

/** What happened, without when and in which order. `by` is an account name; null is the station. */
export type RunFact =
  | { kind: 'started'; stepId: null; params: { drill: boolean; alarm: AlarmContext | null } }
  | { kind: 'step_ready'; stepId: string; params: Record<string, never> }
  | { kind: 'timer_started'; stepId: string; params: { waitMs: number } }
  | { kind: 'effect_requested'; stepId: string; params: EffectRequest }
  | { kind: 'receipt'; stepId: string; params: { attempt: number; rung: Rung; reason: string | null } }
  | { kind: 'step_done'; stepId: string; params: { answer: string | null; comment: string | null } }
  | { kind: 'step_skipped'; stepId: string; params: { comment: string } }
  | { kind: 'step_failed'; stepId: string; params: { reason: string } }
  | { kind: 'step_overdue'; stepId: string; params: { targetMs: number } }
  | { kind: 'note'; stepId: null; params: { text: string } }
  | { kind: 'resumed'; stepId: null; params: { downMs: number } }
  | { kind: 'ended'; stepId: null; params: { outcome: Outcome; comment: string } };
export type RunEvent = RunFact & Moment & { seq: number; by: string | null };
export type Outcome = 'completed' | 'cancelled';

export interface EffectRequest {
  /** The gate carries out an effect with this key once, whatever restarts in between. */
  key: string;
  /** 1, 2, ...: a person may try again after a failure. */
  attempt: number;
  action: ResolvedAction;
  /** What the person answered who asked for it; becomes the step's answer when the effect succeeds. */
  answer: string | null;
  comment: string | null;
}

export type StepPhase = 'waiting' | 'ready' | 'running' | 'done' | 'skipped' | 'failed';
export interface StepState {
  id: string;
  phase: StepPhase;
  readyAt: Moment | null;
  startedAt: Moment | null;
  endedAt: Moment | null;
  /** Steady time at which a running timer fires. */
  dueSteadyMs: number | null;
  /** Steady time after which an open step is overdue. */
  targetSteadyMs: number | null;
  overdue: boolean;
  by: string | null;
  answer: string | null;
  comment: string | null;
  /** The newest effect of the step. */
  effect: EffectRequest | null;
  receipt: Rung | null;
  reason: string | null;
}

export interface RunState {
  runId: string;
  plan: PlanDefinition;
  /** Of the last event; 0 before the first. */
  seq: number;
  drill: boolean;
  alarm: AlarmContext | null;
  startedAt: Moment | null;
  startedBy: string | null;
  endedAt: Moment | null;
  endedBy: string | null;
  outcome: Outcome | null;
  /** Cameras that steps asked to show, newest request first. */
  showCameraIds: readonly string[];
  /** In the order of the plan. */
  steps: readonly StepState[];
}

export type RunCommand =
  /** Does a ready step, confirms an effect that only a person can confirm, or tries a failed effect again. */
  | { type: 'do'; stepId: string; by: string; answer?: string; comment?: string }
  | { type: 'skip'; stepId: string; by: string; comment: string }
  | { type: 'note'; by: string; text: string }
  | { type: 'end'; by: string; outcome: Outcome; comment: string }
  /** The gate reports how far an effect is. */
  | { type: 'receipt'; stepId: string; attempt: number; rung: Rung; reason: string | null }
  /** The station is back after a restart. */
  | { type: 'resume'; downMs: number };

/** Worded as `error.run.<...>`. */
export type RunRefusal =
  | 'run.ended'
  | 'run.step_unknown'
  | 'run.step_waiting'
  | 'run.step_running'
  | 'run.step_closed'
  | 'run.answer_required'
  | 'run.answer_unknown'
  | 'run.comment_required'
  | 'run.steps_open';
export type Decision =
  { ok: true; events: RunEvent[] } | { ok: false; code: RunRefusal; params: Record<string, string | number> };
