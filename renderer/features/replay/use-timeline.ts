import { useDebounceFn, useIntervalFn } from '@vueuse/core';
import { shallowRef, watch, type Ref } from 'vue';
import { api } from '#api/client.ts';
import { toApiError, type ApiError } from '#api/errors.ts';
import { useSession } from '#api/session.ts';
import type { CameraTimeline } from '#contract/recording.contract.ts';
import type { TourMark } from '#contract/tours.contract.ts';
import { useText } from '#ui/text.ts';
import { widthOf, type TimeSpan } from '#ui/timeline/scale.ts';
import type { TimelineMark } from '#ui/timeline/types.ts';

const SETTLE_MS = 200;
/** Recordings grow at the right end. */
const REFRESH_MS = 5_000;

/** What the timeline shows of the cameras in the view and half a view beside it; fetched again as the view moves. */
export function useTimeline(cameraIds: Ref<readonly string[]>, view: Ref<TimeSpan>, newestMs: () => number) {
  const session = useSession();
  const { t, lt, alarmTitle } = useText();
  const timelines = shallowRef<ReadonlyMap<string, CameraTimeline>>(new Map());
  const marks = shallowRef<readonly TimelineMark[]>([]);
  const error = shallowRef<ApiError | null>(null);
  const loaded = shallowRef(false);
  let number = 0;

  const patrolLabel = ({ kind, name, by, reason }: TourMark) =>
    [t(`replay.patrol.${kind}`), lt(name), by, reason].filter(Boolean).join(' · ');

  async function load(): Promise<void> {
    const ids = [...cameraIds.value];
    const mine = (number += 1);
    if (ids.length === 0) {
      timelines.value = new Map();
      marks.value = [];
      return;
    }
    const beside = widthOf(view.value) / 2;
    const fromMs = Math.max(0, Math.round(view.value.fromMs - beside));
    const toMs = Math.round(view.value.toMs + beside);
    try {
      const [timeline, bookmarks, alarms, patrols] = await Promise.all([
        api.recording.timeline({ cameraIds: ids, fromMs, toMs }),
        api.recording.findBookmarks({ cameraIds: ids, fromMs, toMs, limit: 500, text: '' }),
        session.may('records.view') ? api.alarms.list({ fromMs, toMs, limit: 500 }) : { items: [] },
        api.tours.marks({ cameraIds: ids, fromMs, toMs }),
      ]);
      if (mine !== number) return;
      timelines.value = new Map(timeline.cameras.map((one) => [one.cameraId, one]));
      marks.value = [
        ...alarms.items.map((alarm): TimelineMark => ({
          ...{ id: alarm.id, kind: 'alarm', atMs: alarm.firstOccurredAtMs, toMs: alarm.clearedAtMs },
          ...{ cameraIds: alarm.cameraIds, label: alarmTitle(alarm), priority: alarm.priority },
        })),
        ...bookmarks.items.map((one): TimelineMark => ({
          ...{ id: one.id, kind: 'bookmark', atMs: one.atMs, toMs: one.toMs },
          ...{ cameraIds: one.cameraIds, label: one.text, priority: null },
        })),
        ...patrols.map((one): TimelineMark => ({
          ...{
            id: `patrol-${one.seq}`,
            kind: 'patrol',
            atMs: one.atMs,
            toMs: null,
            cameraIds: [one.cameraId],
          },
          ...{
            label: patrolLabel(one),
            priority: null,
            done: one.kind === 'confirmed' || one.kind === 'reported',
          },
        })),
      ];
      error.value = null;
      loaded.value = true;
    } catch (reason) {
      if (mine === number) error.value = toApiError(reason);
    }
  }
  const settle = useDebounceFn(load, SETTLE_MS);
  watch(view, () => void settle());
  watch(cameraIds, () => void load(), { immediate: true });
  useIntervalFn(() => {
    if (view.value.toMs > newestMs() - REFRESH_MS) void load();
  }, REFRESH_MS);
  return { timelines, marks, error, loaded, load };
}
