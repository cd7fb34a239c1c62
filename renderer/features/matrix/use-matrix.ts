import { computed, watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { Alarm } from '#contract/alarms.contract.ts';
import { chooseAlarm, matrixOrder, neighbour, stepMatrix, type MatrixAlarm } from '#domain/alarm-matrix.ts';
import { arrangeTiles, swapPrimary } from '#domain/matrix-tiles.ts';
import { useAlarms } from '#api/alarms.ts';
import { useSite } from '#api/site.ts';
import { useNow } from '#api/station-time.ts';
import { useAlarm } from '#ui/alarm/use-alarm.ts';
import { useMatrixState } from './state.ts';
import { useFocus } from './use-focus.ts';

const asQueued = ({ id, priority, drill, acknowledged, receivedAtMs }: Alarm): MatrixAlarm => ({
  ...{ id, priority, drill, acknowledged, sinceMs: receivedAtMs },
});

/** The matrix of this window: its queue, the shown alarm, its tiles, and what a person may do with them. */
export function useMatrix(root: Ref<HTMLElement | null>) {
  const alarms = useAlarms();
  const site = useSite();
  const matrix = useMatrixState();
  const route = useRoute();
  const router = useRouter();
  const now = useNow();
  const shownId = computed(() => matrix.state.shownId);
  const hasCameras = (alarm: Alarm) => alarm.cameraIds.some((id) => site.cameras.has(id));

  /** Open alarms with cameras, and the shown one even if it has none: a person asked for it. */
  const queue = computed<Alarm[]>(() =>
    alarms.open
      .filter((alarm) => hasCameras(alarm) || alarm.id === shownId.value)
      .toSorted((a, b) => matrixOrder(asQueued(a), asQueued(b))),
  );
  const queued = computed(() => queue.value.map(asQueued));
  const { alarm } = useAlarm(shownId);

  /** The shown alarm's cameras, best first. */
  const own = computed(() => (alarm.value?.cameraIds ?? []).filter((id) => site.cameras.has(id)));
  const primaryOf = computed(() => matrix.primaries.get(shownId.value ?? '') ?? null);
  const tiles = computed(() =>
    arrangeTiles(
      own.value,
      primaryOf.value,
      matrix.heldTiles.filter(({ cameraId }) => site.cameras.has(cameraId)),
    ),
  );
  const focus = useFocus(root, tiles);

  function step(): void {
    // what is not known yet is not closed
    if (!alarms.loaded || site.cameras.size === 0) return;
    const next = stepMatrix(matrix.state, queued.value, focus.now(), performance.now());
    if (next.shownId !== matrix.state.shownId) forget(next.shownId);
    matrix.state = next;
  }
  /** Another alarm comes by itself: what was chosen for those that are gone is of no use any more. */
  function forget(nextId: string | null): void {
    const kept = [...matrix.primaries].filter(([id]) => id === nextId || alarms.get(id));
    matrix.primaries = new Map(kept);
  }
  watch([queued, now], step, { immediate: true });

  function choose(id: string): void {
    focus.work();
    matrix.held = false;
    matrix.state = chooseAlarm(id, performance.now());
  }
  // `?alarm=` asks for an alarm's pictures; the query is then dropped, so that the same key works again.
  watch(
    () => route.query['alarm'],
    (id) => {
      if (typeof id !== 'string') return;
      choose(id);
      void router.replace({ query: {} });
    },
    { immediate: true },
  );

  return {
    alarm,
    queue,
    tiles,
    own,
    shownId,
    /** Alarms that wait behind the shown one. */
    waiting: computed(() => queue.value.filter((one) => !one.acknowledged && one.id !== shownId.value)),
    held: computed(() => matrix.held),
    isTileHeld: (cameraId: string) => matrix.heldTiles.some((tile) => tile.cameraId === cameraId),
    choose,
    turn(by: 1 | -1): void {
      const id = neighbour(queued.value, shownId.value, by);
      if (id !== null) choose(id);
    },
    toggleHold(): void {
      focus.work();
      matrix.held = !matrix.held && shownId.value !== null;
    },
    toggleTile(cameraId: string): void {
      focus.work();
      const at = tiles.value.indexOf(cameraId);
      const others = matrix.heldTiles.filter((tile) => tile.cameraId !== cameraId);
      matrix.heldTiles =
        others.length < matrix.heldTiles.length || at < 0 ? others : [...others, { cameraId, at }];
    },
    makePrimary(cameraId: string): void {
      focus.work();
      const at = tiles.value.indexOf(cameraId);
      if (at < 0) return;
      matrix.heldTiles = swapPrimary(matrix.heldTiles, cameraId, at);
      if (shownId.value !== null) matrix.primaries = new Map(matrix.primaries).set(shownId.value, cameraId);
    },
  };
}
