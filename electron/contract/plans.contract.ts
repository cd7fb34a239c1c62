import { z } from 'zod';
import {
  command,
  commandInput,
  epochMs,
  jsonObject,
  live,
  localText,
  ok,
  page,
  pageInput,
  query,
  recordId,
  siteId,
} from './base.ts';
import { plan } from './plan.ts';

export const runStep = z.object({
  id: siteId,
  /** waiting: a step before it is open. ready: may be done. running: its action or timer runs. */
  state: z.enum(['waiting', 'ready', 'running', 'done', 'skipped', 'failed']),
  readyAtMs: epochMs.nullable(),
  startedAtMs: epochMs.nullable(),
  endedAtMs: epochMs.nullable(),
  /** Timer steps: when it fires. */
  dueAtMs: epochMs.nullable(),
  targetAtMs: epochMs.nullable(),
  overdue: z.boolean(),
  by: z.string().nullable(),
  answer: z.string().nullable(),
  comment: z.string().nullable(),
  /** Receipt of its action: accepted, started, confirmed, ended, failed, simulated. */
  receipt: z.string().nullable(),
  reason: z.string().nullable(),
});
export const run = z.object({
  id: recordId,
  planId: siteId,
  planVersion: z.int(),
  planName: localText,
  /** The plan as it was when started: later edits of the file do not change a run. */
  plan,
  drill: z.boolean(),
  alarmId: recordId.nullable(),
  alarmTitle: localText.nullable(),
  state: z.enum(['running', 'ended']),
  outcome: z.enum(['completed', 'cancelled']).nullable(),
  startedAtMs: epochMs,
  startedBy: z.string(),
  endedAtMs: epochMs.nullable(),
  endedBy: z.string().nullable(),
  /** Cameras that a step asked to show, newest request first. */
  showCameraIds: z.array(siteId),
  steps: z.array(runStep),
});
export type Run = z.infer<typeof run>;
export const runEvent = z.object({
  seq: z.int(),
  atMs: epochMs,
  kind: z.string(),
  stepId: z.string().nullable(),
  by: z.string().nullable(),
  params: jsonObject,
});
export type RunEvent = z.infer<typeof runEvent>;

export const plansContract = {
  list: query('plan.view', '/plans').output(
    z.object({
      plans: z.array(plan),
      /** Files that could not be read, each with why. */
      problems: z.array(
        z.object({ file: z.string(), path: z.string(), line: z.int().nullable(), message: z.string() }),
      ),
    }),
  ),
};
export const runsContract = {
  /** Running ones and those that ended within the last hour. */
  live: live('plan.view', '/runs/live', run),
  list: query('plan.view', '/runs').input(z.object(pageInput)).output(page(run)),
  get: query('plan.view', '/runs/{id}')
    .input(z.object({ id: recordId }))
    .output(run.extend({ log: z.array(runEvent) })),
  /** A real run needs `plan.run`; a drill needs `plan.drill`. */
  start: command('plan.view', '/runs')
    .input(commandInput({ planId: siteId, alarmId: recordId.optional(), drill: z.boolean() }))
    .output(run),
  doStep: command('plan.run', '/runs/{runId}/steps/{stepId}/do')
    .input(
      commandInput({
        runId: recordId,
        stepId: siteId,
        answer: z.string().max(64).optional(),
        comment: z.string().trim().max(2000).optional(),
      }),
    )
    .output(ok),
  skipStep: command('plan.run', '/runs/{runId}/steps/{stepId}/skip')
    .input(commandInput({ runId: recordId, stepId: siteId, comment: z.string().trim().min(1).max(2000) }))
    .output(ok),
  note: command('plan.run', '/runs/{runId}/note')
    .input(commandInput({ runId: recordId, text: z.string().trim().min(1).max(2000) }))
    .output(ok),
  end: command('plan.run', '/runs/{runId}/end')
    .input(
      commandInput({
        runId: recordId,
        outcome: z.enum(['completed', 'cancelled']),
        comment: z.string().trim().max(2000).default(''),
      }),
    )
    .output(ok),
};
