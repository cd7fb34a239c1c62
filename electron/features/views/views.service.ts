import type { ResumePoint } from '#contract/base.ts';
import type { SavedView, ViewBody } from '#contract/views.contract.ts';
import { fail } from '#station/errors.ts';
import type { LiveCollection } from '#station/live.ts';
import type { Actor, StationPorts, Tx } from '#station/ports.ts';
import * as store from './views.store.ts';

export type ViewsService = ReturnType<typeof createViews>;
export type ViewsPorts = Pick<StationPorts, 'db' | 'write' | 'audit' | 'log' | 'newId' | 'liveCollection'>;

/** More than this nobody finds again; of one account, and of all together that are shared. */
export const MAX_VIEWS = 100;

/** Saved views of the wall: own and shared ones, each account with its own order and default. */
export function createViews(ports: ViewsPorts) {
  const { db, write, audit, log, newId } = ports;
  const views = new Map(
    store.loadViews(db, (id) => log.warn('saved view cannot be read', { id })).map((view) => [view.id, view]),
  );
  const choices = store.loadChoices(db);
  /** What each account sees; made when it first looks. */
  const seen = new Map<string, LiveCollection<SavedView>>();

  function viewsOf(accountId: string): SavedView[] {
    const { order, defaultId } = choices.get(accountId) ?? store.NO_CHOICE;
    const placeOf = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
    return [...views.values()]
      .filter(({ ownerId }) => ownerId === null || ownerId === accountId)
      .toSorted((a, b) => placeOf(a.id) - placeOf(b.id) || (a.id < b.id ? -1 : 1))
      .map(({ id, body, ownerId, by, changedAtMs }, rank) => ({
        ...{ id, view: body, shared: ownerId === null, by, changedAtMs, rank },
        isDefault: id === defaultId,
      }));
  }
  function publish(accountId: string): void {
    const live = seen.get(accountId);
    if (!live) return;
    const now = viewsOf(accountId);
    const isNew = (view: SavedView) => JSON.stringify(view) !== JSON.stringify(live.get(view.id));
    const gone = live.values().filter(({ id }) => now.every((view) => view.id !== id));
    live.change(now.filter(isNew), gone.map(({ id }) => id)); // prettier-ignore
  }
  const publishAll = () => [...seen.keys()].forEach(publish);
  const accountOf = (actor: Actor): string => actor.id ?? fail('FORBIDDEN', 'permission');

  /** An own view of `actor` or a shared one; that of somebody else is not there. */
  function find(actor: Actor, id: string): store.StoredView {
    const view = views.get(id);
    if (!view || (view.ownerId !== null && view.ownerId !== actor.id))
      return fail('NOT_FOUND', 'views.unknown', { id });
    return view;
  }
  function put(tx: Tx, actor: Actor, id: string | undefined, ownerId: string | null, body: ViewBody) {
    const beside = [...views.values()].filter((view) => view.ownerId === ownerId && view.id !== id);
    if (beside.some((view) => view.body.name === body.name))
      return fail('CONFLICT', 'views.name_taken', { name: body.name });
    if (beside.length >= MAX_VIEWS) return fail('CONFLICT', 'views.too_many', { limit: MAX_VIEWS });
    const view = { id: id ?? newId(), ownerId, body, by: actor.name, changedAtMs: tx.nowMs };
    store.saveView(tx.db, view);
    tx.afterCommit(() => {
      views.set(view.id, view);
      publishAll();
    });
    return { id: view.id };
  }
  function remove(tx: Tx, id: string): void {
    store.removeView(tx.db, id);
    tx.afterCommit(() => {
      views.delete(id);
      publishAll();
    });
  }
  function choose(actor: Actor, next: (now: store.ViewChoice) => store.ViewChoice): void {
    const accountId = accountOf(actor);
    const choice = next(choices.get(accountId) ?? store.NO_CHOICE);
    write((tx) => {
      store.saveChoice(tx.db, accountId, choice);
      tx.afterCommit(() => {
        choices.set(accountId, choice);
        publish(accountId);
      });
    });
  }

  return {
    follow(actor: Actor, resume: ResumePoint | undefined, signal?: AbortSignal) {
      const accountId = accountOf(actor);
      if (!seen.has(accountId)) {
        const made = ports.liveCollection<SavedView>();
        made.upsert(...viewsOf(accountId));
        seen.set(accountId, made);
      }
      return seen.get(accountId)!.follow(resume, signal);
    },
    save(actor: Actor, id: string | undefined, body: ViewBody): { id: string } {
      if (id !== undefined && find(actor, id).ownerId === null)
        return fail('CONFLICT', 'views.is_shared', { name: body.name });
      return write((tx) => {
        const saved = put(tx, actor, id, accountOf(actor), body);
        audit.append(tx, actor, 'view.save', saved.id, { name: body.name });
        return saved;
      });
    },
    share(actor: Actor, id: string | undefined, body: ViewBody): { id: string } {
      if (id !== undefined) find(actor, id);
      return write((tx) => {
        const saved = put(tx, actor, id, null, body);
        audit.append(tx, actor, 'view.share', saved.id, { name: body.name });
        return saved;
      });
    },
    remove(actor: Actor, id: string): void {
      const { body, ownerId } = find(actor, id);
      if (ownerId === null) return fail('CONFLICT', 'views.is_shared', { name: body.name });
      write((tx) => {
        remove(tx, id);
        audit.append(tx, actor, 'view.remove', id, { name: body.name });
      });
    },
    removeShared(actor: Actor, id: string): void {
      const { body, ownerId } = find(actor, id);
      if (ownerId !== null) return fail('CONFLICT', 'views.is_own', { name: body.name });
      write((tx) => {
        remove(tx, id);
        audit.append(tx, actor, 'view.remove_shared', id, { name: body.name });
      });
    },
    arrange: (actor: Actor, ids: readonly string[]) =>
      choose(actor, ({ defaultId }) => {
        const named = [...new Set(ids)].filter((id) => views.has(id));
        const rest = viewsOf(accountOf(actor)).map(({ id }) => id);
        return { defaultId, order: [...named, ...rest.filter((id) => !named.includes(id))] };
      }),
    setDefault(actor: Actor, id: string | null): void {
      if (id !== null) find(actor, id);
      choose(actor, ({ order }) => ({ order, defaultId: id }));
    },
  };
}
