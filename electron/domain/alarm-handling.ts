/** What operators do with an alarm. Pure: an alarm in, the changed alarm and its log lines out, or a refusal. */
import type { AlarmCondition, AlarmDisposition, AlarmLogItem, AlarmWorkflow } from './alarm-condition.ts';
import { isOpen } from './alarm-condition.ts';

/** Worded as `error.<code>`. */
export type AlarmRefusal = 'alarm.closed' | 'alarm.active_needs_force' | 'alarm.comment_needed';
export type Handled =
  { ok: true; alarm: AlarmCondition; log: AlarmLogItem[] } | { ok: false; refusal: AlarmRefusal };

const done = (alarm: AlarmCondition, ...log: AlarmLogItem[]): Handled => ({ ok: true, alarm, log });
const refuse = (refusal: AlarmRefusal): Handled => ({ ok: false, refusal });

/** Somebody has seen it. A second acknowledgement changes nothing and leaves the first one's name. */
export function acknowledge(alarm: AlarmCondition, by: string, atMs: number): Handled {
  if (!isOpen(alarm)) return refuse('alarm.closed');
  if (alarm.acknowledged) return done(alarm);
  return done(
    { ...alarm, acknowledged: true, acknowledgedAtMs: atMs, acknowledgedBy: by },
    { atMs, kind: 'acknowledged', by, params: {} },
  );
}

/** A remark; allowed after closing too (what came out of it later), never removed. */
export function comment(alarm: AlarmCondition, by: string, atMs: number, text: string): Handled {
  return done(
    { ...alarm, commentCount: alarm.commentCount + 1, lastComment: text },
    { atMs, kind: 'comment', by, params: { text } },
  );
}

export function setWorkflow(
  alarm: AlarmCondition,
  by: string,
  atMs: number,
  workflow: Exclude<AlarmWorkflow, 'new' | 'closed'>,
): Handled {
  if (!isOpen(alarm)) return refuse('alarm.closed');
  if (alarm.workflow === workflow) return done(alarm);
  return done(
    { ...alarm, workflow },
    { atMs, kind: 'workflow', by, params: { from: alarm.workflow, to: workflow } },
  );
}

export interface Closing {
  disposition: AlarmDisposition;
  /** Empty: none. */
  comment: string;
  /** The person may close what is still active. */
  mayForce: boolean;
}
/**
 * Ends the handling. Closing says that somebody saw it, so it acknowledges too. While the device still
 * reports the condition it takes the right to force and a reason.
 */
export function close(alarm: AlarmCondition, by: string, atMs: number, closing: Closing): Handled {
  if (!isOpen(alarm)) return refuse('alarm.closed');
  if (alarm.active && !closing.mayForce) return refuse('alarm.active_needs_force');
  if (alarm.active && closing.comment === '') return refuse('alarm.comment_needed');
  const log: AlarmLogItem[] = [];
  let next: AlarmCondition = alarm;
  for (const step of [
    (one: AlarmCondition) => acknowledge(one, by, atMs),
    ...(closing.comment === '' ? [] : [(one: AlarmCondition) => comment(one, by, atMs, closing.comment)]),
  ]) {
    const result = step(next);
    if (!result.ok) return result;
    next = result.alarm;
    log.push(...result.log);
  }
  return done(
    {
      ...next,
      workflow: 'closed',
      closedAtMs: atMs,
      closedBy: by,
      disposition: closing.disposition,
    },
    ...log,
    {
      atMs,
      kind: 'closed',
      by,
      params: { disposition: closing.disposition, ...(alarm.active ? { forced: true } : {}) },
    },
  );
}

/** A plan was started for it. The latest run is the one shown; an alarm at rest becomes one in progress. */
export function startRun(alarm: AlarmCondition, by: string | null, atMs: number, runId: string): Handled {
  if (!isOpen(alarm)) return refuse('alarm.closed');
  const workflow = alarm.workflow === 'new' ? 'in_progress' : alarm.workflow;
  return done({ ...alarm, runId, workflow }, { atMs, kind: 'run_started', by, params: { runId } });
}
