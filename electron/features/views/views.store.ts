import { viewBody, type ViewBody } from '#contract/views.contract.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

export interface StoredView {
  id: string;
  /** Null: shared. */
  ownerId: string | null;
  body: ViewBody;
  by: string;
  changedAtMs: number;
}
/** What one account likes: its order and its default. */
export interface ViewChoice {
  order: string[];
  defaultId: string | null;
}
export const NO_CHOICE: ViewChoice = { order: [], defaultId: null };

interface ViewRow {
  id: string;
  owner_id: string | null;
  body: string;
  changed_by: string;
  changed_at_ms: number;
}
/** Every view, oldest first. One that a later release wrote and this one cannot read is left out, and stays in the table. */
export function loadViews(db: Readable, unreadable: (id: string) => void): StoredView[] {
  const rows = db.prepare('SELECT * FROM wall_view ORDER BY id').all() as ViewRow[];
  return rows.flatMap((row) => {
    const body = viewBody.safeParse(JSON.parse(row.body));
    if (!body.success) {
      unreadable(row.id);
      return [];
    }
    const { id, owner_id: ownerId, changed_by: by, changed_at_ms: changedAtMs } = row;
    return [{ id, ownerId, body: body.data, by, changedAtMs }];
  });
}
export function saveView(db: Writable, view: StoredView): void {
  db.prepare(
    `INSERT INTO wall_view (id, owner_id, body, changed_by, changed_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, body = excluded.body,
       changed_by = excluded.changed_by, changed_at_ms = excluded.changed_at_ms`,
  ).run(view.id, view.ownerId, JSON.stringify(view.body), view.by, view.changedAtMs);
}
export function removeView(db: Writable, id: string): void {
  db.prepare('DELETE FROM wall_view WHERE id = ?').run(id);
}

export function loadChoices(db: Readable): Map<string, ViewChoice> {
  const rows = db.prepare('SELECT account_id, view_order, default_id FROM wall_choice').all() as {
    account_id: string;
    view_order: string;
    default_id: string | null;
  }[];
  return new Map(
    rows.map((row) => [
      row.account_id,
      { order: JSON.parse(row.view_order) as string[], defaultId: row.default_id },
    ]),
  );
}
export function saveChoice(db: Writable, accountId: string, choice: ViewChoice): void {
  db.prepare(
    `INSERT INTO wall_choice (account_id, view_order, default_id) VALUES (?, ?, ?)
     ON CONFLICT (account_id) DO UPDATE SET view_order = excluded.view_order, default_id = excluded.default_id`,
  ).run(accountId, JSON.stringify(choice.order), choice.defaultId);
}
