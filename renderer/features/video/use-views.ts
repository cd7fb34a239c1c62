import { computed } from 'vue';
import { api } from '#api/client.ts';
import { useLive } from '#api/live.ts';
import { useSession } from '#api/session.ts';
import type { SavedView, ViewBody } from '#contract/views.contract.ts';

/** Saved views as this account sees them, in its order, and the ways to change them. */
export function useViews() {
  const live = useLive('views.live');
  const session = useSession();
  const list = computed(() => live.list.value.toSorted((a, b) => a.rank - b.rank));
  const mayShare = computed(() => session.may('video.share'));
  const mayChange = (view: SavedView) => !view.shared || mayShare.value;
  return {
    list,
    loaded: live.loaded,
    get: (id: string | null): SavedView | undefined => (id === null ? undefined : live.items.value.get(id)),
    mayShare,
    mayChange,
    /** Saves under `id`, or a new one. @throws ApiError */
    save: (view: ViewBody, shared: boolean, id?: string) =>
      shared ? api.views.share({ id, view }) : api.views.save({ id, view }),
    remove: ({ id, shared }: SavedView) =>
      shared ? api.views.removeShared({ id }) : api.views.remove({ id }),
    /** One place up or down in this account's list. */
    async move(id: string, by: 1 | -1): Promise<void> {
      const ids = list.value.map((view) => view.id);
      const from = ids.indexOf(id);
      const to = from + by;
      if (from < 0 || to < 0 || to >= ids.length) return;
      await api.views.arrange({ ids: ids.with(from, ids[to]!).with(to, id) });
    },
    setDefault: (id: string | null) => api.views.setDefault({ id }),
  };
}
