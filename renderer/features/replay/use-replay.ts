import { useLocalStorage } from '@vueuse/core';
import { computed, nextTick, ref, shallowRef, watch } from 'vue';
import { useRoute } from 'vue-router';
import { api } from '#api/client.ts';
import { useLive } from '#api/live.ts';
import { useSession } from '#api/session.ts';
import { useSite } from '#api/site.ts';
import { stationNowMs } from '#api/station-time.ts';
import { usePlayback } from '#ui/player/playback.ts';
import { follow, type TimeSpan } from '#ui/timeline/scale.ts';
import { firstCameras, firstTime } from './first-cameras.ts';
import { useTimeline } from './use-timeline.ts';

export const MAX_CAMERAS = 16;
const HOUR_MS = 3_600_000;
/** Shown before an alarm, so that what led to it is seen. */
export const BEFORE_ALARM_MS = 10_000;
/** Behind the newest recording when the screen opens. */
const START_BEHIND_MS = 30_000;

/** What is chosen on the replay screen: cameras, time, stretch; and the ways to move. */
export function useReplay() {
  const site = useSite();
  const session = useSession();
  const route = useRoute();
  const stored = useLocalStorage<string[]>(`guardroom.replay.${session.account?.username ?? ''}`, []);
  const cameraIds = computed<readonly string[]>({
    get: () => stored.value.filter((id) => site.cameras.has(id)).slice(0, MAX_CAMERAS),
    set: (ids) => (stored.value = ids.slice(0, MAX_CAMERAS)),
  });
  // The site and what is recorded of it come after the screen on a cold start.
  const recorded = useLive('recording.live');
  watch(
    [() => site.cameras.size, recorded.list],
    () => {
      const first = firstCameras([...site.cameras.keys()], recorded.list.value);
      if (cameraIds.value.length === 0 && first.length > 0) cameraIds.value = first;
    },
    { immediate: true },
  );
  const selected = ref<string | null>(null);
  const playback = usePlayback(stationNowMs() - START_BEHIND_MS, selected);
  const view = shallowRef<TimeSpan>({
    fromMs: Math.round(stationNowMs() - HOUR_MS * 0.9),
    toMs: Math.round(stationNowMs() + HOUR_MS * 0.1),
  });
  const range = shallowRef<TimeSpan | null>(null);
  const timeline = useTimeline(cameraIds, view, playback.newestMs);

  function goTo(atMs: number): void {
    playback.seek(atMs);
    view.value = follow(view.value, playback.position());
  }
  const isOpening = () => playback.jump.value === 1 && !route.query['alarm'] && !route.query['camera'];
  const stopOpening = watch(
    [recorded.list, cameraIds],
    () => {
      if (recorded.list.value.length === 0 || cameraIds.value.length === 0) return;
      const nowMs = stationNowMs();
      const atMs = firstTime(cameraIds.value, recorded.list.value, START_BEHIND_MS, nowMs);
      // Only from where nothing is: what is being recorded has its pictures there already.
      if (isOpening() && atMs < nowMs - 2 * START_BEHIND_MS) goTo(atMs);
      void nextTick(() => stopOpening());
    },
    { immediate: true },
  );
  watch(playback.atMs, (at) => {
    if (playback.playing.value) view.value = follow(view.value, at);
  });

  /** The alarm that opened the screen: its cameras, ten seconds before it began. */
  watch(
    [() => route.query['alarm'], () => site.cameras.size > 0],
    async ([id, isThere]) => {
      if (typeof id !== 'string' || !isThere) return;
      const alarm = await api.alarms.get({ id }).catch(() => null);
      if (!alarm) return;
      const own = alarm.cameraIds.filter((camera) => site.cameras.has(camera));
      if (own.length > 0) cameraIds.value = own;
      goTo(alarm.firstOccurredAtMs - BEFORE_ALARM_MS);
      playback.play(true);
    },
    { immediate: true },
  );

  /** A moment of one camera, as a tile's instant replay asks for what lies before it. */
  watch(
    [() => route.query['camera'], () => route.query['at'], () => site.cameras.size > 0],
    ([camera, at, isThere]) => {
      const atMs = Number(at);
      if (typeof camera !== 'string' || !isThere || !site.cameras.has(camera) || !(atMs > 0)) return;
      cameraIds.value = [camera];
      goTo(atMs - BEFORE_ALARM_MS);
      playback.play(true);
    },
    { immediate: true },
  );

  /** Ten seconds before the last alarm of these cameras that began before the clock's time. False: there is none. */
  async function toAlarm(): Promise<boolean> {
    const before = Math.round(playback.position() - 1_000 + BEFORE_ALARM_MS);
    const { items } = await api.alarms.list({ fromMs: 0, toMs: before, limit: 200 });
    const own = items
      .filter((alarm) => alarm.cameraIds.some((id) => cameraIds.value.includes(id)))
      .map((alarm) => alarm.firstOccurredAtMs - BEFORE_ALARM_MS)
      .filter((atMs) => atMs < playback.position() - 1_000);
    if (own.length === 0) return false;
    goTo(Math.max(...own));
    return true;
  }
  /** Begins or ends the chosen stretch at the clock's time. */
  function markRange(edge: 'from' | 'to'): void {
    const at = Math.round(playback.position());
    const other = edge === 'from' ? (range.value?.toMs ?? at + 60_000) : (range.value?.fromMs ?? at - 60_000);
    range.value = { fromMs: Math.min(at, other), toMs: Math.max(at, other) };
  }
  return { cameraIds, selected, playback, view, range, timeline, goTo, toAlarm, markRange };
}
