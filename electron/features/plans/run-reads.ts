import type { Run } from '#contract/plans.contract.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { foldRun } from '#domain/plan-fold.ts';
import { loadEvents, pageOfRuns } from './runs.store.ts';
import { viewRun } from './run-view.ts';

export interface RunPageArgs {
  /** Id of the last run of the page before; null: the first page. */
  before: string | null;
  limit: number;
  offsetMs: number;
}
/** A page of all runs ever, newest first. Folds each, so it belongs into the read pool. */
export function readRunPage(db: Readable, { before, limit, offsetMs }: RunPageArgs): Run[] {
  return pageOfRuns(db, before, limit).map((head) =>
    viewRun(head, foldRun(head.id, head.plan, loadEvents(db, head.id)), offsetMs),
  );
}
