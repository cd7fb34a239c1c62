import { useLocalStorage, useSessionStorage } from '@vueuse/core';
import { useMessage } from 'naive-ui';
import { computed, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useAlarms } from '#api/alarms.ts';
import { useSession } from '#api/session.ts';
import { useSite } from '#api/site.ts';
import { bareWindow } from '#app/bare.ts';
import type { SavedView } from '#contract/views.contract.ts';
import { useText } from '#ui/text.ts';
import { useViews } from './use-views.ts';
import type { useWork } from './use-work.ts';
import * as rules from './wall.ts';
import type { Wall } from './wall.ts';

const json = {
  read: (text: string) => JSON.parse(text) as unknown,
  write: (value: unknown) => JSON.stringify(value),
};

/**
 * The wall of this person on this workstation: opened by the address, else as it was left, else by the account's default
 * view. A window of its own (`bare`) keeps to its view and leaves what the workstation remembers alone.
 */
export function useWall(work: ReturnType<typeof useWork>) {
  const site = useSite();
  const session = useSession();
  const alarms = useAlarms();
  const views = useViews();
  const route = useRoute();
  const router = useRouter();
  const message = useMessage();
  const { t } = useText();
  const pool = computed(() => [...site.cameras.keys()]);
  const stored = useLocalStorage<unknown>(`guardroom.wall.${session.account?.username ?? ''}`, null, {
    serializer: json,
  });
  /** The sign-in for which the wall was opened last: the default view is for the next one. */
  const openedFor = useSessionStorage('guardroom.wall.openedFor', '');
  const signIn = computed(() => session.session?.token.slice(-8) ?? '');
  const wanted = computed(() => (typeof route.query['view'] === 'string' ? route.query['view'] : null));

  const wall = shallowRef<Wall | null>(null);
  function set(next: Wall): void {
    wall.value = next;
    if (!bareWindow.value) stored.value = next;
  }
  /** Makes a change, or says why not: null is a held place in its way. */
  function act(change: (now: Wall) => Wall | null): void {
    if (!wall.value) return;
    const next = change(wall.value);
    if (next) set(next);
    else message.info(t('wall.isHeld'));
  }
  function open(saved: SavedView): void {
    set(rules.fromView(saved.view, saved.id));
  }

  // the site and the views come after the screen on a cold start
  const isReady = computed(() => site.site !== null && views.loaded.value);
  watch(
    [isReady, wanted],
    () => {
      if (!isReady.value) return;
      const named = views.get(wanted.value);
      const first = openedFor.value !== signIn.value;
      openedFor.value = signIn.value;
      if (named) open(named);
      else if (wanted.value !== null) message.warning(t('wall.viewGone'));
      // a wall of its own is left as the view was saved; this one goes on from it
      if (wanted.value !== null && !bareWindow.value) void router.replace({ query: {} });
      if (wall.value) return;
      const usual = views.list.value.find(({ isDefault }) => isDefault);
      if (usual && !bareWindow.value && (first || stored.value === null)) open(usual);
      else set(rules.restore(stored.value, pool.value));
    },
    { immediate: true },
  );
  // cameras that are added while the wall is empty
  watch(pool, (ids) => {
    if (wall.value?.places.every(({ cameraId }) => cameraId === null))
      set(rules.freshWall(ids, wall.value.layout));
  });
  const view = computed(() => views.get(wall.value?.viewId ?? null));
  const isChanged = computed(() =>
    wall.value && view.value ? rules.differs(wall.value, view.value.view) : false,
  );
  // a wall of monitors shows its view as it is now
  watch(
    () => (bareWindow.value ? view.value : undefined),
    (now, before) => {
      if (now && before && now.id === before.id && now.changedAtMs !== before.changedAtMs) open(now);
    },
  );

  /** The hot place shows what was picked, where it was picked. */
  const follow = (cameraId: string | null | undefined) => {
    if (wall.value && cameraId) {
      const next = rules.follow(wall.value, cameraId);
      if (next !== wall.value) set(next);
    }
  };
  watch(
    () => alarms.hot?.id,
    () => {
      const hot = wall.value?.places[wall.value.hot ?? -1];
      // an alarm takes no picture away that the guard works with
      if (hot && !work.isAt(hot)) follow(alarms.hot?.cameraIds.find((id) => site.cameras.has(id)));
    },
  );

  function select(at: number): void {
    act((now) => ({ ...now, selected: Math.min(Math.max(at, 0), now.places.length - 1) }));
    if (wall.value && at !== wall.value.hot) follow(wall.value.places[at]?.cameraId);
  }
  /** A camera picked in the tree: into the hot place, else the selected one, else the next that is not held. */
  function pick(cameraId: string): void {
    const now = wall.value;
    if (!now) return;
    if (now.hot !== null && !now.places[now.hot]?.held) return follow(cameraId);
    const at = rules.placeFor(now);
    act(() => (at === null ? null : rules.put(now, at, cameraId)));
  }
  // another screen sends the guard to a camera: it is selected where it is, else put as if it were picked here
  watch(
    [() => route.query['camera'], () => wall.value !== null],
    ([camera, isThere]) => {
      if (typeof camera !== 'string' || !isThere) return;
      const at = wall.value?.places.findIndex(({ cameraId }) => cameraId === camera) ?? -1;
      if (at >= 0) select(at);
      else if (site.cameras.has(camera)) pick(camera);
      void router.replace({ query: {} });
    },
    { immediate: true },
  );

  return {
    wall,
    pool,
    views,
    view,
    isChanged,
    set,
    act,
    open,
    select,
    pick,
  };
}
